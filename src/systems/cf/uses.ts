import type { Identity, Use, Uses } from '../../kernel/identity.ts';
import type { Inventory, Org } from '../../kernel/inventory.ts';
import { lookAt } from '../../kernel/observe/uses.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { landscapeName } from '../protocols/cf-v3/client.ts';
import { cloudController, type Role } from './client.ts';
import { copiesOf } from './copies/uses.ts';
import { heldOrgRole } from './org-role.ts';
import type { CfIdentity } from './props.ts';
import { heldSpaceRole } from './space-role.ts';

/** Roles that an identity holds, and places from which apps read its credentials. */
export async function uses(identity: Identity, inventory: Inventory, ctx: SystemContext): Promise<Uses> {
  const [roles, copies] = await Promise.all([rolesOf(identity, inventory, ctx), copiesOf(identity, inventory, ctx)]);
  return { found: [...roles.found, ...copies.found], unread: [...roles.unread, ...copies.unread] };
}

/**
 * Every role of an identity in every org of the global account. Only roles that the user of `connections.cf` sees are
 * found: those of orgs in which it is itself a manager.
 */
async function rolesOf(identity: Identity, inventory: Inventory, ctx: SystemContext): Promise<Uses> {
  const orgs = inventory.subaccounts.flatMap(({ org }) => (org ? [org] : []));
  const landscapes = [...Map.groupBy(orgs, (org) => org.api)];
  return lookAt(
    landscapes,
    ([api]) => `roles in Cloud Foundry ${landscapeName(api)}`,
    ([api, its]) => rolesAt(api, its, identity, ctx),
  );
}

async function rolesAt(
  api: string,
  orgs: readonly Org[],
  identity: Identity,
  ctx: SystemContext,
): Promise<readonly Use[]> {
  const controller = await cloudController(ctx, api);
  const spaces = await controller.spaces(orgs.map((org) => org.guid));
  const [inOrgs, inSpaces] = await Promise.all([
    controller.orgRoles(orgs.map((org) => org.guid)),
    controller.spaceRoles(spaces.map((space) => space.guid)),
  ]);
  const ofSpaces = inSpaces
    .filter((role) => isHeld(role, identity))
    .flatMap((role) => {
      const space = spaces.find(({ guid }) => guid === role.space);
      const org = orgs.find(({ guid }) => guid === space?.org);
      if (!space || !org || !role.identity) return [];
      const held = heldSpaceRole(role, role.identity, api, { org, space });
      return [useOf(held, `${role.type} in ${org.name}/${space.name}`, identity)];
    });
  const ofOrgs = inOrgs
    .filter((role) => isHeld(role, identity))
    .flatMap((role) => {
      const org = orgs.find(({ guid }) => guid === role.org);
      if (!org || !role.identity) return [];
      const names = spaces.filter((space) => space.org === org.guid).map((space) => space.name);
      return [
        useOf(heldOrgRole(role, role.identity, { api, org, spaces: names }), `${role.type} in ${org.name}`, identity),
      ];
    });
  return [...ofSpaces, ...ofOrgs];
}

/** Users of SAP ID service are known by e-mail, older ones by their user id. */
function isHeld(role: Role, identity: Identity): role is Role & { readonly identity: CfIdentity } {
  if (role.identity?.originKey !== identity.originKey) return false;
  const name = role.identity.email.toLowerCase();
  return name === identity.email || name === identity.userName.toLowerCase();
}

function useOf(held: ReturnType<typeof heldOrgRole>, title: string, { user }: Identity): Use {
  const because = held.removable ? {} : { because: 'the type of this role is newer than this program' };
  return { ...held, what: 'role', title, ours: user !== undefined, ...because };
}
