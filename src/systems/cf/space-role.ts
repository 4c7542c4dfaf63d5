import type { JsonObject } from '../../kernel/json.ts';
import type { Extra, ResourceType } from '../../kernel/system.ts';
import { SPACE_ROLES } from '../protocols/cf-v3/wire.ts';
import { cloudController, type Role } from './client.ts';
import {
  type CfIdentity,
  identityKey,
  type ObservedRole,
  ourUsers,
  type SpaceRoleProps,
  spaceRoleAddress,
} from './props.ts';
import { orAlready } from './refused-role.ts';
import { spacesOf } from './spaces.ts';

/**
 * `cf/space-role`: one role of a technical user in a space. One call lists the roles of all spaces of a landscape, also
 * of those spaces that no grant names: our users may have undeclared roles there.
 */
export const spaceRoleType: ResourceType<SpaceRoleProps, ObservedRole> = {
  type: 'cf/space-role',
  async observe(api, wanted, ctx) {
    const controller = await cloudController(ctx, api);
    const places = new Map<string, Place>();
    for (const { guid, name, org, orgName } of await spacesOf(ctx, api)) {
      places.set(guid, { org: { guid: org, name: orgName }, space: { guid, name } });
    }
    for (const { props } of wanted) places.set(props.space.guid, { org: props.org, space: props.space });
    const objects = new Map<string, ObservedRole>();
    const extras: Extra[] = [];
    const declared = new Map(
      wanted.map(({ address, props }) => [grantKey(props.space.guid, props, props.type), address]),
    );
    const ours = ourUsers(ctx);
    for (const role of await controller.spaceRoles([...places.keys()])) {
      const place = places.get(role.space ?? '');
      if (!role.identity || !place) continue;
      const address = declared.get(grantKey(place.space.guid, role.identity, role.type));
      const user = ours.get(identityKey(role.identity));
      if (address !== undefined) objects.set(address, { role: role.guid, user: role.user });
      else if (user !== undefined) extras.push({ ...heldSpaceRole(role, role.identity, api, place), user });
    }
    return { objects, extras };
  },
  diff({ props }, observed) {
    return observed ? { action: 'none' } : { action: 'create', changes: [{ path: 'type', after: props.type }] };
  },
  async converge({ resource: { props }, action, observed }, ctx): Promise<JsonObject> {
    const controller = await cloudController(ctx, props.api);
    const find = async () =>
      (await controller.spaceRoles([props.space.guid])).find((role) => isGrant(role, props))?.guid;
    if (action === 'delete') {
      const guid = observed?.role ?? (await find());
      if (guid === undefined) return { role: 'gone already' };
      await controller.deleteRole(guid);
      return { role: guid };
    }
    const { org: _org, ...grant } = props;
    const role = await controller
      .createRole({ ...grant, space: props.space.guid })
      .catch(orAlready(props.org.name, find));
    return { role, type: props.type, org: props.org.name, space: props.space.name };
  },
};

type Place = Pick<SpaceRoleProps, 'org' | 'space'>;

function isGrant(role: Role, props: SpaceRoleProps): boolean {
  return role.type === props.type && role.identity !== undefined && identityKey(role.identity) === identityKey(props);
}

function grantKey(space: string, identity: CfIdentity, type: string): string {
  return `${space}\n${identityKey(identity)}\n${type}`;
}

/** A role that is not declared, with what it takes to remove it. */
export function heldSpaceRole(
  role: Role,
  { email, originKey }: CfIdentity,
  api: string,
  place: Place,
): Omit<Extra, 'user'> {
  const identity = { email: email.toLowerCase(), originKey };
  return {
    type: 'cf/space-role',
    address: spaceRoleAddress(place.org.name, place.space.name, identity, role.type),
    scope: api,
    // A role type that is newer than this program is left alone.
    removable: SPACE_ROLES.some((type) => type === role.type),
    props: {
      api,
      ...identity,
      org: { guid: place.org.guid, name: place.org.name },
      space: { guid: place.space.guid, name: place.space.name },
      type: role.type,
    },
  };
}
