import type { Address } from '../../kernel/address.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Change, Diff, ResourceType, SystemContext } from '../../kernel/system.ts';
import { iasClient } from './client.ts';
import { ownUser } from './own-user.ts';
import { notOurs, OWNERSHIP } from './ownership.ts';
import { passwordLife } from './password-life.ts';
import { renewPassword } from './renewal.ts';
import type { SeenPassword } from './seen-user.ts';

/** A definitive password that only the vault knows. */
export interface PasswordProps {
  readonly identityProvider: string;
  readonly host: string;
  readonly userName: string;
  readonly email: string;
  readonly mark: string;
  readonly vaultName: string;
}

/** Only what the verdict needs: what every logon changes would make a plan stale the next day. */
export interface PasswordObservation {
  readonly userExists: boolean;
  readonly mark?: string;
  /** `initial`, `enabled`, `disabled`; absent = no password. */
  readonly status?: string;
  /** Its policy has ended it: no logon succeeds any more. */
  readonly expired?: true;
  /** `pending`: a password was, or may have been, sent and was not proven yet. */
  readonly vault: 'none' | 'pending' | 'current';
}

export const iasPassword: ResourceType<PasswordProps, PasswordObservation> = {
  type: 'ias/password',

  async observe(scope, wanted, ctx) {
    const client = await iasClient(ctx, scope);
    const found = await client.find(wanted.map((resource) => resource.props));
    const byName = new Map(found.map((user) => [user.userName.toLowerCase(), user]));
    const objects = new Map<Address, PasswordObservation>();
    for (const { address, props } of wanted) {
      const user = byName.get(props.userName.toLowerCase());
      const mark = user?.customAttributes[OWNERSHIP.mark];
      const status = user?.password?.status;
      objects.set(address, {
        userExists: user !== undefined,
        ...(mark === undefined ? {} : { mark }),
        ...(status === undefined ? {} : { status }),
        ...(user?.password && hasEnded(user.password, ctx.now()) ? { expired: true } : {}),
        vault: await vaultState(props.vaultName, ctx),
      });
    }
    return { objects, extras: [] };
  },

  diff({ address, props, user = props.userName }, observed, { adopt, renews }): Diff {
    if (observed?.userExists && observed.mark !== props.mark && !adopt) {
      return { action: 'blocked', finding: notOurs(address, props.userName, observed.mark) };
    }
    const status = observed?.status;
    const alive = status === 'enabled' && !observed?.expired;
    const renewed = renews(user);
    if (observed?.vault === 'current' && alive && !renewed) return { action: 'none', unknown: ['password'] };
    const changes: readonly Change[] = [
      { path: 'password', sensitive: true },
      ...(status === 'enabled'
        ? []
        : [
            {
              path: 'passwordDetails.status',
              ...(status === undefined ? {} : { before: status }),
              after: 'enabled',
            },
          ]),
    ];
    if (status === undefined) return { action: 'create', changes };
    return { action: 'update', changes, because: renewed ? 'it shall be renewed' : reason(observed) };
  },

  async converge({ resource, action }, ctx): Promise<JsonObject> {
    if (action === 'delete') return endPassword(resource.props.vaultName, ctx);
    const { props, user = props.userName } = resource;
    const client = await iasClient(ctx, props.host);
    return renewPassword({ ctx, client, user, id: (await ownUser(client, props)).id, ...props });
  },
};

/** At the tenant a password goes with its user; what is left of it is in the vault. */
async function endPassword(name: string, ctx: SystemContext): Promise<JsonObject> {
  const history = await ctx.vault.history(name);
  await ctx.vault.retireAll(name, ctx.now());
  return { retired: history.filter((version) => version.state !== 'retired').map((version) => version.version) };
}

async function vaultState(name: string, ctx: SystemContext): Promise<PasswordObservation['vault']> {
  const states = (await ctx.vault.history(name)).map((version) => version.state);
  if (states.includes('pending')) return 'pending';
  return states.includes('current') ? 'current' : 'none';
}

function reason(observed: PasswordObservation | undefined): string {
  if (observed?.vault === 'pending') return 'a password was sent but not proven yet';
  if (observed?.vault === 'none') return 'the vault does not know the password';
  return observed?.expired ? 'the password has ended by its policy' : `the password is ${observed?.status}`;
}

function hasEnded(password: SeenPassword, now: number): boolean {
  const life = passwordLife(password);
  return life.kind === 'ends' && now > life.at;
}
