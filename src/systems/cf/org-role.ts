import type { JsonObject } from '../../kernel/json.ts';
import type { Extra, ResourceType } from '../../kernel/system.ts';
import { ORG_ROLES, SPACE_ROLES } from '../protocols/cf-v3/wire.ts';
import { cloudController, type Role } from './client.ts';
import {
  type CfIdentity,
  identityKey,
  type ObservedRole,
  type OrgRoleProps,
  orgRoleAddress,
  ourUsers,
  spaceRoleAddress,
} from './props.ts';
import { orAlready } from './refused-role.ts';
import { spacesByOrg } from './spaces.ts';

/** `cf/org-role`: one role of a technical user in an org. One call lists the roles of all orgs of a landscape. */
export const orgRoleType: ResourceType<OrgRoleProps, ObservedRole> = {
  type: 'cf/org-role',
  async observe(api, wanted, ctx) {
    const controller = await cloudController(ctx, api);
    const orgs = new Map(wanted.map(({ props }) => [props.org.guid, props.org]));
    const roles = await controller.orgRoles([...orgs.keys()]);
    const objects = new Map<string, ObservedRole>();
    const extras: Extra[] = [];
    const declared = new Map(
      wanted.map(({ address, props }) => [grantKey(props.org.guid, props, props.type), address]),
    );
    const ours = ourUsers(ctx);
    const spaces = await spacesByOrg(ctx, api);
    for (const role of roles) {
      const org = orgs.get(role.org ?? '');
      if (!role.identity || !org) continue;
      const address = declared.get(grantKey(org.guid, role.identity, role.type));
      const user = ours.get(identityKey(role.identity));
      if (address !== undefined) objects.set(address, { role: role.guid, user: role.user });
      else if (user !== undefined)
        extras.push({ ...heldOrgRole(role, role.identity, { api, org, spaces: spaces.get(org.guid) ?? [] }), user });
    }
    return { objects, extras };
  },
  diff({ props }, observed) {
    if (observed) return { action: 'none' };
    const because = props.type === 'organization_user' ? 'space roles build on the membership in the org' : undefined;
    return {
      action: 'create',
      changes: [{ path: 'type', after: props.type }],
      ...(because === undefined ? {} : { because }),
    };
  },
  async converge({ resource: { props }, action, observed }, ctx): Promise<JsonObject> {
    const controller = await cloudController(ctx, props.api);
    const find = async () => (await controller.orgRoles([props.org.guid])).find((role) => isGrant(role, props))?.guid;
    if (action === 'delete') {
      const guid = observed?.role ?? (await find());
      if (guid === undefined) return { role: 'gone already' };
      await controller.deleteRole(guid);
      return { role: guid };
    }
    const role = await controller.createRole({ ...props, org: props.org.guid }).catch(orAlready(props.org.name, find));
    return { role, type: props.type, org: props.org.name };
  },
};

function isGrant(role: Role, props: OrgRoleProps): boolean {
  return role.type === props.type && role.identity !== undefined && identityKey(role.identity) === identityKey(props);
}

function grantKey(org: string, identity: Parameters<typeof identityKey>[0], type: string): string {
  return `${org}\n${identityKey(identity)}\n${type}`;
}

/** A role that is not declared, with what it takes to remove it; `spaces` are the names of the org's spaces. */
export function heldOrgRole(
  role: Role,
  { email, originKey }: CfIdentity,
  { api, org, spaces }: { readonly api: string; readonly org: OrgRoleProps['org']; readonly spaces: readonly string[] },
): Omit<Extra, 'user'> {
  const identity = { email: email.toLowerCase(), originKey };
  const known = ORG_ROLES.find((type) => type === role.type);
  return {
    type: 'cf/org-role',
    address: orgRoleAddress(org.name, identity, role.type),
    scope: api,
    // A role type that is newer than this program is left alone.
    removable: known !== undefined,
    props: { api, ...identity, org: { guid: org.guid, name: org.name }, type: role.type },
    // CF refuses to end a membership while there are roles in the org's spaces.
    after:
      role.type === 'organization_user'
        ? [
            ...spaces.flatMap((space) => SPACE_ROLES.map((type) => spaceRoleAddress(org.name, space, identity, type))),
            ...ORG_ROLES.filter((type) => type !== role.type).map((type) => orgRoleAddress(org.name, identity, type)),
          ]
        : [],
  };
}
