import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { listValue, organization, pageOf, role, space as spaceResource } from '../../../protocols/cf-v3/wire.ts';
import { apiUrl, type Caller } from './authentication.ts';
import { DeployFault, notFound } from './errors.ts';

/** Where a caller wants to work: a space by its GUID, or by the names of a `/slprot/<org>/<space>` URL. */
export type Place = { readonly guid: string } | { readonly org: string; readonly space: string };

/** How long a space developer is remembered (multiapps-controller, ApplicationConfiguration). */
const CACHE_MS = 20_000;
const CACHE_SIZE = 10_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Lets a caller into a space: space developers, and managers and auditors who only read. The roles are read from the
 * Cloud Controller with the caller's own token (multiapps-controller, AuthorizationChecker).
 * @returns the GUID of the space
 */
export function createAuthorization(ctx: Pick<EmulatorContext, 'fetch' | 'now' | 'world' | 'switched'>) {
  /** A cache of what the Cloud Controller said: user and space to the time at which it is asked again. */
  const developers = new Map<string, number>();

  async function get(caller: Caller, path: string, refused: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${caller.token}` };
    const response = await ctx.fetch(`${apiUrl(caller.landscape)}${path}`, { headers }).catch(() => undefined);
    // Whatever the Cloud Controller refuses is told as 401, with the text of the 403.
    if (!response?.ok) throw new DeployFault(401, refused);
    return response.json();
  }

  async function rolesOf(caller: Caller, space: string, refused: string): Promise<readonly string[]> {
    const key = `${caller.userGuid}/${space}`;
    if ((developers.get(key) ?? 0) > ctx.now()) return ['space_developer'];
    const types =
      'organization_auditor,organization_billing_manager,organization_manager,organization_user,space_auditor,space_developer,space_manager';
    const query = `space_guids=${space}&user_guids=${caller.userGuid}&types=${types}`;
    const found = pageOf(role).parse(await get(caller, `/v3/roles?${query}`, refused));
    const held = found.resources.map((one) => one.type);
    if (developers.size >= CACHE_SIZE) developers.clear();
    if (held.includes('space_developer')) developers.set(key, ctx.now() + CACHE_MS);
    else developers.delete(key);
    return held;
  }

  /** The space that the caller sees by these names. */
  async function visibleSpace(
    caller: Caller,
    org: string,
    space: string,
    refused: string,
  ): Promise<string | undefined> {
    const orgs = pageOf(organization).parse(
      await get(caller, `/v3/organizations?names=${encodeURIComponent(listValue(org))}`, refused),
    );
    const orgGuid = orgs.resources[0]?.guid;
    if (orgGuid === undefined) return undefined;
    const query = `organization_guids=${orgGuid}&names=${encodeURIComponent(listValue(space))}`;
    return pageOf(spaceResource).parse(await get(caller, `/v3/spaces?${query}`, refused)).resources[0]?.guid;
  }

  async function byNames(caller: Caller, org: string, space: string): Promise<string> {
    const visible = await visibleSpace(caller, org, space, nameRefusal(org));
    if (visible !== undefined) return visible;
    const exists = ctx.world.use('cloudFoundry').spaceGuid(caller.landscape, org, space) !== undefined;
    // The open part of the service finds by name only what the caller sees, and would answer 404 here too. SAP's docs on
    // CTMS say Forbidden for a user without a role (a26a721): the part that serves /slprot is closed, so they decide.
    if (exists && !ctx.switched('ctms.invisibleSpaceIsNotFound', false)) throw new DeployFault(403, nameRefusal(org));
    throw notFound(`Organization ${org} or space ${space} not found.`);
  }

  return async (caller: Caller, place: Place, readOnly: boolean): Promise<string> => {
    const refused = 'guid' in place ? guidRefusal(place.guid) : nameRefusal(place.org);
    if ('guid' in place && !UUID.test(place.guid)) throw notFound(refused);
    const space = 'guid' in place ? place.guid : await byNames(caller, place.org, place.space);
    if (caller.admin) return space;
    const held = await rolesOf(caller, space, refused);
    const reads = held.includes('space_manager') || held.includes('space_auditor');
    if (held.includes('space_developer') || (readOnly && reads)) return space;
    throw new DeployFault(403, refused);
  };
}

function guidRefusal(guid: string): string {
  return `You are not authorized to perform operations in space with GUID "${guid}". You need the SpaceDeveloper role to operate in that space.`;
}

/** The service names the org where the space should stand (multiapps-controller, web Messages: `{0}` twice). */
function nameRefusal(org: string): string {
  return `You are not authorized to perform operations in organization "${org}", space "${org}". You need the SpaceDeveloper role to operate in that space.`;
}
