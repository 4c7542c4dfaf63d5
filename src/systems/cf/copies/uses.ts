import type { Identity, Use, Uses } from '../../../kernel/identity.ts';
import type { Inventory } from '../../../kernel/inventory.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { copyUses } from '../../protocols/copies/copy-uses.ts';
import { declares } from './consumers.ts';
import { cfPlaces, declaredCopies } from './declared.ts';
import { placeAddress, placesEverywhere, placeTitle, type ShownPlace } from './found.ts';
import { secretsOf, tracesIn } from './names.ts';
import type { SpacePlace } from './space-place.ts';

/** Places from which apps read the identity's credentials: those that were declared, and what else names it or holds its secret. */
export async function copiesOf(identity: Identity, inventory: Inventory, ctx: SystemContext): Promise<Uses> {
  const { user, email, userName: login } = identity;
  const { shown, unread, closed } = await placesEverywhere(inventory, ctx);
  // A space that is told once needs no telling for each of its places.
  const told = (target: unknown) => closed.has((target as SpacePlace).spaceGuid);
  const declared = declaredCopies(user, ctx.manifest, inventory);
  const ours = await copyUses('cf', cfPlaces, declared, identity, ctx, told);
  const secrets = user === undefined ? [] : await secretsOf(`${ctx.manifest.name}/${user}`, ctx.vault);
  const others = shown.flatMap((one) => {
    const trace = tracesIn(one.content, { email, login, secrets });
    return trace === undefined || declares(user, one, inventory, ctx) ? [] : [foreign(one, trace)];
  });
  const known = new Set(ours.found.map(({ address }) => address));
  return {
    // A copy that is left behind is ours still, and found by its name as well.
    found: [...ours.found, ...others.filter(({ address }) => ![...known].some((one) => one.startsWith(`${address}/`)))],
    unread: [...unread, ...ours.unread],
  };
}

function foreign({ content: _secret, ...place }: ShownPlace, trace: 'name' | 'secret'): Use {
  return {
    type: `cf/${place.kind}`,
    address: placeAddress(place),
    what: 'credential',
    title: `${placeTitle(place)}${trace === 'secret' ? ' (holds its secret, without its name)' : ''}`,
    ours: false,
    removable: false,
    because: 'no manifest declares it',
    scope: place.api,
    props: { ...place },
  };
}
