import type { CfCredentialBinding } from '../../../src/systems/cf/emulator/cloud-controller/rows/services.ts';
import { at, guidsIn, listAt, objectAt, type Recorded, textAt } from './json.ts';
import { plantManifest, setFeature } from './manifests.ts';
import type { Planter } from './planter.ts';
import type { Interaction } from './recorded.ts';
import { kindNamed, partsOf, shownBy } from './shown.ts';
import type { ReplayWorld } from './world.ts';

/** Plants what the answer of a read shows. */
export function plantAnswer(world: ReplayWorld, planter: Planter, row: Interaction): void {
  if (row.status !== 200) {
    // What can't be had of something says that the thing itself is there.
    const [kind, guid, part] = [kindNamed(partsOf(row)[0]), partsOf(row)[1], partsOf(row)[2]];
    if (row.status === 400 && part !== undefined && kind && guid) planter.ensure(kind, guid);
    return;
  }
  const shown = shownBy(row);
  for (const [kind, recorded] of shown) planter.plant(kind, recorded);
  plantFilters(world, planter, row, shown);
  for (const [kind, rows] of Map.groupBy(shown, ([of]) => of)) {
    if (rows.length > 1) planter.inOrder(kind, guidsIn(rows.map(([, recorded]) => recorded)));
  }
  plantPart(world, planter, row);
  const [collection, guid] = partsOf(row);
  if (collection === 'jobs' && guid !== undefined) plantJob(world, planter, guid, row.response_body);
}

/** What a list was filtered by says of its rows what they do not show themselves. */
function plantFilters(
  { store }: ReplayWorld,
  planter: Planter,
  row: Interaction,
  shown: ReturnType<typeof shownBy>,
): void {
  const query = new URL(row.url).searchParams;
  const only = (name: string) => {
    const value = query.get(name);
    return value === null || value.includes(',') ? undefined : value;
  };
  for (const [kind, recorded] of shown) {
    const guid = textAt(recorded, 'guid') ?? '';
    if (kind === 'service_plans') {
      const offering = store.plans.get(guid)?.offering ?? '';
      const name = only('service_offering_names');
      if (name !== undefined) planter.change(store.offerings, offering, (known) => ({ ...known, name }));
      const broker = only('service_broker_names');
      const of = store.offerings.get(offering)?.broker ?? '';
      if (broker !== undefined) planter.change(store.brokers, of, (known) => ({ ...known, name: broker }));
      nameInstances(only('service_instance_guids'), guid);
    }
    if (kind === 'service_offerings') {
      const broker = only('service_broker_names');
      const of = store.offerings.get(guid)?.broker ?? '';
      if (broker !== undefined) planter.change(store.brokers, of, (known) => ({ ...known, name: broker }));
    }
    if (kind === 'isolation_segments') {
      const org = only('organization_guids');
      if (org === undefined) continue;
      planter.ensure('organizations', org);
      planter.change(store.isolationSegments, guid, (known) => ({
        ...known,
        orgs: [...new Set([...known.orgs, org])],
      }));
    }
    if (kind === 'service_credential_bindings') {
      const binding = store.bindings.get(guid);
      const [instance, app] = [only('service_instance_names'), only('app_names')];
      if (instance !== undefined) {
        planter.change(store.instances, binding?.instance ?? '', (known) => ({ ...known, name: instance }));
      }
      if (app !== undefined) planter.change(store.apps, binding?.app ?? '', (known) => ({ ...known, name: app }));
    }
    if (kind === 'service_route_bindings') {
      const name = only('service_instance_names');
      const of = store.routeBindings.get(guid)?.instance ?? '';
      if (name !== undefined) planter.change(store.instances, of, (known) => ({ ...known, name }));
    }
    if (kind === 'routes') {
      const [space, org, app] = [only('space_guids'), only('organization_guids'), only('app_guids')];
      const home = store.routes.get(guid)?.space ?? '';
      if (space !== undefined && space !== home) {
        planter.change(store.routes, guid, (known) => ({ ...known, sharedSpaces: [space] }));
      }
      if (org !== undefined) moveSpace(home, org);
      if (app !== undefined) planter.ensure('apps', app);
    }
    if (kind === 'apps' || kind === 'service_instances') {
      const org = only('organization_guids');
      const home = kind === 'apps' ? store.apps.get(guid)?.space : store.instances.get(guid)?.space;
      if (org !== undefined && home !== undefined) moveSpace(home, org);
      const space = only('space_guids');
      if (kind === 'service_instances' && space !== undefined && space !== home) {
        planter.ensure('spaces', space);
        planter.change(store.instances, guid, (known) => ({ ...known, sharedSpaces: [space] }));
      }
    }
    if (kind === 'roles') {
      const org = only('organization_guids');
      if (org !== undefined) planter.ensure('organizations', org);
    }
  }

  function moveSpace(space: string, org: string): void {
    planter.ensure('organizations', org);
    planter.change(store.spaces, space, (known) => ({ ...known, org }));
  }

  function nameInstances(instance: string | undefined, plan: string): void {
    if (instance === undefined) return;
    planter.ensure('service_instances', instance, { relationships: { service_plan: { data: { guid: plan } } } });
    planter.change(store.instances, instance, (known) => ({ ...known, plan }));
  }
}

/** Parts of a resource: what stands behind its GUID in the path. */
function plantPart(world: ReplayWorld, planter: Planter, row: Interaction): void {
  const [collection, guid = '', part, name] = partsOf(row);
  const kind = kindNamed(collection);
  if (!kind || part === undefined || guid === '') return;
  planter.ensure(kind, guid);
  const body = row.response_body;
  const { store } = world;
  const one = textAt(body, 'data', 'guid');
  const many = guidsIn(listAt(body, 'data'));
  const whole = `${kind}/${part}${name === undefined ? '' : `/${name}`}`;
  const parts: Readonly<Record<string, () => void>> = {
    'organizations/users': () => plantMembers(planter, world, { org: guid }, body),
    'spaces/users': () => plantMembers(planter, world, { space: guid }, body),
    'spaces/features/ssh': () =>
      planter.change(store.spaces, guid, (space) => ({ ...space, ssh: at(body, 'enabled') === true })),
    'apps/features/ssh': () => setFeature(planter, world, guid, 'ssh', at(body, 'enabled') === true),
    'apps/features/revisions': () => setFeature(planter, world, guid, 'revisions', at(body, 'enabled') === true),
    'apps/environment_variables': () =>
      planter.change(store.apps, guid, (app) => ({ ...app, environment: objectAt(body, 'var') as never })),
    'apps/manifest': () => plantManifest(world, planter, guid, String(body)),
    'apps/relationships/current_droplet': () => {
      if (one !== undefined) planter.change(store.apps, guid, (app) => ({ ...app, droplet: one }));
    },
    'spaces/relationships/isolation_segment': () => {
      if (one === undefined) return;
      planter.ensure('isolation_segments', one);
      planter.change(store.spaces, guid, (space) => ({ ...space, isolationSegment: one }));
    },
    'organizations/relationships/default_isolation_segment': () => {
      if (one === undefined) return;
      planter.ensure('isolation_segments', one);
      planter.change(store.orgs, guid, (org) => ({ ...org, defaultIsolationSegment: one }));
    },
    'isolation_segments/relationships/organizations': () => {
      for (const org of many) planter.ensure('organizations', org);
      planter.change(store.isolationSegments, guid, (segment) => ({ ...segment, orgs: many }));
    },
    'domains/relationships/shared_organizations': () => {
      for (const org of many) planter.ensure('organizations', org);
      planter.change(store.domains, guid, (domain) => ({ ...domain, sharedOrgs: many }));
    },
    'service_instances/relationships/shared_spaces': () => {
      for (const space of many) planter.ensure('spaces', space);
      planter.change(store.instances, guid, (instance) => ({ ...instance, sharedSpaces: many }));
    },
    'service_instances/credentials': () =>
      planter.change(store.instances, guid, (instance) => ({ ...instance, credentials: objectAt(body) })),
    'service_credential_bindings/details': () => plantDetails(world, planter, guid, body),
    'service_plans/visibility': () => {
      const orgs = listAt(body, 'organizations');
      for (const org of orgs) planter.ensure('organizations', textAt(org, 'guid') ?? '', org as Recorded);
      const visibility = textAt(body, 'type') ?? 'public';
      planter.change(store.plans, guid, (plan) => ({ ...plan, visibility, orgs: guidsIn(orgs) }));
    },
  };
  parts[whole]?.();
}

/** Which role makes somebody a member is not shown; any does. */
function plantMembers(
  planter: Planter,
  { store, blank }: ReplayWorld,
  place: { readonly org: string } | { readonly space: string },
  body: unknown,
): void {
  const type = 'org' in place ? 'organization_user' : 'space_developer';
  for (const user of guidsIn(listAt(body, 'resources'))) {
    if (store.hasRole(place, user, [type])) continue;
    planter.ensure('users', user);
    const guid = `${Object.values(place)[0]} ${user}`;
    store.roles.set(guid, { ...blank(guid), type, user, ...place });
  }
}

function plantDetails({ store, touched }: ReplayWorld, planter: Planter, guid: string, body: unknown): void {
  const credentials = objectAt(body, 'credentials');
  planter.change(store.bindings, guid, (binding: CfCredentialBinding) => ({ ...binding, credentials }));
  const made = store.bindings.get(guid);
  const of = store.instances.get(made?.instance ?? '');
  // A binding that the cassette has made has the credentials of its user-provided instance, which was there before.
  if (made && of && of.plan === undefined && touched.has(guid) && !touched.has(of.guid)) {
    store.instances.set(of.guid, { ...of, credentials });
    store.bindings.set(guid, { ...made, credentials });
  }
  const drain = textAt(body, 'syslog_drain_url');
  const instance = store.bindings.get(guid)?.instance ?? '';
  if (drain !== undefined) planter.change(store.instances, instance, (row) => ({ ...row, syslogDrainUrl: drain }));
}

/** A job whose call was not recorded, or is of nothing that is emulated; it ends when an answer shows it ended. */
function plantJob({ store, blank }: ReplayWorld, planter: Planter, guid: string, body: unknown): void {
  const known = store.jobs.get(guid);
  const done = /^(COMPLETE|FAILED)$/.test(textAt(body, 'state') ?? '');
  if (known) {
    if (known.completeAt === Number.MAX_SAFE_INTEGER && done) store.jobs.set(guid, { ...known, completeAt: 0 });
    return;
  }
  const resource = linkedBy(body);
  const made = kindNamed(resource?.path);
  if (resource && made) planter.ensure(made, resource.guid);
  store.jobs.set(guid, {
    ...blank(guid),
    operation: textAt(body, 'operation') ?? '',
    completeAt: done ? 0 : Number.MAX_SAFE_INTEGER,
    ...(resource ? { resource } : {}),
    errors: listAt(body, 'errors') as readonly { detail: string; title: string; code: number }[],
  });
}

/** What a job says that it is about. */
function linkedBy(body: unknown) {
  for (const [name, to] of Object.entries(objectAt(body, 'links'))) {
    const [, path, guid] = /\/v3\/(\w+)\/([^/]+)$/.exec(textAt(to, 'href') ?? '') ?? [];
    if (name !== 'self' && path !== undefined && guid !== undefined) return { link: name, path, guid };
  }
  return undefined;
}
