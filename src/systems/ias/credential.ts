import type { Finding } from '../../kernel/finding.ts';
import type { Credential, CredentialKind, CredentialState } from '../../kernel/rotate/credential.ts';
import type { KindDeclaration } from '../../kernel/rotate/declaration.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { iasClient } from './client.ts';
import { connectionsOf } from './connections.ts';
import { completeFirstLogon } from './first-logon.ts';
import { ownUser } from './own-user.ts';
import { notOurs, OWNERSHIP, ownershipMark } from './ownership.ts';
import { lockState, passwordLife } from './password-life.ts';
import { credentialPolicy, declaredPolicy } from './password-policies.ts';
import { passwordAddress, vaultName } from './section.ts';
import type { SeenUser } from './seen-user.ts';
import { strongPassword } from './strong-password.ts';

/** A password at a tenant. */
interface PasswordProps {
  readonly host: string;
  readonly userName: string;
  readonly email: string;
  readonly mark: string;
}

type Password = Credential<PasswordProps>;

const password: KindDeclaration = {
  name: 'password',
  title: 'password of an IAS user',
  declaredAs: 'a technical user',
  validAtOnce: { is: 'one', source: 'SCIM: a user has one password (RFC 7643)' },
  minted: 'Locum chooses it; the vault has it before the tenant is sent it, by SCIM',
  proven: 'a logon at the password service',
  retired: 'the tenant ends it when the new one is set',
  policy: declaredPolicy,
};

const twins: KindDeclaration = {
  ...password,
  name: 'twins',
  title: 'passwords of twins',
  declaredAs: 'a technical user with `twins: true`',
  validAtOnce: { is: 'one each', source: password.validAtOnce.source },
  minted: 'as a password, at the twin that stands by',
  retired: 'it stays valid at the twin that stands by then, until the next rotation; after a leak it is replaced there',
  twins: true,
};

/** The definitive password of an IAS user: one slot, so the old one ends with the new one. */
export const iasPasswordCredential: CredentialKind<PasswordProps> = {
  kind: 'ias/password',
  slots: 1,
  declares: [password, twins],

  expand(manifest) {
    const connections = connectionsOf(manifest);
    return manifest.technicalUsers.flatMap((user): Password[] => {
      const provider = manifest.identityProviders.find(({ name }) => name === user.identityProvider);
      if (!provider || !connections[provider.name]) return [];
      return [
        {
          kind: 'ias/password',
          address: passwordAddress(user),
          vaultName: vaultName(manifest, user),
          user: user.name,
          login: user.email,
          props: {
            host: provider.host,
            userName: user.name,
            email: user.email,
            mark: ownershipMark(manifest.name, user.name),
          },
        },
      ];
    });
  },

  async inspect(credentials, ctx) {
    const hosts = [...Map.groupBy(credentials, ({ props }) => props.host)];
    const states = await Promise.all(
      hosts.map(async ([host, members]) => {
        const client = await iasClient(ctx, host);
        const found = await client.find(members.map(({ props }) => props));
        const byName = new Map(found.map((user) => [user.userName.toLowerCase(), user]));
        return members.map(
          (credential) =>
            [
              credential.address,
              stateOf(credential, byName.get(credential.props.userName.toLowerCase()), ctx),
            ] as const,
        );
      }),
    );
    return new Map(states.flat());
  },

  minting: {
    by: 'locum',
    choose: (ctx) => strongPassword((bytes) => ctx.random(bytes)),
    async set({ props }, secret, ctx) {
      const client = await iasClient(ctx, props.host);
      const user = await ownUser(client, props);
      if (!(await firstLogonNeeded(ctx, props.host)).is) {
        await client.setPassword(user.id, secret, user.version);
        return { set: 'definitive' };
      }
      // Another password is the initial one, and is changed into ours as a person would.
      const initial = strongPassword((bytes) => ctx.random(bytes));
      await client.setPassword(user.id, initial, user.version);
      await completeFirstLogon(ctx, { host: props.host, userName: props.userName, initial, final: secret });
      return { set: 'first logon completed' };
    },
  },

  async prove({ props }, secret, ctx) {
    const outcome = await (await iasClient(ctx, props.host)).logOn(props.userName, secret);
    if (outcome.status === 'refused') return outcome;
    if (outcome.value === 'proven') return { status: 'accepted', value: { by: 'logon at the password service' } };
    // The rotation sets it once more after a refusal, the other way.
    (await firstLogonNeeded(ctx, props.host)).is = true;
    return { status: 'refused', reason: 'PASSWORD_CHANGE_REQUIRED' };
  },

  async unlock({ props }, ctx) {
    const client = await iasClient(ctx, props.host);
    await client.unlock((await ownUser(client, props)).id);
  },
};

/**
 * Whether the tenant makes every password of an administrator initial, whatever it was told. A logon shows it; a look between setting
 * a password and delivering it would wait its turn in the budget of SCIM calls while the consumers are cut off.
 */
function firstLogonNeeded(ctx: SystemContext, host: string): Promise<{ is: boolean }> {
  return ctx.memo(`ias/first-logon-needed/${host}`, async () => ({ is: false }));
}

function stateOf({ address, props }: Password, user: SeenUser | undefined, ctx: SystemContext): CredentialState {
  const bad = (code: string, because: string): CredentialState => ({
    findings: [{ code, severity: 'error', subject: address, because, remedy: 'run `locum apply`' }],
  });
  if (!user) return bad('IAS_USER_MISSING', `${props.host} has no user ${props.userName}`);
  const mark = user.customAttributes[OWNERSHIP.mark];
  if (mark !== props.mark) return { findings: [notOurs(address, props.userName, mark)] };
  const { password } = user;
  if (!password) return bad('IAS_PASSWORD_MISSING', 'the user has no password');
  const findings: Finding[] = [];
  if (!user.active) findings.push(...bad('IAS_USER_INACTIVE', 'the user is inactive: every logon is refused').findings);
  if (password.status === 'disabled') {
    findings.push(...bad('IAS_PASSWORD_DISABLED', 'the logon with a password is switched off').findings);
  }
  const setAt = Date.parse(password.setTime ?? '');
  const life = passwordLife(password);
  const policy = credentialPolicy(password.policy);
  return {
    findings,
    ...(Number.isNaN(setAt) ? {} : { setAt }),
    ...(life.kind === 'ends' ? { endsAt: life.at } : {}),
    ...(password.failedLoginAttempts === undefined ? {} : { failedLogins: password.failedLoginAttempts }),
    locked: lockState(password, ctx.now()) === 'locked',
    ...(policy ? { policy } : {}),
  };
}
