import { type Address, address } from '../../../kernel/address.ts';
import { ConfigError, RemoteError } from '../../../kernel/errors.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { Manifest, TechnicalUser } from '../../../kernel/manifest/types.ts';
import type { Diff, Resource, ResourceType, SystemContext } from '../../../kernel/system.ts';
import { judge, type Verdict } from './compare.ts';
import { type Copy, type CopyPlace, copyAddress, type Holder } from './place.ts';
import { overwrittenAt, writeCopy } from './written.ts';

/** Props of a copy. */
export interface CopyProps<T = unknown> extends Holder {
  readonly target: T;
  /** With twins: the other, whose credential is there as well as declared while it is in use. */
  readonly other?: Holder;
}

/** What a place holds, and for which credential that was judged. */
export interface Seen {
  readonly holds: Verdict;
  /** Vault name. */
  readonly holder: string;
  /** When somebody else wrote it after we did, where the place tells times only. Epoch milliseconds. */
  readonly overwrittenAt?: number;
}

/** The resource type of a kind of place: a copy of a technical user's credential that the manifest wants there. */
export function copyType<T>(system: string, place: CopyPlace<T>): ResourceType<CopyProps<T>, Seen> {
  return {
    type: `${system}/${place.kind}`,

    async observe(_scope, wanted, ctx) {
      const objects = new Map<Address, Seen>();
      await Promise.all(
        wanted.map(async ({ address, props }) => {
          const seen = await see(address, place, props, ctx);
          if (seen.holds !== 'absent') objects.set(address, seen);
        }),
      );
      return { objects, extras: [] };
    },

    diff({ address, props, needs }, observed, options): Diff {
      const changes = [{ path: 'secret', sensitive: true }] as const;
      if (!observed) return { action: 'create', changes };
      if (observed.holds === 'foreign' && !options.adopt) {
        return {
          action: 'blocked',
          finding: {
            code: 'CONSUMER_NOT_OURS',
            severity: 'error',
            subject: address,
            because: `${place.title(props.target)} ${foreign(observed)}`,
            remedy: 'choose another place, or write over it with `locum apply --adopt`',
          },
        };
      }
      const password = needs.find((needed) => needed.endsWith(`/${userIn(observed.holder)}`));
      if (password !== undefined && options.changing(password)) return { action: 'update', changes };
      if (observed.holds === 'this') return { action: 'none' };
      if (observed.holds === 'unknown') return { action: 'none', unknown: ['secret'] };
      return { action: 'update', changes, because: STALE };
    },

    async converge({ resource: { address: at, props }, action, observed }, ctx) {
      if (action === 'delete') return takeAway(system, place, at, props, ctx);
      const holder = holdersOf(props).find(({ vaultName }) => vaultName === observed?.holder) ?? props;
      const copy = await currentCopy(holder, ctx);
      if (!copy) {
        throw new ConfigError('ERR_CONFIG_SECRET', `the vault has no current secret '${holder.vaultName}'`, {
          remedy: 'run `locum apply` again: the password comes first',
        });
      }
      return writeCopy(system, place, props.target, copy, ctx);
    },
  };
}

/** Why what is there is taken for somebody else's. */
export function foreign({ overwrittenAt }: Pick<Seen, 'overwrittenAt'>): string {
  if (overwrittenAt === undefined) return 'holds a secret that is none of ours';
  return `was written by somebody else at ${new Date(overwrittenAt).toISOString()}, after Locum wrote it`;
}

/** Takes a copy away, and forgets it. What somebody else wrote there since is left alone. */
async function takeAway<T>(
  system: string,
  place: CopyPlace<T>,
  at: Address,
  props: CopyProps<T>,
  ctx: SystemContext,
): Promise<JsonObject> {
  const { holds, holder } = await see(at, place, props, ctx);
  if (holds === 'foreign' || !place.remove) {
    throw new RemoteError('ERR_REMOTE_CONFLICT', {
      system,
      operation: `remove ${place.title(props.target)}`,
      status: 409,
      remedy: `look at it, and remove it by hand; then \`locum apply --forget ${at}\``,
    });
  }
  const { vaultName, login } = holdersOf(props).find((one) => one.vaultName === holder) ?? props;
  const copy = { name: vaultName, ...(login === undefined ? {} : { login }) };
  const evidence = holds === 'absent' ? {} : await place.remove(props.target, copy, ctx);
  await ctx.copies.forget(ctx.manifest.name, at);
  return evidence;
}

const STALE = 'it holds another secret than the current one, or who reads it was not restarted since';

/** The resource of a declared copy. Twins share their places. */
export function copyResource<T>(
  system: string,
  place: CopyPlace<T>,
  target: T,
  { user, manifest, scope }: { readonly user: TechnicalUser; readonly manifest: Manifest; readonly scope: string },
): Resource<CopyProps<T>> {
  const holder = ({ name, email }: TechnicalUser): Holder => ({ vaultName: `${manifest.name}/${name}`, login: email });
  const other = manifest.technicalUsers.find(({ name }) => name === user.twin?.other);
  return {
    type: `${system}/${place.kind}`,
    address: copyAddress(system, place, target),
    props: { ...holder(user), target, ...(other ? { other: holder(other) } : {}) },
    scope,
    needs: [user, ...(other ? [other] : [])].map(({ name }) => address('ias', 'password', user.identityProvider, name)),
    user: user.name,
  };
}

/** What a place holds, judged by the credential that it is most likely to be. */
export async function see<T>(at: Address, place: CopyPlace<T>, props: CopyProps<T>, ctx: SystemContext): Promise<Seen> {
  const seen = await Promise.all(
    holdersOf(props).map(async ({ vaultName: holder, ...rest }): Promise<Seen> => {
      const current = await currentCopy({ vaultName: holder, ...rest }, ctx);
      const held = await place.look(props.target, current, ctx);
      const overwritten = await overwrittenAt(at, held, ctx);
      if (overwritten !== undefined) return { holds: 'foreign', holder, overwrittenAt: overwritten };
      return { holds: await judge(held, holder, current, ctx.vault), holder };
    }),
  );
  const likely = (['this', 'unknown', 'other', 'absent', 'foreign'] as const).flatMap((verdict) =>
    seen.filter(({ holds }) => holds === verdict),
  );
  return likely[0] ?? { holds: 'absent', holder: props.vaultName };
}

function holdersOf({ vaultName, login, other }: CopyProps): readonly Holder[] {
  return [{ vaultName, ...(login === undefined ? {} : { login }) }, ...(other ? [other] : [])];
}

/** Name of the technical user, or of the credential. */
function userIn(vaultName: string): string {
  return vaultName.slice(vaultName.lastIndexOf('/') + 1);
}

async function currentCopy({ vaultName, login }: Holder, ctx: SystemContext): Promise<Copy | undefined> {
  const current = await ctx.vault.open(vaultName, 'current');
  if (!current) return undefined;
  const { version, createdAt } = current.version;
  return { name: vaultName, version, createdAt, ...(login === undefined ? {} : { login }), secret: current.secret };
}
