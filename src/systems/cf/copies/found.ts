import { type Address, address } from '../../../kernel/address.ts';
import { isNews, RemoteError } from '../../../kernel/errors.ts';
import type { Unread } from '../../../kernel/identity.ts';
import type { Inventory, Org } from '../../../kernel/inventory.ts';
import { unreadOf } from '../../../kernel/observe/discover.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { landscapeName } from '../../protocols/cf-v3/client.ts';
import { type CloudController, cloudController, type InSpace } from '../client.ts';
import type { SpaceRoleProps } from '../props.ts';
import { expandRoles } from '../section.ts';
import { variablesOf } from './app-environment.ts';
import { callsAt, type SpacePlace } from './space-place.ts';
import { credentialsOf } from './user-provided-service.ts';

/** What an app finds around it at its start. Holds secrets: for comparing only. */
export interface ShownPlace extends SpacePlace {
  readonly kind: 'user-provided-service' | 'app-environment';
  /** Of the service instance, or of the app. */
  readonly name: string;
  readonly subaccount: string;
  /** Name of the space. */
  readonly space: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface ShownPlaces {
  readonly shown: readonly ShownPlace[];
  readonly unread: readonly Unread[];
  /** GUIDs of spaces that are told in `unread`. */
  readonly closed: ReadonlySet<string>;
}

type Space = Omit<ShownPlace, 'kind' | 'name' | 'content'>;

/**
 * Reading an environment is one call for each app. So many are read in a landscape and command; the rest is told as unread.
 * CF on SAP BTP allows some tens of thousands of calls an hour.
 */
const MOST_ENVIRONMENTS = 2000;

/**
 * User-provided service instances and environments of apps in all orgs, as far as the user of `connections.cf` reads them.
 * Spaces in which it is no Space Developer are told: one by one where a technical user of this manifest works, since its
 * copies are most likely there, else together. Read once in a command.
 */
export function placesEverywhere(inventory: Inventory, ctx: SystemContext): Promise<ShownPlaces> {
  return ctx.memo('cf/copies/everywhere', async () => {
    const granted = new Set(
      expandRoles(ctx.manifest, inventory).resources.flatMap(({ type, props }) =>
        type === 'cf/space-role' ? [(props as SpaceRoleProps).space.guid] : [],
      ),
    );
    const spaces = inventory.subaccounts.flatMap(({ name, org }) => (org ? spacesOf(name, org) : []));
    const looks = await Promise.all(
      [...Map.groupBy(spaces, ({ api }) => api)].map(([api, its]) => inLandscape(api, its, granted, ctx)),
    );
    return {
      shown: looks.flatMap((one) => one.shown),
      unread: looks.flatMap((one) => one.unread),
      closed: new Set(looks.flatMap((one) => [...one.closed])),
    };
  });
}

export function placeAddress({ kind, org, space, name }: Omit<ShownPlace, 'content'>): Address {
  return address('cf', kind, org, space, name);
}

export function placeTitle({ kind, org, space, name }: Omit<ShownPlace, 'content'>): string {
  const what = kind === 'app-environment' ? `environment of app ${name}` : `user-provided service ${name}`;
  return `${what} in ${org}/${space}`;
}

function spacesOf(subaccount: string, { api, name, spaces }: Org): readonly Space[] {
  return spaces.map((space) => ({ subaccount, api, org: name, spaceGuid: space.guid, space: space.name }));
}

/** What came of a look at a space. */
type Look =
  | { readonly is: 'read'; readonly shown: readonly ShownPlace[] }
  | { readonly is: 'refused' | 'failed'; readonly space: Space; readonly error: Error };

async function inLandscape(
  api: string,
  spaces: readonly Space[],
  granted: ReadonlySet<string>,
  ctx: SystemContext,
): Promise<ShownPlaces> {
  const found: Found[] = [];
  let skipped = 0;
  try {
    const controller = await cloudController(ctx, api);
    const guids = spaces.map(({ spaceGuid }) => spaceGuid);
    const [instances, apps] = await Promise.all([controller.userProvidedServices(guids), controller.apps(guids)]);
    skipped = Math.max(0, apps.length - MOST_ENVIRONMENTS);
    found.push(
      ...instances.map((one) => ({ ...one, kind: 'user-provided-service' as const })),
      ...apps.slice(0, MOST_ENVIRONMENTS).map((one) => ({ ...one, kind: 'app-environment' as const })),
    );
  } catch (error) {
    if (!isNews(error)) throw error;
    const where = `user-provided services and apps in Cloud Foundry ${landscapeName(api)}`;
    return { shown: [], unread: [unreadOf(where, error)], closed: new Set(spaces.map(({ spaceGuid }) => spaceGuid)) };
  }
  const bySpace = Map.groupBy(found, ({ space }) => space);
  const looks = await Promise.all(spaces.map((space) => inSpace(space, bySpace.get(space.spaceGuid) ?? [], ctx)));
  const closed = looks.filter((look) => look.is !== 'read');
  const told = closed.filter((look) => look.is === 'failed' || granted.has(look.space.spaceGuid));
  const others = closed.filter((look) => !told.includes(look)).map(({ space }) => space);
  return {
    shown: looks.flatMap((look) => (look.is === 'read' ? look.shown : [])),
    unread: [
      ...told.map(({ space: { org, space }, error }) =>
        untold(`user-provided services and apps in ${org}/${space}`, error),
      ),
      ...(others.length === 0 ? [] : [together(others, api)]),
      ...(skipped === 0 ? [] : [tooMany(skipped, api)]),
    ],
    closed: new Set(told.map(({ space }) => space.spaceGuid)),
  };
}

interface Found extends InSpace {
  readonly kind: ShownPlace['kind'];
}

/** One after the other: the first refusal stands for the whole space. */
async function inSpace(place: Space, found: readonly Found[], ctx: SystemContext): Promise<Look> {
  const shown: ShownPlace[] = [];
  try {
    const send = found.length === 0 ? undefined : await callsAt(place, place.space, ctx);
    for (const { guid, name, kind } of send ? found : []) {
      const content = send && (await contentOf(kind, place.api, guid, send));
      if (content) shown.push({ ...place, kind, name, content });
    }
    return { is: 'read', shown };
  } catch (error) {
    if (!isNews(error)) throw error;
    return { is: error instanceof RemoteError && error.status === 403 ? 'refused' : 'failed', space: place, error };
  }
}

/** Undefined when it was deleted meanwhile. */
async function contentOf(
  kind: ShownPlace['kind'],
  api: string,
  guid: string,
  send: CloudController['send'],
): Promise<ShownPlace['content'] | undefined> {
  try {
    return await (kind === 'app-environment' ? variablesOf : credentialsOf)(api, guid, send);
  } catch (error) {
    if (error instanceof RemoteError && error.status === 404) return undefined;
    throw error;
  }
}

function untold(where: string, error: Error): Unread {
  if (!isNews(error)) throw error;
  return unreadOf(where, error);
}

/** Named so far; a landscape may have hundreds. */
const NAMED_SPACES = 5;

function together(spaces: readonly Space[], api: string): Unread {
  const names = spaces.slice(0, NAMED_SPACES).map(({ org, space }) => `${org}/${space}`);
  const more = spaces.length > NAMED_SPACES ? ` and ${spaces.length - NAMED_SPACES} more` : '';
  return {
    where: `user-provided services and apps in Cloud Foundry ${landscapeName(api)}: ${names.join(', ')}${more}`,
    because:
      'the user of connections.cf is no Space Developer there, and no technical user of this manifest works there',
    remedy: 'make it a Space Developer (or Space Supporter, for environments) where copies of the secret may be',
    unlikely: true,
  };
}

function tooMany(skipped: number, api: string): Unread {
  return {
    where: `environments of ${skipped} more apps in Cloud Foundry ${landscapeName(api)}`,
    because: `each is a call, and ${MOST_ENVIRONMENTS} are made in one command`,
    remedy: 'look at them by `cf env`',
  };
}
