import { address } from '../../kernel/address.ts';
import type { Identity, Use, Uses } from '../../kernel/identity.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { type PlacedDestination, shownEverywhere, usersIn } from './everywhere.ts';
import { OWNER_PROPERTY } from './section.ts';
import { type TransportNodes, transportNodes } from './transport-nodes.ts';

/** Every destination that logs in as an identity, in every subaccount, and in every instance of the service there. */
export async function uses(identity: Identity, { subaccounts }: Inventory, ctx: SystemContext): Promise<Uses> {
  const [{ shown, unread }, nodes] = await Promise.all([shownEverywhere(subaccounts, ctx), transportNodes(ctx)]);
  return {
    found: shown.flatMap((one) => useOf(one, identity, nodes, ctx) ?? []),
    unread: [...unread, ...nodes.unread],
  };
}

function useOf(
  { name, properties, subaccount, instance }: PlacedDestination,
  identity: Identity,
  nodes: TransportNodes,
  ctx: SystemContext,
): Use | undefined {
  const owner = properties[OWNER_PROPERTY];
  const ours = owner !== undefined && owner === `${ctx.manifest.name}/${identity.user}`;
  if (!ours && !usersIn(properties).some((name) => name === identity.email || name === identity.userName.toLowerCase()))
    return undefined;
  const where = instance === undefined ? subaccount.name : `${subaccount.name}, instance ${instance}`;
  const removable = ours && instance === undefined;
  return {
    type: 'destination/destination',
    address:
      instance === undefined
        ? address('destination', 'destination', subaccount.name, name)
        : address('destination', 'destination', subaccount.name, instance, name),
    what: 'credential',
    title: `destination ${name} in ${where}${kindOf(properties)}${instance === undefined ? nodes.behind(subaccount.name, name) : ''}`,
    ours,
    scope: subaccount.name,
    removable,
    ...(removable ? {} : { because: 'it does not carry our mark' }),
    props: {
      name,
      subaccount: { guid: subaccount.guid, name: subaccount.name },
      owner: owner ?? '',
      properties: { ...properties },
      ...(instance === undefined ? {} : { instance }),
    },
  };
}

function kindOf({ Authentication: authentication }: Readonly<Record<string, string>>): string {
  return authentication === undefined ? '' : ` (${authentication})`;
}
