import type { Declaration, Use } from '../../kernel/identity.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import type { OrgRoleProps, SpaceRoleProps } from './props.ts';

/** Roles in orgs and spaces that somebody holds, as a manifest grants them. */
export function declare(uses: readonly Use[], { subaccounts }: Inventory): Declaration {
  const grants = subaccounts.flatMap(({ name, org }) => {
    if (!org) return [];
    const inOrg = propsOf<OrgRoleProps>(uses, 'cf/org-role').filter((role) => role.org.guid === org.guid);
    const inSpaces = propsOf<SpaceRoleProps>(uses, 'cf/space-role').filter((role) => role.org.guid === org.guid);
    if (inOrg.length + inSpaces.length === 0) return [];
    // The membership itself comes with every grant.
    const orgRoles = inOrg.map((role) => role.type).filter((type) => type !== 'organization_user');
    const spaces = [...Map.groupBy(inSpaces, (role) => role.space.name)].map(([space, roles]) => ({
      names: [space],
      roles: roles.map((role) => role.type).sort(),
    }));
    const cf = {
      ...(orgRoles.length > 0 ? { orgRoles: orgRoles.sort() } : {}),
      ...(spaces.length > 0 ? { spaces } : {}),
    };
    return [{ at: { kind: 'subaccount', name } as const, keys: { cf } }];
  });
  const byHand = uses
    .filter(({ type }) => COPIES.has(type))
    .map((use) => ({ use, because: 'which keys of it are user and password has to be said under `cloudFoundry`' }));
  return { grants, keys: {}, byHand };
}

function propsOf<P>(uses: readonly Use[], type: string): readonly P[] {
  return uses.filter((use) => use.type === type).map((use) => use.props as unknown as P);
}

/** Places from which apps read credentials. */
const COPIES: ReadonlySet<string> = new Set(['cf/user-provided-service', 'cf/app-environment']);
