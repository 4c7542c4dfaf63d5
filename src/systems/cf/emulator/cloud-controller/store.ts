import type { Collection, State } from '../../../../emulation/state.ts';
import { NO_METADATA } from '../../../protocols/cf-v3/emulator/metadata.ts';
import { ORG_ROLES } from '../../../protocols/cf-v3/wire.ts';
import type { CfApp, CfBuild, CfDeployment, CfDroplet, CfPackage, CfProcess, CfRevision, CfTask } from './rows/apps.ts';
import type { CfOrg, CfOrgQuota, CfRole, CfSpace, CfSpaceQuota, CfUser } from './rows/organizations.ts';
import type {
  CfBuildpack,
  CfEnvironmentGroup,
  CfEvent,
  CfFeatureFlag,
  CfIsolationSegment,
  CfJob,
  CfSecurityGroup,
  CfStack,
} from './rows/platform.ts';
import type { CfDomain, CfRoute } from './rows/routing.ts';
import type { Row } from './rows/row.ts';
import type {
  CfCredentialBinding,
  CfServiceBroker,
  CfServiceInstance,
  CfServiceOffering,
  CfServicePlan,
  CfServiceRouteBinding,
} from './rows/services.ts';

export interface CloudControllerStore {
  readonly orgs: Collection<CfOrg>;
  readonly spaces: Collection<CfSpace>;
  readonly roles: Collection<CfRole>;
  readonly users: Collection<CfUser>;
  readonly orgQuotas: Collection<CfOrgQuota>;
  readonly spaceQuotas: Collection<CfSpaceQuota>;
  readonly domains: Collection<CfDomain>;
  readonly routes: Collection<CfRoute>;
  readonly apps: Collection<CfApp>;
  readonly processes: Collection<CfProcess>;
  readonly packages: Collection<CfPackage>;
  readonly builds: Collection<CfBuild>;
  readonly droplets: Collection<CfDroplet>;
  readonly deployments: Collection<CfDeployment>;
  readonly revisions: Collection<CfRevision>;
  readonly tasks: Collection<CfTask>;
  readonly brokers: Collection<CfServiceBroker>;
  readonly offerings: Collection<CfServiceOffering>;
  readonly plans: Collection<CfServicePlan>;
  readonly instances: Collection<CfServiceInstance>;
  readonly bindings: Collection<CfCredentialBinding>;
  readonly routeBindings: Collection<CfServiceRouteBinding>;
  readonly isolationSegments: Collection<CfIsolationSegment>;
  readonly securityGroups: Collection<CfSecurityGroup>;
  readonly stacks: Collection<CfStack>;
  readonly buildpacks: Collection<CfBuildpack>;
  /** By landscape and name; only those that were changed. */
  readonly flags: Collection<CfFeatureFlag>;
  /** By landscape and name; only those that were changed. */
  readonly environmentGroups: Collection<CfEnvironmentGroup>;
  readonly jobs: Collection<CfJob>;
  readonly events: Collection<CfEvent>;
  orgsOf(landscape: string): readonly CfOrg[];
  spacesOf(org: string): readonly CfSpace[];
  rolesOfUser(landscape: string, user: string): readonly CfRole[];
  rolesInOrg(org: string): readonly CfRole[];
  rolesInSpace(space: string): readonly CfRole[];
  hasRole(place: { readonly org?: string; readonly space?: string }, user: string, types: readonly string[]): boolean;
  /** Makes the row of a user at the first sight of it. */
  ensureUser(landscape: string, guid: string, now: number): CfUser;
}

/** Value of the index of deployments that go on by themselves. */
export const MOVING = 'moving';

export function openCloudControllerStore(state: State): CloudControllerStore {
  const inLandscape = { landscape: (row: Row) => row.landscape };
  const orgs = state.collection<CfOrg>('cf/orgs', { ...inLandscape, subaccount: (org) => org.subaccount });
  const spaces = state.collection<CfSpace>('cf/spaces', { org: (space) => space.org });
  const roles = state.collection<CfRole>('cf/roles', {
    org: (role) => role.org,
    space: (role) => role.space,
    user: (role) => `${role.landscape}/${role.user}`,
    // One grant is found without reading all roles of an org with many members.
    grant: (role) => grantKey(role.org ?? role.space ?? '', role.user, role.type),
  });
  const users = state.collection<CfUser>('cf/cc-users', inLandscape);
  return {
    orgs,
    spaces,
    roles,
    users,
    orgQuotas: state.collection<CfOrgQuota>('cf/org-quotas', inLandscape),
    spaceQuotas: state.collection<CfSpaceQuota>('cf/space-quotas', { ...inLandscape, org: (quota) => quota.org }),
    domains: state.collection<CfDomain>('cf/domains', {
      ...inLandscape,
      name: (domain) => `${domain.landscape}/${domain.name.toLowerCase()}`,
      org: (domain) => domain.org,
    }),
    routes: state.collection<CfRoute>('cf/routes', {
      ...inLandscape,
      space: (route) => route.space,
      domain: (route) => route.domain,
      app: (route) => [...new Set(route.destinations.map((destination) => destination.app))],
    }),
    apps: state.collection<CfApp>('cf/apps', { ...inLandscape, space: (app) => app.space }),
    processes: state.collection<CfProcess>('cf/processes', { ...inLandscape, app: (process) => process.app }),
    packages: state.collection<CfPackage>('cf/packages', { app: (row) => row.app }),
    builds: state.collection<CfBuild>('cf/builds', { app: (row) => row.app, package: (row) => row.package }),
    droplets: state.collection<CfDroplet>('cf/droplets', { app: (row) => row.app, package: (row) => row.package }),
    deployments: state.collection<CfDeployment>('cf/deployments', {
      app: (row) => row.app,
      // Those that go on by themselves are looked for at every request.
      moving: (row) => (['DEPLOYING', 'PREPAUSED', 'CANCELING'].includes(row.state) ? MOVING : undefined),
    }),
    revisions: state.collection<CfRevision>('cf/revisions', { app: (row) => row.app }),
    tasks: state.collection<CfTask>('cf/tasks', { app: (row) => row.app }),
    brokers: state.collection<CfServiceBroker>('cf/service-brokers', inLandscape),
    offerings: state.collection<CfServiceOffering>('cf/service-offerings', inLandscape),
    plans: state.collection<CfServicePlan>('cf/service-plans', {
      ...inLandscape,
      offering: (plan) => plan.offering,
    }),
    instances: state.collection<CfServiceInstance>('cf/service-instances', {
      ...inLandscape,
      space: (instance) => instance.space,
      plan: (instance) => instance.plan,
    }),
    bindings: state.collection<CfCredentialBinding>('cf/credential-bindings', {
      ...inLandscape,
      instance: (binding) => binding.instance,
      app: (binding) => binding.app,
    }),
    routeBindings: state.collection<CfServiceRouteBinding>('cf/service-route-bindings', {
      ...inLandscape,
      instance: (binding) => binding.instance,
      route: (binding) => binding.route,
    }),
    isolationSegments: state.collection<CfIsolationSegment>('cf/isolation-segments', inLandscape),
    securityGroups: state.collection<CfSecurityGroup>('cf/security-groups', inLandscape),
    stacks: state.collection<CfStack>('cf/stacks', inLandscape),
    buildpacks: state.collection<CfBuildpack>('cf/buildpacks', inLandscape),
    flags: state.collection<CfFeatureFlag>('cf/feature-flags'),
    environmentGroups: state.collection<CfEnvironmentGroup>('cf/environment-groups'),
    jobs: state.collection<CfJob>('cf/jobs'),
    events: state.collection<CfEvent>('cf/events', inLandscape),
    orgsOf: (landscape) => orgs.by('landscape', landscape),
    spacesOf: (org) => spaces.by('org', org),
    rolesOfUser: (landscape, user) => roles.by('user', `${landscape}/${user}`),
    rolesInOrg: (org) => roles.by('org', org),
    rolesInSpace: (space) => roles.by('space', space),
    hasRole: ({ org, space }, user, types) =>
      types.some((type) => roles.by('grant', grantKey(org ?? space ?? '', user, type)).length > 0),
    ensureUser(landscape, guid, now) {
      const key = `${landscape}/${guid}`;
      const known = users.get(key);
      if (known) return known;
      const made: CfUser = { guid, landscape, createdAt: now, updatedAt: now, metadata: NO_METADATA };
      users.set(key, made);
      return made;
    },
  };
}

function grantKey(place: string, user: string, type: string): string {
  return `${place}/${user}/${type}`;
}

export function isOrgRole(type: string): boolean {
  return (ORG_ROLES as readonly string[]).includes(type);
}
