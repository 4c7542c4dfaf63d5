import type { Address } from '../../kernel/address.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { Diff, ResourceType, SystemContext } from '../../kernel/system.ts';
import { judge, type Verdict } from './compare.ts';
import type { Copy, Place } from './place.ts';
import type { CopyProps, Holder } from './section.ts';

/** What a place holds, and for which credential that was judged. */
interface Seen {
  readonly holds: Verdict;
  /** Vault name. */
  readonly holder: string;
}

/** The resource type of a kind of place: a copy of a technical user's credential that the manifest wants there. */
export function copyType(place: Place): ResourceType<CopyProps, Seen> {
  return {
    type: `consumers/${place.kind}`,

    async observe(_scope, wanted, ctx) {
      const objects = new Map<Address, Seen>();
      await Promise.all(
        wanted.map(async ({ address, props }) => {
          const seen = await see(place, props, ctx);
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
            because: `${place.title(props.target)} holds a secret that is none of ours`,
            remedy: 'choose another place, or write over it with `locum apply --adopt`',
          },
        };
      }
      const password = needs.find((needed) => needed.endsWith(`/${nameOf(observed)}`));
      if (password !== undefined && options.changing(password)) return { action: 'update', changes };
      if (observed.holds === 'this') return { action: 'none' };
      if (observed.holds === 'unknown') return { action: 'none', unknown: ['secret'] };
      return { action: 'update', changes, because: 'it holds another secret than the current one' };
    },

    async converge({ resource: { props }, observed }, ctx) {
      const holder = holdersOf(props).find(({ vaultName }) => vaultName === observed?.holder) ?? props;
      const copy = await currentCopy(holder, ctx);
      if (!copy) {
        throw new ConfigError('ERR_CONFIG_SECRET', `the vault has no current secret '${holder.vaultName}'`, {
          remedy: 'run `locum apply` again: the password comes first',
        });
      }
      return place.write(props.target, copy, ctx);
    },
  };
}

/** What a place holds, judged by the credential that it is most likely to be. */
async function see(place: Place, props: CopyProps, ctx: SystemContext): Promise<Seen> {
  const seen = await Promise.all(
    holdersOf(props).map(async (holder): Promise<Seen> => {
      const current = await currentCopy(holder, ctx);
      const held = await place.look(props.target, current, ctx);
      return { holds: await judge(held, holder.vaultName, current, ctx.vault), holder: holder.vaultName };
    }),
  );
  const likely = (['this', 'unknown', 'other', 'absent', 'foreign'] as const).flatMap((verdict) =>
    seen.filter(({ holds }) => holds === verdict),
  );
  return likely[0] ?? { holds: 'absent', holder: props.vaultName };
}

function holdersOf({ vaultName, login, other }: CopyProps): readonly Holder[] {
  return [{ vaultName, login }, ...(other ? [other] : [])];
}

/** Name of the technical user. */
function nameOf({ holder }: Seen): string {
  return holder.slice(holder.lastIndexOf('/') + 1);
}

async function currentCopy({ vaultName, login }: Holder, ctx: SystemContext): Promise<Copy | undefined> {
  const current = await ctx.vault.open(vaultName, 'current');
  if (!current) return undefined;
  const { version, createdAt } = current.version;
  return { name: vaultName, version, createdAt, login, secret: current.secret };
}
