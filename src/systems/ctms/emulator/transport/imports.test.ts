import { expect, test } from 'vitest';
import {
  fileForm,
  INTERNAL,
  type LandscapeOptions,
  mtar,
  OAUTH,
  ORIGIN,
  ROBOT,
  startLandscape,
} from '../testing/landscape.ts';
import { startPiper } from '../testing/piper.ts';

async function imported(options: LandscapeOptions = {}, archive = mtar()) {
  const landscape = await startLandscape(options);
  const piper = await startPiper(landscape);
  const request = await piper.upload('DEV', archive);
  const outcome = await piper.import('DEV', request);
  return { landscape, piper, request, outcome };
}

test('an import deploys the archive, and goes on to the next node by itself', async () => {
  const { piper, request, outcome } = await imported();
  expect(outcome).toMatchObject({ seen: ['running', 'succeeded'], status: 'succeeded' });
  expect(outcome.log.map((text) => text.replace(/[0-9a-f-]{36}/, '<guid>').replace(/, at .*/, ''))).toEqual([
    `Import (selected) started for transport request 'shop' (id: ${request})`,
    'Deployment started. Process ID: <guid>',
    'Processing MTA archive...',
    'Detecting deployed MTA...',
    'No deployed MTA detected - this is initial deployment of MTA with ID "com.acme.shop"',
    'Detected new MTA version: "1.0.0"',
    'Processing service "shop-db"...',
    'Creating application "web" from MTA module "web"...',
    'Creating application "srv" from MTA module "srv"...',
    'Deploy of file shop.mtar finished successfully',
    `Import ended for transport request 'shop' (id: ${request}) with status 'Success'`,
  ]);
  expect(outcome.log[0]).toMatch(/, at Nov-21-2026 \d\d:\d\d:\d\d GMT$/);
  expect(await piper.status('DEV', request)).toBe('succeeded');
  expect(await piper.status('TEST', request)).toBe('initial');
});

test('with forward mode MANUAL somebody has to forward what was imported', async () => {
  const { piper, request } = await imported();
  expect(await piper.import('TEST', request)).toMatchObject({ status: 'succeeded' });
  expect(await piper.status('PROD', request)).toBeUndefined();
  const node = await piper.node('TEST');
  const forwarded = await piper.call('POST', `/nodes/${node}/transportRequests/forward`, {
    transportRequests: [request],
  });
  expect(forwarded.status).toBe(204);
  expect(await piper.status('PROD', request)).toBe('initial');
  // A virtual node passes content on without deploying it.
  expect(await piper.import('PROD', request)).toMatchObject({ seen: ['succeeded'] });
});

const client = (reason: string) =>
  `Exception during start of deployment for deploy type 'SLP_CTS': Error during client creation: ${reason}`;
const UNAUTHORIZED = 'Error during deployment initialization: Unauthorized';
const url = (change: (url: string) => string) => ({ properties: { ...OAUTH, URL: change(OAUTH.URL) } });

// The error catalogue of SAP help on CTMS troubleshooting (a26a721) and Note 3224927.
test.each<[string, LandscapeOptions, string]>([
  ['the domain without its extension', { destination: url((u) => u.replace('eu10-004', 'eu10')) }, client('Not Found')],
  ['a wrong org', { destination: url((u) => u.replace('acme-dev', 'acme-prod')) }, client('Not Found')],
  ['a wrong space', { destination: url((u) => u.replace('/app/', '/apps/')) }, client('Not Found')],
  [
    'an org and space that are encoded together',
    { destination: url((u) => u.replace('dev/app', 'dev%2Fapp')) },
    client('Not Found'),
  ],
  ['a space whose + is not encoded', { destination: url((u) => u.replace('/app/', '/a+b/')) }, client('Not Found')],
  ['a space with a blank', { destination: url((u) => u.replace('/app/', '/my app/')) }, client('Not Found')],
  ['a destination without https', { destination: url((u) => u.replace('https', 'http')) }, client('Not Found')],
  ['a user without a role in the space', { roles: [] }, client('Forbidden')],
  ['a user who may only look', { roles: ['space_supporter'] }, client('Forbidden')],
  ['a wrong password', { destination: { properties: OAUTH, password: 'ANOTHER_PASSWORD' } }, UNAUTHORIZED],
  ['no origin, which means SAP ID service', { destination: { properties: { ...OAUTH, origin: '' } } }, UNAUTHORIZED],
  ['a wrong origin', { destination: { properties: { ...OAUTH, origin: 'nobody-platform' } } }, UNAUTHORIZED],
  [
    'a client secret that is not empty',
    { destination: { properties: { ...OAUTH, clientSecret: 'dummy' } } },
    UNAUTHORIZED,
  ],
  [
    'a token service URL with a path',
    { destination: { properties: { ...OAUTH, tokenServiceURL: `${OAUTH.tokenServiceURL}/oauth/token` } } },
    'Error during deployment initialization: Not Found',
  ],
  [
    'Basic authentication with a wrong password',
    { destination: { properties: { ...OAUTH, Authentication: 'BasicAuthentication' } } },
    UNAUTHORIZED,
  ],
])('%s is fatal, with the text that SAP explains', async (_what, options, text) => {
  const { piper, request, outcome } = await imported(options);
  expect(outcome).toMatchObject({ seen: ['fatal'], status: 'fatal' });
  expect(outcome.log[1]).toBe(text);
  expect(outcome.log.at(-1)).toContain("with status 'Fatal'");
  expect(await piper.status('DEV', request)).toBe('fatal');
  // It went on before it was imported.
  expect(await piper.status('TEST', request)).toBe('initial');
});

const BROKEN = new TextEncoder().encode('no archive');

test.each([
  ['AUTO', 'at the start, whatever comes of it', 'initial', 'initial'],
  ['POST_IMPORT', 'afterwards, whatever came of it', 'initial', 'initial'],
  ['ON_SUCCESS', 'only where it succeeded', 'initial', undefined],
  ['MANUAL', 'only when somebody says so', undefined, undefined],
] as const)('with forward mode %s a request goes on %s', async (forwardMode, _, succeeded, failed) => {
  const nodes = [{ name: 'DEV', destination: 'deploy', forwardMode }, { name: 'TEST' }, { name: 'PROD' }];
  const piper = await startPiper(await startLandscape({ nodes }));
  const [good, bad] = [await piper.upload('DEV'), await piper.upload('DEV', BROKEN)];
  expect((await piper.import('DEV', good)).status).toBe('succeeded');
  expect((await piper.import('DEV', bad)).status).toBe('error');
  expect([await piper.status('TEST', good), await piper.status('TEST', bad)]).toEqual([succeeded, failed]);
});

test('a request that is forwarded again moves to the end of the queue, and can be imported again', async () => {
  const nodes = [
    { name: 'DEV', destination: 'deploy', forwardMode: 'MANUAL' as const },
    { name: 'TEST' },
    { name: 'PROD' },
  ];
  const piper = await startPiper(await startLandscape({ nodes }));
  const [dev, test] = [await piper.node('DEV'), await piper.node('TEST')];
  const [first, second] = [await piper.upload('DEV'), await piper.upload('DEV')];
  const forward = (...transportRequests: number[]) =>
    piper.call<{ message: string }>('POST', `/nodes/${dev}/transportRequests/forward`, { transportRequests });
  expect(await forward(first)).toMatchObject({ status: 400, body: { message: expect.stringContaining('initial') } });
  for (const request of [first, second]) await piper.import('DEV', request);
  await forward(first, second);
  await piper.import('TEST', first);
  await forward(first);
  const { body } = await piper.call<{ transportRequests: { id: number; status: string }[] }>(
    'GET',
    `/nodes/${test}/transportRequests?status=in,re,su`,
  );
  expect(body.transportRequests.map(({ id, status }) => [id, status])).toEqual([
    [second, 'initial'],
    [first, 'repeat'],
  ]);
});

test('a fatal request is not reset, for it can be imported as it is', async () => {
  const { piper, request } = await imported({
    destination: { properties: OAUTH, password: 'ANOTHER_PASSWORD' },
  });
  const node = await piper.node('DEV');
  const body = { transportRequests: [request] };
  expect((await piper.call('POST', `/nodes/${node}/transportRequests/reset`, body)).status).toBe(400);
  expect((await piper.import('DEV', request)).status).toBe('fatal');
});

test('an auditor reaches the deploy service, which refuses the first write', async () => {
  const { outcome } = await imported({ roles: ['space_auditor'] });
  expect(outcome.status).toBe('fatal');
  expect(outcome.log[1]).toBe("Exception during start of deployment for deploy type 'SLP_CTS': Forbidden");
});

test('an internal user of UAA deploys when the origin says so', async () => {
  const properties = { ...OAUTH, User: INTERNAL, origin: 'uaa' };
  const { outcome } = await imported({ destination: { properties, password: 'INTERNAL_PASSWORD' } });
  expect(outcome.status).toBe('succeeded');
});

test('a space that the user does not see can be made Not Found, as the open part of the deploy service answers', async () => {
  const { outcome } = await imported({ roles: [], switches: { 'ctms.invisibleSpaceIsNotFound': true } });
  // Member of the org by the role in the other space, but blind for this one.
  expect(outcome.log[1]).toBe(client('Not Found'));
});

test('a missing destination is fatal', async () => {
  const { outcome } = await imported({
    nodes: [{ name: 'DEV', destination: 'nowhere' }, { name: 'TEST' }, { name: 'PROD' }],
  });
  expect(outcome.log[1]).toBe(client("Destination 'nowhere' does not exist"));
});

test('one bad import with Basic authentication is four failed logins within nine seconds, two of them lock the user', async () => {
  const basic = { ...OAUTH, Authentication: 'BasicAuthentication', User: `${INTERNAL}@@uaa` };
  const { landscape, piper, request, outcome } = await imported({
    destination: { properties: basic, password: 'ANOTHER_PASSWORD' },
  });
  expect(outcome.log[1]).toBe(UNAUTHORIZED);
  const failures = landscape.state.collection<readonly number[]>('cf/uaa-failures');
  const [counted = []] = failures.values();
  expect(counted.map((at) => at - (counted[0] ?? 0))).toEqual([0, 3000, 6000, 9000]);

  const tokenStatus = async () => {
    const response = await landscape.fetch('https://login.cf.eu10-004.hana.ondemand.com/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'cf',
        username: INTERNAL,
        password: landscape.credentials.get('INTERNAL_PASSWORD') ?? '',
        login_hint: '{"origin":"uaa"}',
      }),
    });
    return [response.status, ((await response.json()) as { error_description?: string }).error_description];
  };
  // A fatal import may be repeated as it is.
  expect((await piper.import('DEV', request)).status).toBe('fatal');
  expect(await tokenStatus()).toEqual([
    401,
    'Your account has been locked because of too many failed attempts to login.',
  ]);
  landscape.advance(300_000);
  expect((await tokenStatus())[0]).toBe(200);
});

test('one bad import with OAuth2Password is one failed login at the identity provider, with Basic it is four', async () => {
  const counted = async (properties: Readonly<Record<string, string>>) => {
    const { landscape } = await imported({ destination: { properties, password: 'ANOTHER_PASSWORD' } });
    const administrator = `${landscape.credentials.get('IAS_CLIENT_ID')}:${landscape.credentials.get('IAS_CLIENT_SECRET')}`;
    const response = await landscape.fetch('https://acme-platform.accounts.ondemand.com/scim/Users', {
      headers: { authorization: `Basic ${btoa(administrator)}`, accept: 'application/scim+json' },
    });
    return /"failedLoginAttempts":(\d+)/.exec(await response.text())?.[1];
  };
  expect(await counted(OAUTH)).toBe('1');
  expect(await counted({ ...OAUTH, Authentication: 'BasicAuthentication', User: `${ROBOT}@@${ORIGIN}` })).toBe('4');
});

test('Basic authentication with mail@@origin deploys too', async () => {
  const basic = { ...OAUTH, Authentication: 'BasicAuthentication', User: `${ROBOT}@@${ORIGIN}` };
  expect((await imported({ destination: { properties: basic } })).outcome.status).toBe('succeeded');
});

test('a URL with the GUID of the space deploys, and + and blanks can be encoded', async () => {
  const guid = (await startLandscape()).world.use('cloudFoundry').spaceGuid('eu10-004', 'acme-dev', 'app');
  const byGuid = url((u) => u.replace('acme-dev/app', guid ?? ''));
  expect((await imported({ destination: byGuid })).outcome.status).toBe('succeeded');
  expect((await imported({ destination: url((u) => u.replace('/app/', '/a%2Bb/')) })).outcome.status).toBe('succeeded');
});

test('an archive that is none is an error, which has to be reset before the next try', async () => {
  const { piper, request, outcome } = await imported({}, new TextEncoder().encode('no zip'));
  expect(outcome.status).toBe('error');
  expect(outcome.log).toContain('Error processing MTA archive: it is not a zip file');
  const queue = `/nodes/${await piper.node('DEV')}/transportRequests`;
  expect((await piper.call('POST', `${queue}/import`, { transportRequests: [request] })).status).toBe(400);
  expect((await piper.call('POST', `${queue}/reset`, { transportRequests: [request] })).status).toBe(204);
  expect(await piper.status('DEV', request)).toBe('repeat');
  expect((await piper.call('POST', `${queue}/import`, { transportRequests: [request] })).status).toBe(200);
});

test('an import of all goes by the queue, up to the first that fails', async () => {
  const landscape = await startLandscape();
  const piper = await startPiper(landscape);
  const good = await piper.upload('DEV');
  const bad = await piper.upload('DEV', new TextEncoder().encode('no zip'));
  const behind = await piper.upload('DEV', mtar('com.acme.other'));
  const node = await piper.node('DEV');
  await piper.call('POST', `/nodes/${node}/transportRequests/importAll`, { namedUser: 'basis' });
  for (let poll = 0; poll < 8; poll++) {
    await piper.status('DEV', good);
    landscape.advance(3000);
  }
  expect(await Promise.all([good, bad, behind].map((id) => piper.status('DEV', id)))).toEqual([
    'succeeded',
    'error',
    'initial',
  ]);
});

test('the extension descriptor of a node goes with the archive', async () => {
  const landscape = await startLandscape();
  const piper = await startPiper(landscape);
  const path = `/nodes/${await piper.node('DEV')}/mtaExtDescriptors`;
  const extension = 'ID: shop-dev\nextends: com.acme.shop\n';
  expect((await piper.call('POST', path, fileForm('dev.mtaext', extension, { mtaVersion: '*' }))).status).toBe(201);
  expect((await piper.import('DEV', await piper.upload('DEV'))).status).toBe('succeeded');
  const [operation] = landscape.state.collection<{ parameters: object }>('ctms/deploy-operations').values();
  expect(operation?.parameters).toHaveProperty('mtaExtDescriptorId');
});
