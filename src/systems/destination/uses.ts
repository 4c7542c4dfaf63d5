import { address } from '../../kernel/address.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { Inventory, Subaccount } from '../../kernel/inventory.ts';
import type { Identity, SystemContext, Use, Uses } from '../../kernel/system.ts';
import { lookAt } from '../../kernel/uses.ts';
import { type BtpSession, btpSession } from '../protocols/btp-cli/client.ts';
import { listInstances, listShown, type ShownDestination } from './accounts-view.ts';
import { destinationClient } from './client.ts';
import { OWNER_PROPERTY, serviceKeysOf } from './section.ts';

/** Properties that name who logs in; the second is the user at a token service of one's own (SAP help on OAuth2Password). */
const USER_PROPERTIES = ['User', 'tokenServiceUser'];

/**
 * Every destination that logs in as an identity, in every subaccount, and in every instance of the service there. The
 * command-line server shows them to administrators of the subaccount; where it refuses, a service key of the manifest does.
 */
export async function uses(identity: Identity, { subaccounts }: Inventory, ctx: SystemContext): Promise<Uses> {
  const session = await btpSession(ctx);
  const looks = await Promise.all([
    lookAt(
      subaccounts,
      ({ name }) => `destinations of subaccount ${name}`,
      async (subaccount) => {
        const shown = await inSubaccount(session, subaccount, ctx);
        return shown.flatMap((one) => useOf(one, subaccount, identity, ctx) ?? []);
      },
    ),
    lookAt(
      subaccounts,
      ({ name }) => `destinations of service instances in subaccount ${name}`,
      (subaccount) => inInstances(session, subaccount, identity, ctx),
    ),
  ]);
  return { found: looks.flatMap((look) => look.found), unread: looks.flatMap((look) => look.unread) };
}

async function inSubaccount(
  session: BtpSession,
  subaccount: Subaccount,
  ctx: SystemContext,
): Promise<readonly ShownDestination[]> {
  try {
    return await listShown(session, { subaccount: subaccount.guid });
  } catch (error) {
    const refused = error instanceof RemoteError && error.status === 403;
    if (!refused || !serviceKeysOf(ctx.manifest).has(subaccount.name)) throw error;
    return (await destinationClient(ctx, subaccount)).list();
  }
}

async function inInstances(
  session: BtpSession,
  subaccount: Subaccount,
  identity: Identity,
  ctx: SystemContext,
): Promise<readonly Use[]> {
  const instances = await listInstances(session, subaccount.guid);
  const uses = await Promise.all(
    instances.map(async (instance) => {
      const shown = await listShown(session, { subaccount: subaccount.guid, instance: instance.id });
      return shown.flatMap((one) => useOf(one, subaccount, identity, ctx, instance.name) ?? []);
    }),
  );
  return uses.flat();
}

function useOf(
  { name, properties }: ShownDestination,
  subaccount: Subaccount,
  identity: Identity,
  ctx: SystemContext,
  instance?: string,
): Use | undefined {
  const owner = properties[OWNER_PROPERTY];
  const ours = owner !== undefined && owner === `${ctx.manifest.name}/${identity.user}`;
  if (!ours && !names(properties, identity)) return undefined;
  const where = instance === undefined ? subaccount.name : `${subaccount.name}, instance ${instance}`;
  const removable = ours && instance === undefined;
  return {
    type: 'destination/destination',
    address:
      instance === undefined
        ? address('destination', 'destination', subaccount.name, name)
        : address('destination', 'destination', subaccount.name, instance, name),
    what: 'credential',
    title: `destination ${name} in ${where}${kindOf(properties)}`,
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

function names(properties: Readonly<Record<string, string>>, { email, userName }: Identity): boolean {
  const named = USER_PROPERTIES.map((property) => properties[property]?.toLowerCase());
  return named.includes(email) || named.includes(userName.toLowerCase());
}

function kindOf({ Authentication: authentication }: Readonly<Record<string, string>>): string {
  return authentication === undefined ? '' : ` (${authentication})`;
}
