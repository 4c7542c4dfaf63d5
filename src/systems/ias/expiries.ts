import type { End, Expiry } from '../../kernel/due/due.ts';
import { LocumError, orNews } from '../../kernel/errors.ts';
import type { TechnicalUser } from '../../kernel/manifest/types.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { iasClient } from './client.ts';
import { connectionsOf } from './connections.ts';
import { INITIAL_DAYS, passwordLife } from './password-life.ts';
import { credentialPolicy, ENTERPRISE } from './password-policies.ts';
import { passwordAddress, userAddress } from './section.ts';
import type { SeenPassword, SeenUser } from './seen-user.ts';

const DAY = 86_400_000;

const RENEW = (user: string) => `locum rotate ${user}`;

/** When passwords and users of the tenants of a manifest stop to work: two entries for each technical user. */
export async function expiries(users: readonly TechnicalUser[], ctx: SystemContext): Promise<readonly Expiry[]> {
  const connections = connectionsOf(ctx.manifest);
  const hosts = Map.groupBy(users, ({ identityProvider }) => {
    const provider = ctx.manifest.identityProviders.find(({ name }) => name === identityProvider);
    return provider && connections[provider.name] ? provider.host : undefined;
  });
  const found = await Promise.all(
    [...hosts].map(async ([host, members]) => {
      const seen =
        host === undefined ? 'the manifest has no connection to its IAS tenant' : await look(host, members, ctx);
      return members.flatMap((user) => {
        const one = typeof seen === 'string' ? seen : seen.get(user.name.toLowerCase());
        return [passwordExpiry(user, one), userExpiry(user, one)];
      });
    }),
  );
  return found.flat();
}

/** Users by login name, or why they can't be seen. */
async function look(
  host: string,
  members: readonly TechnicalUser[],
  ctx: SystemContext,
): Promise<ReadonlyMap<string, SeenUser> | string> {
  const looked = await orNews(async () => {
    const client = await iasClient(ctx, host);
    const found = await client.find(members.map(({ name, email }) => ({ userName: name, email })));
    return new Map(found.map((user) => [user.userName.toLowerCase(), user]));
  });
  return looked instanceof LocumError ? looked.message : looked;
}

type Sight = SeenUser | string | undefined;

function passwordExpiry(user: TechnicalUser, seen: Sight): Expiry {
  const password = typeof seen === 'object' ? seen.password : undefined;
  const since = Date.parse(password?.setTime ?? '');
  const minAge = credentialPolicy(password?.policy)?.minAgeMs;
  const policy = password && passwordLife(password);
  return {
    user: user.name,
    subject: passwordAddress(user),
    title: 'password',
    ...(Number.isNaN(since) ? {} : { since }),
    ...(policy && 'policy' in policy ? { policy: policy.policy } : {}),
    ...(minAge !== undefined && !Number.isNaN(since) ? { notBefore: since + minAge } : {}),
    end: passwordEnd(seen, password),
    codes: { ended: 'IAS_PASSWORD_EXPIRED', soon: 'IAS_PASSWORD_EXPIRES_SOON', unknown: 'IAS_POLICY_UNKNOWN' },
    remedy: RENEW(user.name),
  };
}

function passwordEnd(seen: Sight, password: SeenPassword | undefined): End {
  if (typeof seen === 'string') return { kind: 'unknown', because: seen };
  if (!seen) return { kind: 'unknown', because: 'the tenant has no such user yet' };
  if (!password) return { kind: 'unknown', because: 'the user has no password' };
  if (password.status === 'initial') {
    const set = Date.parse(password.setTime ?? '');
    if (Number.isNaN(set))
      return { kind: 'unknown', because: 'it is initial, and the tenant does not tell since when' };
    return {
      kind: 'at',
      at: set + INITIAL_DAYS * DAY,
      because: `it is initial: it expires after ${INITIAL_DAYS} days`,
    };
  }
  const life = passwordLife(password);
  if (life.kind === 'unknown') return { kind: 'unknown', because: life.because };
  if (life.kind === 'unlimited') return { kind: 'never' };
  const because =
    life.why === 'age'
      ? `its policy ends passwords after ${ENTERPRISE.maxAgeMonths} months`
      : `its policy ends passwords that nobody used for ${ENTERPRISE.unusedMonths} months`;
  return { kind: 'at', at: life.at, because };
}

function userExpiry(user: TechnicalUser, seen: Sight): Expiry {
  const observed = typeof seen === 'object' ? Date.parse(seen.validTo ?? '') : Number.NaN;
  // Not applied yet, or nobody could look: what the manifest says will be.
  const declared = Date.parse(user.expires === undefined ? '' : `${user.expires}T23:59:59Z`);
  const at = Number.isNaN(observed) ? declared : observed;
  return {
    user: user.name,
    subject: userAddress(user),
    title: 'user',
    end: Number.isNaN(at) ? { kind: 'never' } : { kind: 'at', at, because: 'IAS refuses its logon after its last day' },
    codes: { ended: 'IAS_USER_EXPIRED', soon: 'IAS_USER_EXPIRES_SOON', unknown: 'IAS_USER_UNKNOWN' },
    remedy: `move \`expires\` of ${user.name} in the manifest, then locum apply`,
  };
}
