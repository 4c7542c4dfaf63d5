import type { Identity, Use, Uses } from '../../kernel/identity.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { addressOf, type Placed, shownEverywhere, titleOf, usersIn } from './everywhere.ts';
import { OWNER_PROPERTY } from './section.ts';
import { type TransportNodes, transportNodes } from './transport-nodes.ts';

/** Every destination and fragment that names an identity, in every subaccount, and in every instance of the service there. */
export async function uses(identity: Identity, { subaccounts }: Inventory, ctx: SystemContext): Promise<Uses> {
  const [{ shown, unread }, nodes] = await Promise.all([shownEverywhere(subaccounts, ctx), transportNodes(ctx)]);
  return {
    found: shown.flatMap((one) => useOf(one, identity, nodes, ctx) ?? []),
    unread: [...unread, ...nodes.unread],
  };
}

function useOf(one: Placed, identity: Identity, nodes: TransportNodes, ctx: SystemContext): Use | undefined {
  const { kind, name, properties, subaccount, instance } = one;
  const owner = properties[OWNER_PROPERTY];
  const ours = owner !== undefined && owner === `${ctx.manifest.name}/${identity.user}`;
  if (!ours && !usersIn(properties).some((user) => user === identity.email || user === identity.userName.toLowerCase()))
    return undefined;
  const written = kind === 'destination' && instance === undefined;
  const removable = ours && written;
  return {
    type: `destination/${kind}`,
    address: addressOf(one),
    what: 'credential',
    title: `${kind === 'destination' ? 'destination ' : ''}${titleOf(one)}${authenticationOf(properties)}${written ? nodes.behind(subaccount.name, name) : ''}`,
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

function authenticationOf({ Authentication: authentication }: Readonly<Record<string, string>>): string {
  return authentication === undefined ? '' : ` (${authentication})`;
}
