import { type Address, address } from '../../../kernel/address.ts';
import { unreadOf } from '../../../kernel/discover.ts';
import { isNews, RemoteError } from '../../../kernel/errors.ts';
import type { Unread } from '../../../kernel/identity.ts';
import type { Inventory, Org } from '../../../kernel/inventory.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { landscapeName } from '../../protocols/cf-v3/client.ts';
import { cloudController, type UserProvided } from '../client.ts';
import type { SpaceRoleProps } from '../props.ts';
import { expandRoles } from '../section.ts';
import { callsAt, type SpacePlace } from './space-place.ts';
import { type Credentials, credentialsOf } from './user-provided-service.ts';

/** A user-provided service instance somewhere, with what apps read in it. Holds secrets: for comparing only. */
export interface ShownService extends SpacePlace {
  readonly instance: string;
  readonly subaccount: string;
  /** Name of the space. */
  readonly space: string;
  readonly credentials: Credentials;
}

export interface ShownServices {
  readonly shown: readonly ShownService[];
  readonly unread: readonly Unread[];
}

interface Space extends SpacePlace {
  readonly subaccount: string;
  readonly space: string;
}

/**
 * User-provided service instances of all orgs, as far as the user of `connections.cf` reads them. Spaces in which it is no
 * Space Developer are told only where a technical user of this manifest works: its copies are most likely there.
 */
export async function servicesEverywhere(inventory: Inventory, ctx: SystemContext): Promise<ShownServices> {
  const granted = new Set(
    expandRoles(ctx.manifest, inventory).resources.flatMap(({ type, props }) =>
      type === 'cf/space-role' ? [(props as SpaceRoleProps).space.guid] : [],
    ),
  );
  const spaces = inventory.subaccounts.flatMap(({ name, org }) => (org ? spacesOf(name, org) : []));
  const looks = await Promise.all(
    [...Map.groupBy(spaces, ({ api }) => api)].map(([api, its]) => inLandscape(api, its, granted, ctx)),
  );
  return { shown: looks.flatMap((one) => one.shown), unread: looks.flatMap((one) => one.unread) };
}

/** Whether credentials name a user: by e-mail anywhere in a text, or by a text that is the login name. Case does not matter. */
export function namesUser(credentials: unknown, names: { readonly email?: string; readonly login?: string }): boolean {
  if (typeof credentials === 'string') {
    const text = credentials.toLowerCase();
    const email = names.email?.toLowerCase();
    return text === names.login?.toLowerCase() || (email !== undefined && text.includes(email));
  }
  if (typeof credentials !== 'object' || credentials === null) return false;
  return Object.values(credentials).some((value) => namesUser(value, names));
}

export function serviceAddress({ org, space, instance }: Omit<ShownService, 'credentials'>): Address {
  return address('cf', 'user-provided-service', org, space, instance);
}

function spacesOf(subaccount: string, { api, name, spaces }: Org): readonly Space[] {
  return spaces.map((space) => ({ subaccount, api, org: name, spaceGuid: space.guid, space: space.name }));
}

async function inLandscape(
  api: string,
  spaces: readonly Space[],
  granted: ReadonlySet<string>,
  ctx: SystemContext,
): Promise<ShownServices> {
  let instances: ReadonlyMap<string, readonly UserProvided[]>;
  try {
    const guids = spaces.map(({ spaceGuid }) => spaceGuid);
    const listed = await (await cloudController(ctx, api)).userProvidedServices(guids);
    instances = Map.groupBy(listed, ({ space }) => space);
  } catch (error) {
    return untold(`user-provided services in Cloud Foundry ${landscapeName(api)}`, error);
  }
  const looks = await Promise.all(
    spaces.map(async (space) => {
      try {
        return { shown: await inSpace(space, instances.get(space.spaceGuid) ?? [], ctx), unread: [] };
      } catch (error) {
        if (error instanceof RemoteError && error.status === 403 && !granted.has(space.spaceGuid)) return NOTHING;
        return untold(`user-provided services in ${space.org}/${space.space}`, error);
      }
    }),
  );
  return { shown: looks.flatMap((one) => one.shown), unread: looks.flatMap((one) => one.unread) };
}

/** One after the other: the first refusal stands for the whole space. */
async function inSpace(
  place: Space,
  instances: readonly UserProvided[],
  ctx: SystemContext,
): Promise<readonly ShownService[]> {
  const shown: ShownService[] = [];
  if (instances.length === 0) return shown;
  const send = await callsAt(place, place.space, ctx);
  for (const { guid, name } of instances) {
    shown.push({ ...place, instance: name, credentials: await credentialsOf(place.api, guid, send) });
  }
  return shown;
}

const NOTHING: ShownServices = { shown: [], unread: [] };

function untold(where: string, error: unknown): ShownServices {
  if (!isNews(error)) throw error;
  return { shown: [], unread: [unreadOf(where, error)] };
}
