import { unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import type { Acting, Shape } from '../acting.ts';
import { byCreation, list } from '../listing.ts';
import { orgView } from '../organizations/view.ts';
import type { CfRole } from '../rows/organizations.ts';
import { spaceView } from '../spaces/view.ts';
import { userView } from '../users/view.ts';
import { roleOf } from './roles.ts';
import { roleView } from './view.ts';

const ROLE_QUERY: ListRules = {
  filters: ['organization_guids', 'space_guids', 'user_guids', 'types', 'include'],
  includes: ['user', 'organization', 'space'],
  shownOrder: 'created_at',
  refuse: unprocessable,
};

export function listRoles(acting: Acting, params: URLSearchParams): Shape {
  return list(acting, params, {
    path: '/v3/roles',
    rules: ROLE_QUERY,
    rows: acting.see.roles(),
    where: {
      types: (role, has) => has(role.type),
      organization_guids: (role, has) => has(role.org),
      space_guids: (role, has) => has(role.space),
      user_guids: (role, has) => has(role.user),
    },
    show: (role) => roleView(acting, role),
    included: (shown, { include }) => (include.length === 0 ? undefined : includedBy(acting, shown, include)),
  });
}

export function showRole(acting: Acting, guid: string, params: URLSearchParams): Shape {
  const { include } = parseShowQuery(params, ROLE_QUERY);
  const role = roleOf(acting, guid);
  const view = roleView(acting, role);
  return include.length === 0 ? view : { ...view, included: includedBy(acting, [role], include) };
}

/** What roles belong to, each once, in order of creation. */
function includedBy(acting: Acting, roles: readonly CfRole[], include: readonly string[]): Shape {
  const { store, caller } = acting;
  const included: Record<string, unknown> = {};
  const distinct = (of: (role: CfRole) => string | undefined) => [...new Set(roles.map(of))];
  if (include.includes('user')) {
    const guids = distinct((role) => role.user);
    const users = byCreation(guids.map((guid) => store.users.get(`${caller.landscape}/${guid}`)));
    included.users = users.map((user) => userView(acting, user));
  }
  if (include.includes('organization')) {
    const orgs = byCreation(distinct((role) => role.org).map((guid) => store.orgs.get(guid ?? '')));
    included.organizations = orgs.map((org) => orgView(acting, org));
  }
  if (include.includes('space')) {
    const spaces = byCreation(distinct((role) => role.space).map((guid) => store.spaces.get(guid ?? '')));
    included.spaces = spaces.map((space) => spaceView(acting, space));
  }
  return included;
}
