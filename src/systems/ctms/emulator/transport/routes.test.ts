import { expect, test } from 'vitest';
import { CTMS, fileForm, KEY, mtar, ORIGIN, ROBOT, startLandscape } from '../testing/landscape.ts';
import { startPiper } from '../testing/piper.ts';

test("Piper's walk: token by three contradicting forms, nodes, file, extension descriptor, upload", async () => {
  const landscape = await startLandscape();
  const piper = await startPiper(landscape);
  const { body: found } = await piper.call<{ nodes: { id: number; name: string; targets: object[] }[] }>(
    'GET',
    '/nodes',
  );
  expect(found.nodes.map(({ name }) => name)).toEqual(['DEV', 'TEST', 'PROD']);
  const [dev] = found.nodes;
  expect(dev).toMatchObject({
    description: '',
    uploadAllowed: true,
    forwardMode: 'AUTO',
    targets: [{ contentType: 'MTA', destinationName: 'deploy', importOptions: { strategy: 'default' } }],
  });
  expect((await piper.call('GET', `/nodes/${dev?.id}`)).body).toEqual(dev);

  const descriptors = `/nodes/${dev?.id}/mtaExtDescriptors`;
  const query = '?mtaId=com.acme.shop&mtaVersion=*';
  expect((await piper.call('GET', `${descriptors}${query}`)).body).toEqual({ mtaExtDescriptors: [] });
  const form = (description: string) =>
    fileForm('dev.mtaext', 'ID: shop-dev\nextends: com.acme.shop\n', { mtaVersion: '*', description });
  const created = await piper.call('POST', descriptors, form('first'));
  expect(created).toMatchObject({
    status: 201,
    body: { mtaId: 'com.acme.shop', mtaExtId: 'shop-dev', mtaVersion: '*' },
  });
  const updated = await piper.call('PUT', `${descriptors}/${created.body.id}`, form('second'));
  expect(updated).toMatchObject({ status: 200, body: { id: created.body.id, description: 'second' } });
  expect((await piper.call('GET', `${descriptors}${query}`)).body).toEqual({ mtaExtDescriptors: [updated.body] });
  expect((await piper.call('POST', descriptors, form('third'))).status).toBe(422);
  expect((await piper.call('POST', descriptors, fileForm('dev.mtaext', 'a: [', {}))).status).toBe(422);

  const uploaded = await piper.call('POST', '/files/upload', fileForm('shop.mtar', mtar(), { namedUser: 'Piper' }));
  expect(uploaded).toMatchObject({ status: 201, body: { fileName: 'shop.mtar' } });
  const request = {
    contentType: 'MTA',
    storageType: 'FILE',
    nodeName: 'DEV',
    description: 'Created by Piper',
    namedUser: 'Piper',
    entries: [{ uri: String(uploaded.body.fileId) }],
  };
  const own = await piper.call('POST', '/nodes/upload', request);
  expect(own).toMatchObject({ status: 200, body: { queueEntries: [{ nodeId: dev?.id, nodeName: 'DEV' }] } });
  const behind = await piper.call('POST', '/nodes/export', request);
  expect(behind).toMatchObject({ status: 200, body: { queueEntries: [{ nodeName: 'TEST' }] } });
});

test('the status of a queue has to be asked for, and times have one form', async () => {
  const piper = await startPiper(await startLandscape());
  const id = await piper.upload('DEV');
  const queue = `/nodes/${await piper.node('DEV')}/transportRequests`;
  const found = async (query: string) => {
    const { status, body } = await piper.call<{ transportRequests?: { id: number }[] }>('GET', `${queue}${query}`);
    return status === 200 ? body.transportRequests?.map((one) => one.id) : status;
  };
  expect(await found('')).toBe(400);
  expect(await found('?status=initial')).toBe(400);
  expect(await found('?status=in')).toEqual([id]);
  expect(await found('?status=su,er')).toEqual([]);
  expect(await found('?status=in&createdAtFrom=2026-11-21T00:00:00.000Z')).toEqual([id]);
  expect(await found('?status=in&queuedAtTo=2026-11-20T00:00:00.000Z')).toEqual([]);
  expect(await found('?status=in&queuedAtTo=yesterday')).toBe(400);
  expect(await found('?status=in&owner=nobody')).toEqual([]);
});

test('errors have the texts of the service', async () => {
  const landscape = await startLandscape();
  const piper = await startPiper(landscape);
  expect(await piper.call('GET', '/nodes/117')).toEqual({
    status: 404,
    body: {
      errorType: 'com.sap.lm.sl.alm.ts.core.exception.service.TsNotFoundException',
      message: 'Node ID 117 does not exist',
    },
  });
  const unauthorized = {
    error: 'unauthorized',
    error_description: 'Full authentication is required to access this resource',
  };
  for (const authorization of [undefined, 'Bearer nonsense', `Basic ${btoa('a:b')}`]) {
    const response = await landscape.fetch(`${CTMS}/v2/nodes`, { headers: authorization ? { authorization } : {} });
    expect([response.status, await response.json()]).toEqual([401, unauthorized]);
  }
  expect((await landscape.fetch(`${CTMS}/v2/unknown`)).status).toBe(501);
});

test('a token of another service of the same subaccount is refused', async () => {
  const landscape = await startLandscape();
  const zone = landscape.world.use('accounts').subaccountByName('acme', 'tms');
  const other = { zone: zone?.guid ?? '', clientId: 'sb-other!b1', clientSecret: 's', scopes: ['x.Administrator'] };
  landscape.world.use('authorization').registerClient(other);
  const granted = await landscape.fetch('https://acme-tms.authentication.eu10.hana.ondemand.com/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'sb-other!b1', client_secret: 's' }),
  });
  const { access_token } = (await granted.json()) as { access_token: string };
  const response = await landscape.fetch(`${CTMS}/v2/nodes`, { headers: { authorization: `Bearer ${access_token}` } });
  expect(response.status).toBe(401);
});

test('a key of plan export may put content in, and neither import nor forward it', async () => {
  const piper = await startPiper(await startLandscape({ plan: 'export' }));
  const id = await piper.upload('DEV');
  const queue = `/nodes/${await piper.node('DEV')}/transportRequests`;
  const refused = { status: 403, body: { error: 'access_denied', error_description: 'Access is denied' } };
  for (const step of ['import', 'importAll', 'forward', 'reset', 'remove']) {
    expect(await piper.call('POST', `${queue}/${step}`, { transportRequests: [id] })).toEqual(refused);
  }
});

test('one bad id, and nothing is done', async () => {
  const piper = await startPiper(await startLandscape());
  const id = await piper.upload('DEV');
  const queue = `/nodes/${await piper.node('DEV')}/transportRequests`;
  for (const step of ['import', 'remove', 'forward', 'reset']) {
    expect((await piper.call('POST', `${queue}/${step}`, { transportRequests: [id, 4711] })).status).toBeGreaterThan(
      399,
    );
  }
  expect(await piper.status('DEV', id)).toBe('initial');
});

test('the service key has the shape that Piper reads, and nothing of it stands in the seed', async () => {
  const landscape = await startLandscape();
  const key = JSON.parse(landscape.credentials.get(KEY) ?? '{}') as object;
  expect(key).toEqual({
    uri: CTMS,
    uaa: expect.objectContaining({
      url: 'https://acme-tms.authentication.eu10.hana.ondemand.com',
      clientid: expect.stringMatching(/^sb-clone[0-9a-f]{32}!b\d+\|alm-ts-backend!b1603$/),
      clientsecret: expect.any(String),
    }),
  });
});

test('bodies that are no JSON, or of the wrong shape, are refused', async () => {
  const piper = await startPiper(await startLandscape());
  const queue = `/nodes/${await piper.node('DEV')}/transportRequests`;
  for (const body of [
    undefined,
    [],
    { transportRequests: 'all' },
    { transportRequests: [1.5] },
    { transportRequests: [] },
  ]) {
    expect((await piper.call('POST', `${queue}/import`, body)).status).toBe(400);
  }
  expect((await piper.call('POST', '/files/upload', { file: 'x' })).status).toBe(400);
});

test("a user's token has the roles of its role collections, whatever the plan of the key", async () => {
  const landscape = await startLandscape();
  const zone = landscape.world.use('accounts').subaccountByName('acme', 'tms')?.guid ?? '';
  const appId = 'alm-ts-backend!b1603';
  const authorization = landscape.world.use('authorization');
  authorization.registerApplication({
    zone,
    appId,
    roleTemplates: [{ name: 'Viewer', description: '', scopes: [`${appId}.Viewer`] }],
    roleCollections: [{ name: 'Transport Viewers', description: '', roleTemplates: ['Viewer'] }],
  });
  authorization.ensureShadowUser(zone, { userName: ROBOT, email: ROBOT, originKey: ORIGIN });
  const { uaa } = JSON.parse(landscape.credentials.get(KEY) ?? '{}') as { uaa: Readonly<Record<string, string>> };
  const statusOf = async (method: string, path: string) => {
    const granted = await landscape.fetch(`${uaa.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: uaa.clientid ?? '',
        client_secret: uaa.clientsecret ?? '',
        username: ROBOT,
        password: landscape.credentials.get('ROBOT_PASSWORD') ?? '',
        login_hint: JSON.stringify({ origin: ORIGIN }),
      }),
    });
    const { access_token } = (await granted.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    return (await landscape.fetch(`${CTMS}/v2${path}`, { method, headers })).status;
  };
  expect(await statusOf('GET', '/nodes')).toBe(403);

  const users = landscape.state.collection<{ zone: string; userName: string }>('authz/users');
  for (const key of [...users.keys()]) {
    const user = users.get(key);
    if (user?.zone === zone && user.userName === ROBOT)
      users.set(key, { ...user, ...{ roleCollections: ['Transport Viewers'] } });
  }
  expect(await statusOf('GET', '/nodes')).toBe(200);
  expect(await statusOf('DELETE', '/files/1')).toBe(403);
});

test('routes lead from node to node, and are for those who see the nodes of the subaccount', async () => {
  const landscape = await startLandscape();
  const piper = await startPiper(landscape);
  const [dev, tested, prod] = [await piper.node('DEV'), await piper.node('TEST'), await piper.node('PROD')];
  const { status, body } = await piper.call<{ routes: readonly object[] }>('GET', '/routes');
  expect(status).toBe(200);
  expect(body.routes).toMatchObject([
    { id: expect.any(Number), name: expect.any(String), sourceNodeId: dev, targetNodeId: tested },
    { sourceNodeId: tested, targetNodeId: prod },
  ]);
  expect((await landscape.fetch(`${CTMS}/v2/routes`)).status).toBe(401);
});
