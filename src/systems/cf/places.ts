import type { Resource, Subject } from '../../kernel/system.ts';
import { landscapeName } from '../protocols/cf-v3/client.ts';
import type { Login } from './login.ts';
import type { OrgRoleProps, SpaceRoleProps } from './props.ts';

/** Where a technical user works in Cloud Foundry, gathered from its resources. */
export interface OrgPlace {
  readonly api: string;
  readonly guid: string;
  readonly name: string;
  readonly roles: readonly Resource<OrgRoleProps>[];
  readonly spaces: readonly SpacePlace[];
}

export interface SpacePlace {
  readonly guid: string;
  readonly name: string;
  readonly roles: readonly Resource<SpaceRoleProps>[];
}

/** Orgs and spaces of a technical user, in the order of the manifest. */
export function placesOf(subject: Pick<Subject, 'resources'>): readonly OrgPlace[] {
  const orgRoles = ofType<OrgRoleProps>(subject, 'cf/org-role');
  const spaceRoles = ofType<SpaceRoleProps>(subject, 'cf/space-role');
  return [...Map.groupBy(orgRoles, (role) => role.props.org.guid)].flatMap(([guid, roles]) => {
    const first = roles[0]?.props;
    if (!first) return [];
    const inside = spaceRoles.filter((role) => role.props.org.guid === guid);
    const spaces = [...Map.groupBy(inside, (role) => role.props.space.guid)].map(([space, its]) => ({
      guid: space,
      name: its[0]?.props.space.name ?? space,
      roles: its,
    }));
    return [{ api: first.api, guid, name: first.org.name, roles, spaces }];
  });
}

/** One login per landscape in which the technical user works. */
export function loginsOf(subject: Pick<Subject, 'resources' | 'user' | 'identityProvider'>): readonly Login[] {
  const apis = new Set(placesOf(subject).map((org) => org.api));
  return [...apis].map((api) => ({
    user: subject.user.name,
    email: subject.user.email,
    originKey: subject.identityProvider.originKey,
    api,
  }));
}

/**
 * The place that a command line names: a CF landscape, a subaccount, an org or an API endpoint; without a target the
 * first landscape. `org` is set when it is the only one there.
 */
export function chosenPlace(
  subject: Pick<Subject, 'resources' | 'user' | 'identityProvider' | 'inventory'>,
  target: string | undefined,
): { readonly login: Login; readonly org: OrgPlace | undefined } | undefined {
  const places = placesOf(subject);
  const subaccount = subject.inventory.subaccounts.find((known) => known.name === target);
  const wanted = target?.replace(/\/+$/, '');
  const chosen = places.filter(
    (org) =>
      wanted === undefined ||
      wanted === org.api ||
      wanted === landscapeName(org.api) ||
      wanted === org.name ||
      subaccount?.org?.guid === org.guid,
  );
  const api = chosen[0]?.api;
  const login = loginsOf(subject).find((known) => known.api === api);
  if (!login) return undefined;
  const there = chosen.filter((org) => org.api === api);
  return { login, org: there.length === 1 ? there[0] : undefined };
}

function ofType<P>(subject: Pick<Subject, 'resources'>, type: string): readonly Resource<P>[] {
  return subject.resources.filter((resource) => resource.type === type) as readonly Resource<P>[];
}
