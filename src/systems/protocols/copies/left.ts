import type { Address } from '../../../kernel/address.ts';
import { isNews } from '../../../kernel/errors.ts';
import type { Finding, FindingKind } from '../../../kernel/finding.ts';
import type { StoredCopy } from '../../../kernel/ports.ts';
import type { Extra, Leftovers, SystemContext } from '../../../kernel/system.ts';
import { type CopyProps, foreign, see } from './copy-type.ts';
import type { CopyPlace } from './place.ts';

/** A copy that the store remembers, with the place that knows how to reach it. */
export interface Remembered<T = unknown> {
  readonly copy: StoredCopy;
  readonly place: CopyPlace<T>;
  readonly props: CopyProps<T>;
}

/** The copies that were delivered to these kinds of place. */
export async function rememberedCopies(
  system: string,
  places: readonly CopyPlace[],
  ctx: SystemContext,
): Promise<readonly Remembered[]> {
  const kinds = new Map(places.map((place) => [`${system}/${place.kind}`, place]));
  return (await ctx.copies.of(ctx.manifest.name)).flatMap((copy) => {
    const place = kinds.get(copy.type);
    return place ? [{ copy, place, props: copy.props as unknown as CopyProps }] : [];
  });
}

/** Copies that the store remembers and no manifest declares: looked at, since they may be gone. */
export async function leftCopies(
  system: string,
  places: readonly CopyPlace[],
  declared: ReadonlySet<Address>,
  ctx: SystemContext,
): Promise<Leftovers> {
  const remembered = await rememberedCopies(system, places, ctx);
  const looks = await Promise.all(
    remembered.filter(({ copy }) => !declared.has(copy.address)).map((one) => lookAt(one, ctx)),
  );
  return {
    extras: looks.flatMap((one) => ('extra' in one ? [one.extra] : [])),
    findings: looks.flatMap((one) => ('finding' in one ? [one.finding] : [])),
    gone: looks.flatMap((one) => ('gone' in one ? [one.gone] : [])),
  };
}

type Look = { readonly extra: Extra } | { readonly finding: Finding } | { readonly gone: Address };

async function lookAt({ copy, place, props }: Remembered, ctx: SystemContext): Promise<Look> {
  const { address, type, user } = copy;
  const title = place.title(props.target);
  try {
    const seen = await see(address, place, props, ctx);
    const { holds } = seen;
    if (holds === 'absent') return { gone: address };
    const removable = place.remove !== undefined && holds !== 'foreign';
    const told = {
      code: LEFT.code,
      because:
        holds === 'foreign'
          ? `${title} is not declared any more, and ${foreign(seen)}`
          : `${title} has a copy of the secret of ${user}, and no manifest declares it any more`,
      remedy: removable
        ? 'remove it with `locum apply --prune`, or declare it again'
        : `see to it by hand, then \`locum apply --forget ${address}\``,
    };
    return { extra: { type, address, user, scope: type, removable, props: copy.props, told } };
  } catch (error) {
    if (!isNews(error)) throw error;
    const because = `${title} was given the secret of ${user} and is declared no more; it can't be looked at: ${error.message}`;
    const remedy = `give back the connection until it is removed, or remove it by hand, then \`locum apply --forget ${address}\``;
    return { finding: { code: LEFT_UNREAD.code, severity: 'warning', subject: address, because, remedy } };
  }
}

const LEFT: FindingKind = {
  code: 'COPY_LEFT',
  title: 'a copy that no manifest declares any more',
  explanation:
    'Locum delivered a secret there, and the place has left the manifest since. The next rotation would pass it over: whoever reads it would use an old secret and lock the user. `locum apply --prune` takes it away, and nothing else of the place.',
};
const LEFT_UNREAD: FindingKind = {
  code: 'COPY_LEFT_UNREAD',
  title: 'a copy that no manifest declares any more, in a place that can not be looked at',
  explanation:
    'Locum delivered a secret there, and place and connection have left the manifest. Give back the connection and apply with --prune; or, if the place is gone, let Locum forget the copy with `locum apply --forget ADDRESS`.',
};

/** Finding codes of copies that are left. */
export const leftFindings: readonly FindingKind[] = [LEFT, LEFT_UNREAD];
