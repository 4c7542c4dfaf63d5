import { LocumError, RemoteError } from '../../kernel/errors.ts';
import type { Check, Subject, SystemContext } from '../../kernel/system.ts';
import { iasClient } from './client.ts';
import { connectionsOf } from './connections.ts';
import { OWNERSHIP } from './ownership.ts';
import type { PasswordObservation } from './password.ts';
import { APPLY, HORIZON_MS, passwordHops, type Verdict } from './password-hops.ts';
import { passwordAddress, userAddress } from './section.ts';
import type { SeenUser } from './seen-user.ts';
import type { UserObservation, UserProps } from './user.ts';

const DAY = 86_400_000;

/** The tenant answers and takes the credentials of our system administrator. */
export const tenantCheck: Check = {
  id: 'ias/tenant',
  link: 'tenant',
  async run({ identityProvider: { name, host } }, ctx) {
    const hop = { check: 'ias/tenant', title: `IAS tenant ${host}` };
    if (!connectionsOf(ctx.manifest)[name]) return [{ ...hop, ...unconnected(name) }];
    const failure = await ctx.memo(`ias/tenant/${host}`, () => describe(ctx, host));
    if (!failure) return [{ ...hop, status: 'ok', evidence: [host, 'SCIM answers our system administrator'] }];
    return [{ ...hop, ...tenantFailure(failure, host) }];
  },
};

/** Asked once for all users of the tenant; bad news is kept as well. */
async function describe(ctx: SystemContext, host: string): Promise<LocumError | undefined> {
  try {
    await (await iasClient(ctx, host)).describe();
    return undefined;
  } catch (error) {
    if (error instanceof LocumError) return error;
    throw error;
  }
}

function unconnected(name: string): Verdict {
  return {
    status: 'unknown',
    evidence: [],
    because: `the manifest has no connection to ${name}`,
    remedy: `add connections.ias.${name} with clientId and clientSecret, or certificate, of a system administrator`,
    code: 'IAS_CONNECTION_MISSING',
  };
}

function tenantFailure(error: LocumError, host: string): Verdict {
  const remedy = error.remedy ?? 'mend the cause and run `locum doctor` again';
  const verdict = { evidence: [host], because: error.message, remedy };
  if (!(error instanceof RemoteError)) return { ...verdict, status: 'unknown', code: error.code };
  if (error.status === 401 || error.status === 403) return { ...verdict, status: 'failed', code: 'IAS_ADMIN_REFUSED' };
  // A busy tenant proves nothing, neither good nor bad.
  if (error.status === 429) return { ...verdict, status: 'unknown', code: 'IAS_TENANT_BUSY' };
  return { ...verdict, status: 'failed', code: 'IAS_TENANT_UNREACHABLE' };
}

/** The user exists, is ours, may log on, and its password is definitive and lives on. */
export const userCheck: Check = {
  id: 'ias/user',
  link: 'user',
  async run(subject, ctx) {
    const hop = { check: 'ias/user', title: `IAS user ${subject.user.name}` };
    const resource = subject.resources.find(({ type }) => type === 'ias/user');
    if (!resource) return [{ ...hop, ...unconnected(subject.identityProvider.name) }];
    const unobserved = subject.unobserved(userAddress(subject.user));
    if (unobserved !== undefined) {
      const remedy = 'mend the tenant above and run `locum doctor` again';
      return [{ ...hop, status: 'unknown', evidence: [], because: unobserved, remedy, code: 'IAS_USER_UNKNOWN' }];
    }
    const props = resource.props as UserProps;
    const observed = subject.observed(userAddress(subject.user)) as UserObservation | undefined;
    const seen = (await seenUsers(subject, ctx)).get(subject.user.name.toLowerCase());
    if (!observed?.user || !seen) {
      const because =
        observed?.emailTakenBy === undefined
          ? `${props.host} has no user ${props.userName}`
          : `${props.host} has no user ${props.userName}, and its e-mail belongs to ${observed.emailTakenBy}`;
      return [{ ...hop, status: 'failed', evidence: [], because, remedy: APPLY, code: 'IAS_USER_MISSING' }];
    }
    const password = subject.observed(passwordAddress(subject.user)) as PasswordObservation | undefined;
    return [
      { ...hop, ...identity(props, seen) },
      { ...hop, title: 'may log on', ...mayLogOn(props, seen, ctx.now()) },
      ...passwordHops(seen, password?.vault ?? 'none', ctx.now()),
    ];
  },
};

/** All technical users of the tenant with their passwords' states, read once for all of their checks. */
function seenUsers(
  { identityProvider: { host } }: Subject,
  ctx: SystemContext,
): Promise<ReadonlyMap<string, SeenUser>> {
  return ctx.memo(`ias/seen/${host}`, async () => {
    const client = await iasClient(ctx, host);
    const providers = ctx.manifest.identityProviders.filter((provider) => provider.host === host);
    const wanted = ctx.manifest.technicalUsers
      .filter((user) => providers.some(({ name }) => name === user.identityProvider))
      .map(({ name, email }) => ({ userName: name, email }));
    const found = await client.find(wanted);
    return new Map(found.map((user) => [user.userName.toLowerCase(), user]));
  });
}

function identity(props: UserProps, user: SeenUser): Verdict {
  const evidence = [`id ${user.userId ?? user.id}`, ...(user.email === undefined ? [] : [user.email])];
  const mark = user.customAttributes[OWNERSHIP.mark];
  if (mark !== props.mark) {
    return {
      status: 'failed',
      evidence,
      because: `the user does not carry our mark ${props.mark}`,
      remedy: `${APPLY} --adopt`,
      code: 'IAS_USER_NOT_OURS',
    };
  }
  if (user.email !== props.email) {
    return {
      status: 'failed',
      evidence,
      because: `its e-mail is not ${props.email}: the e-mail names the user on every BTP level, all rights hang on it`,
      remedy: APPLY,
      code: 'IAS_EMAIL_DRIFT',
    };
  }
  return { status: 'ok', evidence: [...evidence, `mark ${mark}`] };
}

function mayLogOn(props: UserProps, user: SeenUser, now: number): Verdict {
  if (!user.active) {
    const because = 'the user is inactive: every logon is refused';
    return { status: 'failed', evidence: [], because, remedy: APPLY, code: 'IAS_USER_INACTIVE' };
  }
  if (!user.mailVerified) {
    const because = 'its e-mail is not verified, and nobody reads that mailbox: the user cannot log on';
    return { status: 'failed', evidence: ['active'], because, remedy: APPLY, code: 'IAS_MAIL_NOT_VERIFIED' };
  }
  const evidence = ['active', 'e-mail verified'];
  if (user.validFrom !== undefined && Date.parse(user.validFrom) > now) {
    const because = `the user is valid from ${user.validFrom} only`;
    const remedy = `IAS console: User Management → ${props.userName} → Validity`;
    return { status: 'failed', evidence, because, remedy, code: 'IAS_USER_EXPIRED' };
  }
  if (user.validTo === undefined) return { status: 'ok', evidence: [...evidence, 'without end'] };
  const left = Date.parse(user.validTo) - now;
  const remedy = `move \`expires\` of ${props.userName} in the manifest, then ${APPLY}`;
  if (left < 0) {
    const because = `the user was valid until ${user.validTo}`;
    return { status: 'failed', evidence, because, remedy, code: 'IAS_USER_EXPIRED' };
  }
  if (left < HORIZON_MS) {
    const because = `the user is valid until ${user.validTo} only, in ${Math.ceil(left / DAY)} days`;
    return { status: 'warning', evidence, because, remedy, code: 'IAS_USER_EXPIRES_SOON' };
  }
  return { status: 'ok', evidence: [...evidence, `valid until ${user.validTo}`] };
}
