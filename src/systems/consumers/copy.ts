import type { Address } from '../../kernel/address.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { Diff, ResourceType, SystemContext } from '../../kernel/system.ts';
import { judge, type Verdict } from './compare.ts';
import type { Copy, Place } from './place.ts';
import type { CopyProps } from './section.ts';

/** The resource type of a kind of place: a copy of a technical user's credential that the manifest wants there. */
export function copyType(place: Place): ResourceType<CopyProps, { readonly holds: Verdict }> {
  return {
    type: `consumers/${place.kind}`,

    async observe(_scope, wanted, ctx) {
      const objects = new Map<Address, { readonly holds: Verdict }>();
      await Promise.all(
        wanted.map(async ({ address, props }) => {
          const current = await currentCopy(props, ctx);
          const held = await place.look(props.target, current, ctx);
          const holds = await judge(held, props.vaultName, current, ctx.vault);
          if (holds !== 'absent') objects.set(address, { holds });
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
      if (needs.some((needed) => options.changing(needed))) return { action: 'update', changes };
      if (observed.holds === 'this') return { action: 'none' };
      if (observed.holds === 'unknown') return { action: 'none', unknown: ['secret'] };
      return { action: 'update', changes, because: 'it holds another secret than the current one' };
    },

    async converge({ resource: { props } }, ctx) {
      const copy = await currentCopy(props, ctx);
      if (!copy) {
        throw new ConfigError('ERR_CONFIG_SECRET', `the vault has no current secret '${props.vaultName}'`, {
          remedy: 'run `locum apply` again: the password comes first',
        });
      }
      return place.write(props.target, copy, ctx);
    },
  };
}

async function currentCopy({ vaultName, login }: CopyProps, ctx: SystemContext): Promise<Copy | undefined> {
  const current = await ctx.vault.open(vaultName, 'current');
  if (!current) return undefined;
  const { version, createdAt } = current.version;
  return { name: vaultName, version, createdAt, login, secret: current.secret };
}
