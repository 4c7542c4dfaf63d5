import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { startEmulators } from '../../../../emulation/compose.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { emulators } from '../../../emulators.ts';
import { DEPLOY, fileForm, mtar, robotToken, startLandscape } from '../testing/landscape.ts';
import { type MtaPlugin, startMtaPlugin } from '../testing/mta-plugin.ts';

async function uploaded(plugin: MtaPlugin, archive = mtar(), chunks = 1): Promise<string> {
  const size = Math.ceil(archive.length / chunks);
  const ids: string[] = [];
  for (let part = 0; part < chunks; part++) {
    const bytes = archive.slice(part * size, (part + 1) * size);
    const response = await plugin.call('POST', 'files', fileForm(`shop.mtar.part.${part}`, bytes));
    expect(response.status).toBe(201);
    ids.push(((await response.json()) as { id: string }).id);
  }
  return ids.join(',');
}

test('cf deploy: csrf token, conflicts, files, operation, messages, log, deployed MTA', async () => {
  const landscape = await startLandscape();
  const plugin = await startMtaPlugin(landscape);
  const json = async (path: string) => (await plugin.call('GET', path)).json();
  expect((await plugin.call('GET', 'mtas/com.acme.shop')).status).toBe(404);
  expect(await json('operations?mtaId=com.acme.shop&state=RUNNING&state=ERROR')).toEqual([]);
  expect(await json('files')).toEqual([]);

  const archive = mtar();
  const appArchiveId = await uploaded(plugin, archive, 2);
  const [first] = (await json('files')) as object[];
  expect(first).toEqual({
    id: appArchiveId.split(',')[0],
    name: 'shop.mtar.part.0',
    size: Math.ceil(archive.length / 2),
    digest: createHash('md5')
      .update(archive.slice(0, Math.ceil(archive.length / 2)))
      .digest('hex')
      .toUpperCase(),
    digestAlgorithm: 'MD5',
    space: plugin.space,
  });

  const response = await plugin.call('POST', 'operations', { processType: 'DEPLOY', parameters: { appArchiveId } });
  expect([response.status, await response.text()]).toEqual([202, '']);
  const location = response.headers.get('location') ?? '';
  expect(location).toMatch(new RegExp(`^spaces/${plugin.space}/operations/[0-9a-f-]{36}\\?embed=messages$`));
  const id = /operations\/([^?]+)/.exec(location)?.[1] ?? '';
  expect(await json(`operations/${id}?embed=messages`)).toMatchObject({
    processId: id,
    processType: 'DEPLOY',
    state: 'RUNNING',
    mtaId: 'com.acme.shop',
    user: 'robot@sap-test.de',
    acquiredLock: true,
    startedAt: expect.stringMatching(/^2026-11-21T\S+Z\[UTC\]$/),
    messages: [],
  });
  const listed = (await json('operations?mtaId=com.acme.shop')) as readonly object[];
  // What has no value is not shown (recordings resource_mta*): no end, no namespace, no type of error.
  expect(listed.map((one) => Object.keys(one).join(' '))).toEqual([
    'processId processType startedAt spaceId mtaId user acquiredLock state messages parameters',
  ]);
  expect(await json(`operations/${id}/actions`)).toEqual(['abort']);
  const over = await plugin.follow(id);
  expect(over.state).toBe('FINISHED');
  expect(over.messages.map(({ text }) => text)).toContain('Creating application "web" from MTA module "web"...');
  expect(await json(`operations/${id}/logs`)).toEqual([{ id: 'OPERATION.log' }]);
  const log = await plugin.call('GET', `operations/${id}/logs/OPERATION.log/content`);
  expect([log.headers.get('content-type'), await log.text()]).toEqual([
    expect.stringContaining('text/plain'),
    expect.stringContaining('Detected new MTA version: "1.0.0"'),
  ]);

  const mta = {
    metadata: { id: 'com.acme.shop', version: '1.0.0' },
    modules: ['web', 'srv'].map((name) =>
      expect.objectContaining({ moduleName: name, appName: name, services: ['shop-db'] }),
    ),
    services: ['shop-db'],
  };
  expect(await json('mtas/com.acme.shop')).toEqual(mta);
  expect(await json(`/api/v2/spaces/${plugin.space}/mtas?name=com.acme.shop`)).toEqual([mta]);
  const absent = `/api/v2/spaces/${plugin.space}/mtas?name=none`;
  const told = async (query: string) => (await plugin.call('GET', `${absent}${query}`)).text();
  expect(await told('')).toBe('MTAs with name "none" do not exist');
  expect(await told('&namespace=')).toBe('MTA with name "none" and namespace "" does not exist');
  // Files are gone unless the process was told to keep them.
  expect(await json('files')).toEqual([]);
  expect(await json('/api/v1/info')).toEqual({ api_version: 1 });
});

test('an undeployed MTA is gone, and a new version without an app takes the app away', async () => {
  const plugin = await startMtaPlugin(await startLandscape());
  await plugin.follow(await plugin.start('DEPLOY', { appArchiveId: await uploaded(plugin) }));
  const next = await uploaded(plugin, mtar('com.acme.shop', '1.1.0', ['web']));
  const { messages } = await plugin.follow(await plugin.start('DEPLOY', { appArchiveId: next }));
  expect(messages.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      'Detected deployed MTA with ID "com.acme.shop" and version "1.0.0"',
      'Deleting application "srv"...',
    ]),
  );
  const missing = await plugin.call('POST', 'operations', { processType: 'UNDEPLOY', parameters: {} });
  expect([missing.status, await missing.text()]).toEqual([400, 'Required parameters mtaId are not set!']);
  expect((await plugin.follow(await plugin.start('UNDEPLOY', { mtaId: 'com.acme.shop' }))).state).toBe('FINISHED');
  expect(await (await plugin.call('GET', 'mtas')).json()).toEqual([]);
});

test('a second process for the same MTA is refused while the first one runs, and after it failed until it is aborted', async () => {
  const plugin = await startMtaPlugin(await startLandscape());
  const first = await plugin.start('BLUE_GREEN_DEPLOY', { appArchiveId: await uploaded(plugin) });
  const second = await plugin.follow(await plugin.start('DEPLOY', { appArchiveId: await uploaded(plugin) }));
  expect(second.state).toBe('ERROR');
  expect(second.messages.at(-1)).toMatchObject({
    type: 'ERROR',
    text: `Conflicting process "${first}" found for MTA "com.acme.shop"`,
  });
  expect((await plugin.follow(first)).state).toBe('ACTION_REQUIRED');
  const unfit = await plugin.call('POST', `operations/${first}?actionId=retry`);
  expect([unfit.status, await unfit.text()]).toEqual([
    400,
    `Action "retry" cannot be executed over operation "${first}" in state "ACTION_REQUIRED".`,
  ]);
  expect((await plugin.call('POST', `operations/${first}?actionId=resume`)).status).toBe(202);
  expect((await plugin.follow(first)).state).toBe('FINISHED');
});

test('a process that fails once it has its MTA keeps it from others, and tells what it did before', async () => {
  const plugin = await startMtaPlugin(await startLandscape());
  const archive = mtar('com.acme.shop', '1.0.0', ['a'.repeat(256)]);
  const failed = await plugin.follow(await plugin.start('DEPLOY', { appArchiveId: await uploaded(plugin, archive) }));
  expect(failed).toMatchObject({
    state: 'ERROR',
    errorType: 'INFRASTRUCTURE',
    mtaId: 'com.acme.shop',
    acquiredLock: true,
  });
  expect(failed.messages.at(0)).toMatchObject({ type: 'INFO', text: 'Processing MTA archive...' });
  const next = await plugin.follow(await plugin.start('DEPLOY', { appArchiveId: await uploaded(plugin) }));
  expect(next).toMatchObject({ state: 'ERROR', acquiredLock: false });
});

test('a failed process can be retried, and an aborted one is over', async () => {
  const plugin = await startMtaPlugin(await startLandscape());
  const failed = await plugin.start('DEPLOY', { appArchiveId: 'unknown' });
  expect(await plugin.follow(failed)).toMatchObject({ state: 'ERROR', errorType: 'CONTENT' });
  expect(await (await plugin.call('GET', `operations/${failed}/actions`)).json()).toEqual(['abort', 'retry']);
  await plugin.call('POST', `operations/${failed}?actionId=retry`);
  expect((await plugin.follow(failed)).state).toBe('ERROR');
  await plugin.call('POST', `operations/${failed}?actionId=abort`);
  expect((await plugin.follow(failed)).state).toBe('ABORTED');
  const all = (await (await plugin.call('GET', 'operations?last=5&state=ABORTED')).json()) as object[];
  expect(all).toHaveLength(1);
});

test('a write without the CSRF token of its session says that one is required', async () => {
  const plugin = await startMtaPlugin(await startLandscape());
  const attempts: readonly Readonly<Record<string, string>>[] = [
    {},
    { 'x-csrf-token': 'guessed' },
    { 'x-csrf-token': 'guessed', cookie: `JSESSIONID=${'A'.repeat(32)}` },
  ];
  for (const headers of attempts) {
    const response = await plugin.call('POST', 'operations', { processType: 'DEPLOY', parameters: {} }, headers);
    expect([response.status, response.headers.get('x-csrf-token')]).toEqual([403, 'Required']);
  }
});

test('an upload that asks the service to fetch the file itself', async () => {
  const landscape = await startLandscape();
  const plugin = await startMtaPlugin(landscape);
  const start = (url: string) =>
    plugin.call('POST', 'files/async', { file_url: Buffer.from(url).toString('base64url') });
  const result = async (started: Response) => {
    await landscape.sleep(3000);
    const response = await plugin.call('GET', `/api/v1/${started.headers.get('location')}`);
    return [response.status, await response.json()];
  };
  const wrong = await start(`${DEPLOY}/api/v1/info`);
  expect(wrong.status).toBe(202);
  expect(wrong.headers.get('location')).toMatch(new RegExp(`^spaces/${plugin.space}/files/jobs/`));
  expect((await start(`${DEPLOY}/api/v1/info`)).status).toBe(303);
  expect(await result(wrong)).toEqual([
    200,
    expect.objectContaining({
      status: 'ERROR',
      error: expect.stringContaining(`Credentials to ${DEPLOY}/api/v1/info are wrong`),
    }),
  ]);
  const [, insecure] = await result(await start('http://nexus.example/shop.mtar'));
  expect(insecure).toMatchObject({ error: expect.stringContaining('HTTPS required') });
});

test('a fetched archive tells its MTA, and can be deployed', async () => {
  const nexus = new Hono<HostEnv>().get('/shop.mtar', (c) => c.body(Buffer.from(mtar())));
  const landscape = await startLandscape({
    more: {
      id: 'nexus',
      create: () => ({ mounts: [mount('nexus.example', () => ['nexus.example'], nexus)], seed: async () => undefined }),
    },
  });
  const plugin = await startMtaPlugin(landscape);
  const started = await plugin.call('POST', 'files/async', {
    file_url: Buffer.from('https://nexus.example/shop.mtar').toString('base64url'),
  });
  const job = `/api/v1/${started.headers.get('location')}`;
  expect(await (await plugin.call('GET', job)).json()).toMatchObject({ status: 'RUNNING' });
  await landscape.sleep(3000);
  const response = await plugin.call('GET', job);
  const body = (await response.json()) as { file: { id: string } };
  expect([response.status, body]).toMatchObject([
    201,
    { status: 'FINISHED', mta_id: 'com.acme.shop', schema_version: '3.3', file: { name: 'shop.mtar' } },
  ]);
  expect((await plugin.follow(await plugin.start('DEPLOY', { appArchiveId: body.file.id }))).state).toBe('FINISHED');
});

test('creates the apps at the Cloud Controller where it has apps, with the labels by which MTAs are known', async () => {
  const asked: string[] = [];
  const bodies: unknown[] = [];
  const controller = new Hono<HostEnv>()
    .get('/v3/apps', (c) => c.json({ pagination: { total_results: 0, total_pages: 1, next: null }, resources: [] }))
    .post('/v3/apps', async (c) => {
      const body = (await c.req.json()) as { name: string };
      bodies.push(body);
      asked.push(c.req.header('authorization') ?? '');
      return c.json({ guid: `guid-of-${body.name}`, name: body.name }, 201);
    });
  const landscape = await startLandscape({
    // In front of the emulated Cloud Controller, whatever that can do.
    first: {
      id: 'apps',
      create: (ctx) => ({
        mounts: [
          mount(
            'api.cf.{landscape}.hana.ondemand.com',
            () =>
              ctx.world
                .use('cloudFoundry')
                .landscapes()
                .map(({ name }) => `api.cf.${name}.hana.ondemand.com`),
            controller,
          ),
        ],
        seed: async () => undefined,
      }),
    },
  });
  const plugin = await startMtaPlugin(landscape);
  await plugin.follow(await plugin.start('DEPLOY', { appArchiveId: await uploaded(plugin) }));
  expect(bodies[0]).toEqual({
    name: 'web',
    relationships: { space: { data: { guid: plugin.space } } },
    metadata: {
      labels: { mta_id: createHash('md5').update('com.acme.shop').digest('hex') },
      annotations: { mta_id: 'com.acme.shop', mta_version: '1.0.0', mta_module: '{"name":"web"}' },
    },
  });
  expect(asked[0]).toMatch(/^Bearer eyJ/);
});

test('nothing is kept outside the state: a restarted service goes on', async () => {
  const landscape = await startLandscape();
  const plugin = await startMtaPlugin(landscape);
  const id = await plugin.start('DEPLOY', { appArchiveId: await uploaded(plugin) });
  const later = await startEmulators({
    emulators: emulators.map((definition) => ({
      ...definition,
      create: (ctx) => ({ ...definition.create(ctx), seed: async () => undefined }),
    })),
    seed: { accounts: { globalAccounts: [] }, ias: { tenants: [], sapId: {} }, trust: { platform: [] }, authz: {} },
    state: landscape.state,
    startsAt: landscape.now() + 10_000,
  });
  const again = await startMtaPlugin({ ...later, credentials: landscape.credentials });
  expect((await again.follow(id)).state).toBe('FINISHED');
});

test.for(['/api/v1/csrf-token', '/rest/csrf-token'])(
  '%s gives a session and the token for its writes',
  async (path) => {
    const landscape = await startLandscape();
    expect((await landscape.fetch(`${DEPLOY}${path}`)).status).toBe(401);
    const authorization = `Bearer ${await robotToken(landscape)}`;
    const first = await landscape.fetch(`${DEPLOY}${path}`, { headers: { authorization } });
    expect([first.status, await first.text()]).toEqual([204, '']);
    expect([first.headers.get('x-csrf-header'), first.headers.get('x-csrf-param')]).toEqual(['X-CSRF-TOKEN', '_csrf']);
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const token = first.headers.get('x-csrf-token') ?? '';
    const guid = landscape.world.use('cloudFoundry').spaceGuid('eu10-004', 'acme-dev', 'app');
    const write = async (headers: Readonly<Record<string, string>>) => {
      const url = `${DEPLOY}/api/v1/spaces/${guid}/operations`;
      const response = await landscape.fetch(url, {
        method: 'POST',
        headers: { authorization, ...headers },
        body: '{}',
      });
      return [response.status, response.headers.get('x-csrf-token')];
    };
    expect(await write({ cookie, 'x-csrf-token': token })).toEqual([400, token]);
    expect(await write({ cookie, 'x-csrf-token': 'another' })).toEqual([403, 'Required']);
    expect(await write({ 'x-csrf-token': token })).toEqual([403, 'Required']);
  },
);

test('the version of the API is told to whoever is logged in', async () => {
  const landscape = await startLandscape({ roles: [] });
  expect((await landscape.fetch(`${DEPLOY}/api/v1/info`)).status).toBe(401);
  const authorization = `Bearer ${await robotToken(landscape)}`;
  const info = await landscape.fetch(`${DEPLOY}/api/v1/info`, { headers: { authorization } });
  expect([info.status, info.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(await info.json()).toEqual({ api_version: 1 });
});
