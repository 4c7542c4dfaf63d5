import { parse } from 'yaml';
import { plantConflict } from './conflicts.ts';
import { at, guidsIn, listAt, objectAt, type Recorded, relatedTo, textAt } from './json.ts';
import type { Planter } from './planter.ts';
import type { Interaction } from './recorded.ts';
import { kindNamed, partsOf, type ShownKind } from './shown.ts';
import { REPLAY, type ReplayWorld } from './world.ts';

/** Plants what must have been there before a call that changes something, as the call and its answer tell. */
export function plantPreconditions(world: ReplayWorld, planter: Planter, row: Interaction): void {
  const [collection, guid, part, name] = partsOf(row);
  const kind = kindNamed(collection);
  const detail = detailOf(row);
  const missing = missingIn(detail);
  const ensure = (of: ShownKind, one: string | undefined, hint?: Recorded) => {
    if (one !== undefined && !missing.kinds.has(of) && !missing.guids.includes(one)) planter.ensure(of, one, hint);
  };
  if (kind && guid !== undefined && row.status !== 404) {
    const shown = row.status < 300 && part === undefined ? (row.response_body as Recorded) : {};
    ensure(kind, guid, typeof shown === 'object' && shown !== null ? shown : {});
  }
  const sent = row.request_body;
  const space = relatedTo(sent, 'space') ?? (kind === 'spaces' ? guid : undefined);
  const place: Recorded = space === undefined ? {} : { relationships: { space: { data: { guid: space } } } };
  ensure('organizations', relatedTo(sent, 'organization'));
  ensure('spaces', space);
  ensure('domains', relatedTo(sent, 'domain'), domainOf(row));
  for (const org of guidsIn(listAt(sent, 'relationships', 'shared_organizations', 'data')))
    ensure('organizations', org);
  for (const org of guidsIn(listAt(sent, 'relationships', 'organizations', 'data'))) ensure('organizations', org);
  for (const one of guidsIn(listAt(sent, 'relationships', 'spaces', 'data'))) {
    const organization = { data: { guid: relatedTo(sent, 'organization') ?? '' } };
    ensure('spaces', one, { relationships: { organization } });
  }
  for (const phase of ['running_spaces', 'staging_spaces']) {
    for (const one of guidsIn(listAt(sent, 'relationships', phase, 'data'))) ensure('spaces', one);
  }
  ensure('apps', relatedTo(sent, 'app'), place);
  const planGuid = relatedTo(sent, 'service_plan');
  if (planGuid !== undefined) {
    ensure('service_plans', planGuid, { visibility_type: 'public' });
    const org = world.store.spaces.get(space ?? '')?.org;
    if (org !== undefined && !missing.kinds.has('service_plans')) {
      planter.change(world.store.plans, planGuid, (plan) => ({ ...plan, orgs: [...new Set([...plan.orgs, org])] }));
    }
  }
  ensure('routes', relatedTo(sent, 'route'), place);
  ensurePlaced(world, planter, row, ensure, detail);
  ensure('packages', textAt(sent, 'package', 'guid'));
  if (part === 'relationships') plantRelation(world, planter, row, ensure);
  if (part === 'destinations') {
    const home = world.store.routes.get(guid ?? '')?.space ?? '';
    const inSpace = { relationships: { space: { data: { guid: home } } } };
    for (const to of listAt(sent, 'destinations')) {
      const app = textAt(to, 'app', 'guid') ?? '';
      ensure('apps', app, inSpace);
      if (at(to, 'port') === undefined) plantPort(world, planter, app, row);
    }
  }
  if (name === 'apply_manifest') plantManifestNeeds(world, planter, guid ?? '', String(sent));
  if (collection === 'roles') plantRoleNeeds(world, planter, row, detail);
  if (collection === 'users') plantUserNeeds(world, row);
  if (collection === 'buildpacks' && row.status < 300) plantStack(world, planter, textAt(sent, 'stack'));
  if (row.status === 422) plantConflict(world, planter, row, detail);
  if (collection === 'service_plans' && part === 'visibility') {
    for (const org of guidsIn(listAt(sent, 'organizations'))) ensure('organizations', org);
  }
}

/** What an error says; also where it is no JSON any more, because the key before it was lost with personal data. */
function detailOf({ response_body: body }: Interaction): string {
  if (typeof body === 'string') return /^\{"errors":\[\{"(.*)","title":/s.exec(body)?.[1] ?? '';
  return textAt(listAt(body, 'errors')[0], 'detail') ?? '';
}

/** An app whose port nobody names listens where its image says. */
function plantPort(world: ReplayWorld, planter: Planter, app: string, row: Interaction): void {
  const named = new Set(listAt(row.request_body, 'destinations').map((to) => at(to, 'port')));
  const shown = listAt(row.response_body, 'destinations').filter((to) => textAt(to, 'app', 'guid') === app);
  const port = shown.map((to) => at(to, 'port')).find((one) => !named.has(one));
  if (typeof port !== 'number' || port === 8080) return;
  const droplet = `droplet of ${app}`;
  const lifecycle = { type: 'docker', buildpacks: [] };
  const parts = { app, lifecycle, image: 'image', checksum: null, ports: [port] };
  world.store.droplets.set(droplet, { ...world.blank(droplet), ...parts, metadata: { labels: {}, annotations: {} } });
  planter.change(world.store.apps, app, (known) => ({ ...known, lifecycle, droplet }));
}

type Ensure = (kind: ShownKind, guid: string | undefined, hint?: Recorded) => void;

/** What an error says not to be there, or not to be visible. */
function missingIn(detail: string): { readonly kinds: ReadonlySet<ShownKind>; readonly guids: readonly string[] } {
  const kinds = new Set<ShownKind>();
  const [, what] = /^Invalid (organization|space|domain|service plan)\./.exec(detail) ?? [];
  const named: Readonly<Record<string, ShownKind>> = {
    organization: 'organizations',
    space: 'spaces',
    domain: 'domains',
    'service plan': 'service_plans',
  };
  if (what !== undefined && named[what] && !detail.includes('is not available in organization')) kinds.add(named[what]);
  const names = /(could not be found|do(es)? not exist|Ensure (that )?(it|the)|Unable to (assign|entitle))/.test(
    detail,
  );
  return { kinds, guids: names ? (detail.match(/[0-9a-f-]{36}/g) ?? []) : [] };
}

/** The domain of a route that is made, by the URL that it gets. */
function domainOf(row: Interaction): Recorded {
  const [host, path, url] = ['host', 'path', 'url'].map((key) => textAt(row.response_body, key));
  const [, named] = /for domain '([^']+)'/.exec(JSON.stringify(row.response_body ?? '')) ?? [];
  if (named !== undefined) return { name: named };
  if (url === undefined) return { name: `domain-of-${row.index}.example.com` };
  const name = url.slice(host ? host.length + 1 : 0, url.length - (path?.length ?? 0));
  const space = relatedTo(row.request_body, 'space');
  return host ? { name } : { name, relationships: { organization: { data: { guid: `org of ${space}` } } } };
}

/** Instances that are bound: managed when there is a job, in the app's space. */
function ensurePlaced(world: ReplayWorld, planter: Planter, row: Interaction, ensure: Ensure, detail: string): void {
  const instance = relatedTo(row.request_body, 'service_instance');
  if (instance === undefined) return;
  const app = world.store.apps.get(relatedTo(row.request_body, 'app') ?? '');
  const route = world.store.routes.get(relatedTo(row.request_body, 'route') ?? '');
  const space = app?.space ?? route?.space ?? `space of ${instance}`;
  ensure('spaces', space);
  const isManaged = row.status === 202 || /key binding with name|Service plan/.test(detail);
  const relationships = {
    space: { data: { guid: space } },
    ...(isManaged ? { service_plan: { data: { guid: `plan of ${instance}` } } } : {}),
  };
  ensure('service_instances', instance, { relationships, ...routeService(row) });
  if (route === undefined || row.status >= 300) return;
  // Whose instances are bound to routes says so in its catalogue.
  const { plans, offerings } = world.store;
  const offering = plans.get(world.store.instances.get(instance)?.plan ?? '')?.offering ?? '';
  planter.change(offerings, offering, (known) => ({ ...known, requires: ['route_forwarding'] }));
}

function routeService(row: Interaction): Recorded {
  const url = textAt(row.response_body, 'route_service_url');
  return url === undefined ? {} : { route_service_url: url };
}

/** Before rows were added to a relationship, those were in it that the answer has beside them. */
function plantRelation(world: ReplayWorld, planter: Planter, row: Interaction, ensure: Ensure): void {
  const [collection, guid = '', , name = '', removed] = partsOf(row);
  const of: Readonly<Record<string, ShownKind>> = {
    organizations: 'organizations',
    shared_organizations: 'organizations',
    shared_spaces: 'spaces',
    spaces: 'spaces',
    running_spaces: 'spaces',
    staging_spaces: 'spaces',
    isolation_segment: 'isolation_segments',
    default_isolation_segment: 'isolation_segments',
    current_droplet: 'droplets',
  };
  const kind = of[name];
  const sent = guidsIn(listAt(row.request_body, 'data'));
  const one = textAt(row.request_body, 'data', 'guid');
  const shown = guidsIn(listAt(row.response_body, 'data'));
  const before = [...shown.filter((guidOf) => !sent.includes(guidOf)), ...(removed === undefined ? [] : [removed])];
  if (kind) for (const each of [...sent, ...before, ...(one === undefined ? [] : [one])]) ensure(kind, each);
  const { store } = world;
  // What the answer shows beside what was sent was there before; of a deletion only what it deletes is told.
  const was = (rows: readonly string[]) => (removed === undefined ? before : [...new Set([...rows, removed])]);
  const whole = `${collection}/${name}`;
  if (row.status >= 300) return;
  if (whole === 'isolation_segments/organizations') {
    planter.change(store.isolationSegments, guid, (known) => ({ ...known, orgs: was(known.orgs) }));
  } else if (whole === 'domains/shared_organizations') {
    planter.change(store.domains, guid, (known) => ({ ...known, sharedOrgs: was(known.sharedOrgs) }));
  } else if (whole === 'service_instances/shared_spaces') {
    planter.change(store.instances, guid, (known) => ({ ...known, sharedSpaces: was(known.sharedSpaces) }));
  } else if (whole === 'security_groups/running_spaces') {
    planter.change(store.securityGroups, guid, (known) => ({ ...known, runningSpaces: was(known.runningSpaces) }));
  } else if (whole === 'security_groups/staging_spaces') {
    planter.change(store.securityGroups, guid, (known) => ({ ...known, stagingSpaces: was(known.stagingSpaces) }));
  } else if (whole === 'organization_quotas/organizations') {
    for (const org of before) planter.change(store.orgs, org, (known) => ({ ...known, quota: guid }));
  } else if (whole === 'space_quotas/spaces') {
    for (const space of before) planter.change(store.spaces, space, (known) => ({ ...known, quota: guid }));
  } else if (one !== undefined && name.endsWith('isolation_segment')) {
    const org = collection === 'organizations' ? guid : store.spaces.get(guid)?.org;
    if (org === undefined) return;
    const segment = store.isolationSegments.get(one);
    if (segment && !segment.orgs.includes(org)) {
      store.isolationSegments.set(one, { ...segment, orgs: [...segment.orgs, org] });
    }
  }
}

function plantManifestNeeds(world: ReplayWorld, planter: Planter, space: string, yaml: string): void {
  for (const app of listAt(parse(yaml), 'applications')) {
    for (const route of listAt(app, 'routes')) {
      const name = (textAt(route, 'route') ?? '').replace(/^[^.]+\./, '').replace(/\/.*$/, '');
      if (name !== '' && world.store.domains.by('name', `${REPLAY}/${name}`).length === 0) {
        planter.ensure('domains', `domain ${name}`, { name });
      }
    }
    for (const service of listAt(app, 'services')) {
      const name = typeof service === 'string' ? service : textAt(service, 'name');
      const relationships = { space: { data: { guid: space } } };
      planter.ensure('service_instances', `instance ${name} in ${space}`, { name, relationships });
    }
  }
}

/** Landscapes have other stacks in the course of time. */
function plantStack(world: ReplayWorld, planter: Planter, name: string | undefined): void {
  if (name === undefined || world.store.stacks.by('landscape', REPLAY).some((stack) => stack.name === name)) return;
  planter.ensure('stacks', `stack ${name}`, { name });
}

/** A role needs its user, and one in a space membership in the org; a duplicate needs itself. */
function plantRoleNeeds(world: ReplayWorld, planter: Planter, row: Interaction, detail: string): void {
  if (row.method !== 'POST') return;
  const { store, blank } = world;
  const [space, org] = [relatedTo(row.request_body, 'space'), relatedTo(row.request_body, 'organization')];
  const user = objectAt(row.request_body, 'relationships', 'user', 'data');
  const guid = relatedTo(row.response_body, 'user') ?? textAt(user, 'guid') ?? `user of ${row.index}`;
  const name = textAt(user, 'username');
  // By name, UAA has to know it; by GUID anybody may be anything.
  if (name !== undefined && !detail.startsWith('No user exists'))
    world.uaaUser(guid, name, textAt(user, 'origin') ?? 'sap.ids');
  planter.ensure('users', guid);
  const [, shownName, type = '', , place = ''] =
    /^User '(.*)' already has '(.*)' role in (organization|space) '(.*)'\.$/.exec(detail) ?? [];
  const grant = (of: { readonly org?: string; readonly space?: string }, granted: string) => {
    const key = `${of.org ?? of.space} ${guid} ${granted}`;
    if (!store.hasRole(of, guid, [granted])) store.roles.set(key, { ...blank(key), type: granted, user: guid, ...of });
  };
  const member = store.spaces.get(space ?? '')?.org;
  if (space !== undefined && member !== undefined && (row.status === 201 || shownName !== undefined)) {
    grant({ org: member }, 'organization_user');
  }
  if (shownName === undefined) return;
  if (name === undefined && shownName !== guid) world.uaaUser(guid, shownName, 'sap.ids');
  if (org !== undefined) {
    planter.change(store.orgs, org, (known) => ({ ...known, name: place }));
    grant({ org }, type);
  }
  if (space !== undefined) {
    planter.change(store.spaces, space, (known) => ({ ...known, name: place }));
    grant({ space }, type);
  }
}

/** A user made by GUID has its name from UAA, where another call has put it. */
function plantUserNeeds(world: ReplayWorld, row: Interaction): void {
  const [guid, name, origin] = ['guid', 'username', 'origin'].map((key) => textAt(row.response_body, key));
  const byGuid = at(row.request_body, 'guid') !== undefined;
  const known = guid !== undefined && name !== undefined && origin !== undefined;
  if (row.method === 'POST' && known) {
    // By name, the shadow user is found with the id that the answer shows.
    if (byGuid || row.status === 201) world.uaaUser(guid, name, origin);
  }
  if (row.method === 'PATCH' && known) {
    const before = world.uaa.user(REPLAY, guid);
    if (before && before.userName !== name) world.uaa.save({ ...before, userName: name, email: name });
  }
}
