import type { Identity, Use, Uses } from '../../../kernel/identity.ts';
import { lookAt } from '../../../kernel/observe/uses.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { type CopyProps, foreign, see } from './copy-type.ts';
import { rememberedCopies } from './left.ts';
import { type CopyPlace, copyAddress } from './place.ts';

/** A place that the manifest declares for a technical user, or for twins together. */
export interface DeclaredCopy<T = unknown> {
  readonly place: CopyPlace<T>;
  readonly props: CopyProps<T>;
}

/** Copies of a technical user's secret: in declared places, and in those that the store remembers. */
export async function copyUses(
  system: string,
  places: readonly CopyPlace[],
  declared: readonly DeclaredCopy[],
  { user }: Identity,
  ctx: SystemContext,
  /** Whether the place is told as unread by somebody else, with its neighbours. */
  told: (target: unknown) => boolean = () => false,
): Promise<Uses> {
  if (user === undefined) return { found: [], unread: [] };
  const mine = `${ctx.manifest.name}/${user}`;
  const remembered = await rememberedCopies(system, places, ctx);
  const all = new Map<string, DeclaredCopy>(
    [...remembered.filter(({ copy }) => copy.user === user), ...declared].map(({ place, props }) => [
      copyAddress(system, place, props.target),
      { place, props },
    ]),
  );
  return lookAt(
    [...all].filter(([, { props }]) => !told(props.target)),
    ([, { place, props }]) => place.title(props.target),
    async ([address, { place, props }]): Promise<readonly Use[]> => {
      const seen = await see(address, place, props, ctx);
      const { holds, holder, overwrittenAt } = seen;
      // Twins share their places: a copy is a use of the one whose secret is there.
      if (holds === 'absent' || holder !== mine) return [];
      // What somebody wrote there after us may be our secret again: nobody can tell.
      if (holds === 'foreign' && overwrittenAt === undefined) return [];
      const removable = place.remove !== undefined && holds !== 'foreign';
      return [
        {
          type: `${system}/${place.kind}`,
          address,
          what: 'credential',
          title: place.title(props.target),
          ours: true,
          scope: `${system}/${place.kind}`,
          removable,
          ...(removable
            ? {}
            : { because: place.remove ? `it ${foreign(seen)}` : 'Locum does not know how to take it away there' }),
          props: JSON.parse(JSON.stringify(props)) as Use['props'],
        },
      ];
    },
  );
}
