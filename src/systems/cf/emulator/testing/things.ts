import type { Row } from './cloud-controller.ts';
import { grant, made, next, type Scene } from './stage.ts';

/** Makes one of its kind in the scene, as administrator; gives its GUID. */
type Maker = (scene: Scene) => Promise<string>;

const toOne = (guid: string) => ({ data: { guid } });
const toMany = (...guids: readonly string[]) => ({ data: guids.map((guid) => ({ guid })) });

/** Makes something with a new name, and with relationships to things that the scene has or makes. */
function post(path: string, body: Readonly<Record<string, unknown>>, ...related: readonly string[]): Maker {
  return async (scene) => {
    const entries = related.map((one) => one.split('=') as [string, string]);
    const relationships: Record<string, unknown> = {};
    for (const [name, thing] of entries) {
      const guid = await scene.thing(thing);
      relationships[name] = name.endsWith('s') ? toMany(guid) : toOne(guid);
    }
    const named = JSON.parse(JSON.stringify(body).replaceAll('{n}', String(next())));
    const sent = { ...named, ...(related.length > 0 ? { relationships } : {}) };
    const guid = await made(scene.root, 'POST', path, sent);
    if (guid !== '') return guid;
    const { resources } = (await scene.root.get(`${path}?names=${named.name}`)).body as { resources: Row[] };
    return resources[0]?.guid ?? '';
  };
}

/** Makes a thing and does something with it. */
function then(maker: Maker, act: (scene: Scene, guid: string) => Promise<unknown>): Maker {
  return async (scene) => {
    const guid = await maker(scene);
    await act(scene, guid);
    return guid;
  };
}

/** The first that a list shows. */
function found(path: string): Maker {
  return async (scene) => {
    const { resources } = (await scene.root.get(await scene.fill(path))).body as { resources: Row[] };
    return resources[0]?.guid ?? '';
  };
}

const dockerApp = post('/v3/apps', { name: 'app-{n}', lifecycle: { type: 'docker', data: {} } }, 'space=space');
const image = { type: 'docker', data: { image: 'some/image:1' } };

/** An app with a package, a build and a droplet; gives what is asked for. */
function staged(what: 'app' | 'package' | 'build' | 'droplet', assigned: boolean): Maker {
  return async (scene) => {
    const { root } = scene;
    const app = await dockerApp(scene);
    const bits = await made(root, 'POST', '/v3/packages', { ...image, relationships: { app: toOne(app) } });
    const build = await made(root, 'POST', '/v3/builds', { package: { guid: bits } });
    const state = async () => ((await root.get(`/v3/builds/${build}`)).body as { droplet: Row | null }).droplet?.guid;
    let droplet = await state();
    if (droplet === undefined) {
      // Where jobs take time, staging does.
      await scene.emulators.advance(2000);
      droplet = (await state()) ?? '';
    }
    const path = `/v3/apps/${app}/relationships/current_droplet`;
    if (assigned) await made(root, 'PATCH', path, { data: { guid: droplet } });
    return { app, package: bits, build, droplet }[what];
  };
}

/** It has been restarted, so that it has a revision. */
const startedApp = then(staged('app', true), async (scene, guid) =>
  made(scene.root, 'POST', `/v3/apps/${guid}/actions/restart`),
);

const route = post('/v3/routes', { host: 'host-{n}' }, 'space=space', 'domain=public_domain');
const userProvided = post('/v3/service_instances', { type: 'user-provided', name: 'ups-{n}' }, 'space=space');
const routeService = post(
  '/v3/service_instances',
  { type: 'user-provided', name: 'ups-{n}', route_service_url: 'https://proxy.example.com' },
  'space=space',
);
const managed = post(
  '/v3/service_instances',
  { type: 'managed', name: 'instance-{n}' },
  'space=space',
  'service_plan=plan',
);
/** A plan of XSUAA, for nobody else in a scene. */
function restricted(name: string, type: 'admin' | 'organization'): Maker {
  return async (scene) => {
    const guid = await found(`/v3/service_plans?names=${name}&service_offering_names=xsuaa`)(scene);
    const organizations = type === 'organization' ? [{ guid: await scene.thing('org') }] : undefined;
    await made(scene.root, 'PATCH', `/v3/service_plans/${guid}/visibility`, { type, organizations });
    return guid;
  };
}

const segment = post('/v3/isolation_segments', { name: 'segment-{n}' });
const group = post('/v3/security_groups', { name: 'group-{n}' });
const spaceQuota = post('/v3/space_quotas', { name: 'quota-{n}' }, 'organization=org');
const privateDomain = post('/v3/domains', { name: 'private-{n}.example.com' }, 'organization=org');

export const MAKERS: Readonly<Record<string, Maker>> = {
  n: async () => String(next()),
  org_quota: post('/v3/organization_quotas', { name: 'quota-{n}' }),
  space_quota: spaceQuota,
  applied_quota: then(spaceQuota, async (scene, guid) => {
    const path = `/v3/space_quotas/${guid}/relationships/spaces`;
    await made(scene.root, 'POST', path, toMany(await scene.thing('space')));
  }),
  other_org: post('/v3/organizations', { name: 'other-{n}' }),
  /** In the same org; nobody has a role in it. */
  next_space: post('/v3/spaces', { name: 'next-{n}' }, 'organization=org'),
  other_space: post('/v3/spaces', { name: 'elsewhere-{n}' }, 'organization=other_org'),
  stranger: async (scene) => made(scene.root, 'POST', '/v3/users', { guid: `stranger-${next()}` }),
  member: async (scene) => {
    const user = await scene.thing('stranger');
    await grant(scene.root, 'organization_user', user, { organization: await scene.thing('org') });
    return user;
  },
  org_role: async (scene) =>
    grant(scene.root, 'organization_auditor', await scene.thing('stranger'), {
      organization: await scene.thing('org'),
    }),
  space_role: async (scene) =>
    grant(scene.root, 'space_auditor', await scene.thing('member'), { space: await scene.thing('space') }),

  public_domain: found('/v3/domains?names=cfapps.eu10-004.hana.ondemand.com'),
  shared_domain: post('/v3/domains', { name: 'shared-{n}.example.com' }),
  private_domain: privateDomain,
  domain_elsewhere: post('/v3/domains', { name: 'foreign-{n}.example.com' }, 'organization=other_org'),
  /** Of another org, shared with that of the scene. */
  borrowed_domain: post(
    '/v3/domains',
    { name: 'borrowed-{n}.example.com' },
    'organization=other_org',
    'shared_organizations=org',
  ),

  app: dockerApp,
  process: dockerApp,
  staged_app: staged('app', true),
  bits_package: async (scene) =>
    made(scene.root, 'POST', '/v3/packages', {
      type: 'bits',
      relationships: { app: toOne(await post('/v3/apps', { name: 'app-{n}' }, 'space=space')(scene)) },
    }),
  package: staged('package', true),
  build: staged('build', true),
  droplet: staged('droplet', false),
  task: async (scene) =>
    made(scene.root, 'POST', `/v3/apps/${await staged('app', true)(scene)}/tasks`, { command: 'true' }),
  deployment: async (scene) =>
    made(scene.root, 'POST', '/v3/deployments', {
      strategy: 'canary',
      relationships: { app: toOne(await startedApp(scene)) },
    }),
  revision: async (scene) => found(`/v3/apps/${await startedApp(scene)}/revisions`)(scene),

  route,
  /** One route for all callers of a scene, so that its destination can be named, too. */
  mapped_route: async (scene) => scene.once('mapped_route', () => route(scene)),
  destination: async (scene) => {
    const path = `/v3/routes/${await scene.thing('mapped_route')}/destinations`;
    await made(scene.root, 'PATCH', path, { destinations: [{ app: { guid: await dockerApp(scene) } }] });
    const { destinations } = (await scene.root.get(path)).body as { destinations: Row[] };
    return destinations[0]?.guid ?? '';
  },
  route_elsewhere: post('/v3/routes', { host: 'host-{n}' }, 'space=other_space', 'domain=public_domain'),

  plan: found('/v3/service_plans?names=standard&service_offering_names=credstore'),
  offering: found('/v3/service_offerings?names=credstore'),
  broker: found('/v3/service_brokers'),
  /** Plans that only administrators see, or the scene's org. */
  admin_plan: restricted('space', 'admin'),
  org_plan: restricted('broker', 'organization'),
  /** Another space of the org, in which the Space Developer develops, too. */
  developed_space: async (scene) =>
    scene.once('developed_space', async () => {
      const space = await scene.thing('next_space');
      await grant(scene.root, 'space_developer', await scene.thing('space_developer'), { space });
      return space;
    }),
  /** Another space of the org, in which whoever manages apps in the first one develops. */
  target_space: async (scene) =>
    scene.once('target_space', async () => {
      const space = await scene.thing('next_space');
      for (const who of ['space_developer', 'space_supporter']) {
        await grant(scene.root, 'space_developer', await scene.thing(who), { space });
      }
      return space;
    }),
  lent_route: then(route, async (scene, guid) => {
    const path = `/v3/routes/${guid}/relationships/shared_spaces`;
    await made(scene.root, 'POST', path, toMany(await scene.thing('target_space')));
  }),
  job: async (scene) => {
    const { headers } = await scene.root.send('DELETE', `/v3/apps/${await dockerApp(scene)}`);
    return headers.get('location')?.split('/').at(-1) ?? '';
  },
  shared: then(managed, async (scene, guid) => {
    const path = `/v3/service_instances/${guid}/relationships/shared_spaces`;
    await made(scene.root, 'POST', path, toMany(await scene.thing('developed_space')));
  }),
  user_provided: userProvided,
  route_service: routeService,
  managed,
  key: async (scene) => {
    const name = `key-${next()}`;
    const relationships = { service_instance: toOne(await managed(scene)) };
    await made(scene.root, 'POST', '/v3/service_credential_bindings', { type: 'key', name, relationships });
    return await found(`/v3/service_credential_bindings?names=${name}`)(scene);
  },
  app_binding: async (scene) =>
    made(scene.root, 'POST', '/v3/service_credential_bindings', {
      type: 'app',
      relationships: { app: toOne(await dockerApp(scene)), service_instance: toOne(await userProvided(scene)) },
    }),
  managed_binding: async (scene) => {
    const app = await dockerApp(scene);
    const relationships = { app: toOne(app), service_instance: toOne(await managed(scene)) };
    await made(scene.root, 'POST', '/v3/service_credential_bindings', { type: 'app', relationships });
    return await found(`/v3/service_credential_bindings?app_guids=${app}`)(scene);
  },
  route_binding: async (scene) =>
    made(scene.root, 'POST', '/v3/service_route_bindings', {
      relationships: { route: toOne(await route(scene)), service_instance: toOne(await routeService(scene)) },
    }),

  segment,
  entitled_segment: then(segment, async (scene, guid) => {
    const path = `/v3/isolation_segments/${guid}/relationships/organizations`;
    await made(scene.root, 'POST', path, toMany(await scene.thing('org')));
  }),
  group,
  global_group: post('/v3/security_groups', { name: 'group-{n}', globally_enabled: { running: true } }),
  space_group: post('/v3/security_groups', { name: 'group-{n}' }, 'running_spaces=space', 'staging_spaces=space'),
  stack: found('/v3/stacks'),
  buildpack: found('/v3/buildpacks'),
  new_buildpack: ({ root }) => made(root, 'POST', '/v3/buildpacks', { name: `buildpack-${next()}` }),
  org_event: found('/v3/audit_events?organization_guids={org}&types=audit.organization.create'),
  space_event: found('/v3/audit_events?space_guids={space}&types=audit.space.create'),
  platform_event: async (scene) => {
    const quota = await scene.thing('org_quota');
    return await found(`/v3/audit_events?target_guids=${quota}`)(scene);
  },
};
