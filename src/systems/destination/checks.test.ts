import { expect, test } from 'vitest';
import type { Hop } from '../../kernel/system.ts';
import { KEY_OF_DEV, KEY_OF_TMS, type Landscape, startLandscape } from './emulator/testing/landscape.ts';
import { CF_API, CTMS, manifestText, PASSWORD, type Runs, startRuns } from './emulator/testing/run.ts';
import { destination } from './index.ts';

interface Applied {
  readonly landscape: Landscape;
  readonly runs: Runs;
  /** Changes the stored destination behind Locum's back. */
  tamper(change: Readonly<Record<string, string>>): Promise<void>;
  /** Hops by link, of several the first. */
  walk(): Promise<Readonly<Record<string, Hop>>>;
}

async function applied(declared: string): Promise<Applied> {
  const landscape = await startLandscape();
  const runs = await startRuns(destination, landscape, manifestText(declared));
  await runs.apply();
  const key = declared === CF_API ? 'ACME_DEV_DESTINATION_KEY' : 'ACME_TMS_DESTINATION_KEY';
  const name = declared === CF_API ? 'CFAPI' : 'deploy-prod';
  return {
    landscape,
    runs,
    async tamper(change) {
      const stored = await landscape.call('GET', `subaccountDestinations/${name}`, { key });
      const body = { ...((await stored.json()) as object), ...change };
      await landscape.call('PUT', 'subaccountDestinations', { body, key });
    },
    async walk() {
      landscape.requests.length = 0;
      const [report] = (await runs.doctor()).users;
      const hops = report?.hops ?? [];
      const ordered = hops.map((hop) => hop.link);
      expect(ordered).toEqual([...ordered].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)));
      return Object.fromEntries(hops.toReversed().map((hop) => [hop.link, hop]));
    },
  };
}

const ORDER: readonly string[] = ['destination', 'token', 'consumer'];

test('proves a deploy destination as CTMS and the deploy service use it, with one login', async () => {
  const { landscape, walk } = await applied(CTMS);
  const hops = await walk();
  expect(Object.values(hops).map((hop) => hop.status)).toEqual(['ok', 'ok', 'ok']);
  expect(hops.consumer?.evidence).toEqual([
    'space acme prod+1/a,b is visible',
    'roles there: space_developer',
    'GET https://deploy-service.cf.us20.hana.ondemand.com/slprot/acme%20prod%2B1/a%2Cb/slp/metadata answers 200',
    expect.stringContaining('Check Connection'),
  ]);
  expect(landscape.requests.filter((line) => line.includes('login.cf'))).toEqual([
    'POST https://login.cf.us20.hana.ondemand.com/oauth/token?login_hint=%7B%22origin%22%3A%22acme-platform%22%7D',
  ]);
  expect(landscape.requests).toContainEqual(expect.stringContaining('$skipTokenRetrieval=true'));
  expect(landscape.requests).toContainEqual(expect.stringMatching(/\/v3\/roles\?space_guids=.*&user_guids=.*&types=/));
});

test('proves a CF API destination through find, and calls the CF API with the token that came', async () => {
  const { landscape, walk } = await applied(CF_API);
  const hops = await walk();
  expect(Object.values(hops).map((hop) => hop.status)).toEqual(['ok', 'ok', 'ok']);
  expect(hops.consumer?.evidence).toEqual([
    'GET https://api.cf.eu10-004.hana.ondemand.com/v3/spaces answers with 1 space(s) of org acme-dev',
  ]);
  // Locum itself never went to UAA: the Destination service did.
  expect(landscape.requests.filter((line) => line.includes('login.cf'))).toEqual([]);
  expect(landscape.cf.tokenRequests).toHaveLength(1);
});

test('never shows a password or a token', async () => {
  for (const declared of [CTMS, CF_API]) {
    const { runs } = await applied(declared);
    const told = JSON.stringify(await runs.doctor());
    expect(told).not.toContain(PASSWORD);
    expect(told).not.toContain('eyJ');
  }
});

test.each([
  ['another password', { Password: 'Old-Passw0rd' }, 'DESTINATION_PASSWORD_DIFFERS'],
  ['no password', { Password: '' }, 'DESTINATION_PASSWORD_DIFFERS'],
  ['a client secret', { clientSecret: 'dummy' }, 'DESTINATION_CLIENT_SECRET'],
  ['another client', { clientId: 'sb-x' }, 'DESTINATION_MALFORMED'],
  ['another user', { User: 'somebody@acme.example' }, 'DESTINATION_USER'],
  ['the origin of SAP ID service', { origin: 'sap.ids' }, 'DESTINATION_ORIGIN'],
  [
    'a token URL with a path',
    { tokenServiceURL: 'https://login.cf.us20.hana.ondemand.com/oauth/token' },
    'DESTINATION_TOKEN_URL',
  ],
  ['a token URL of the API', { tokenServiceURL: 'https://api.cf.us20.hana.ondemand.com' }, 'DESTINATION_TOKEN_URL'],
  [
    'a token URL of another landscape',
    { tokenServiceURL: 'https://login.cf.eu10.hana.ondemand.com' },
    'DESTINATION_TOKEN_URL',
  ],
])('spends no login on a deploy destination with %s', async (_what, change, code) => {
  const { landscape, tamper, walk } = await applied(CTMS);
  await tamper(change);
  const hops = await walk();
  expect(hops.destination).toMatchObject({ status: 'failed', code, remedy: expect.stringContaining('locum apply') });
  expect(hops.token).toMatchObject({ status: 'unknown', code: 'DESTINATION_TOKEN_NOT_TRIED' });
  expect(hops.consumer).toMatchObject({ status: 'unknown', because: expect.any(String) });
  expect(landscape.cf.tokenRequests).toEqual([]);
});

test.each([
  ['without /oauth/token', 'https://login.cf.eu10-004.hana.ondemand.com', 'DESTINATION_TOKEN_URL'],
  ['without a login_hint', 'https://login.cf.eu10-004.hana.ondemand.com/oauth/token', 'DESTINATION_ORIGIN'],
  [
    'with a login_hint that UAA cannot parse',
    'https://login.cf.eu10-004.hana.ondemand.com/oauth/token?login_hint=acme-platform',
    'DESTINATION_ORIGIN',
  ],
])('spends no login on a CF API destination %s', async (_what, tokenServiceURL, code) => {
  const { landscape, tamper, walk } = await applied(CF_API);
  await tamper({ tokenServiceURL });
  const hops = await walk();
  expect(hops.destination).toMatchObject({ status: 'failed', code });
  expect(hops.token).toMatchObject({ status: 'unknown' });
  expect(landscape.cf.tokenRequests).toEqual([]);
});

test.each([CF_API, CTMS])('spends no login where a destination of the service instance hides %s', async (declared) => {
  const { landscape, walk } = await applied(declared);
  const [name, key] = declared === CF_API ? ['CFAPI', KEY_OF_DEV] : ['deploy-prod', KEY_OF_TMS];
  const body = { Name: name, Type: 'HTTP', URL: 'https://other.example', Authentication: 'NoAuthentication' };
  await landscape.call('POST', 'instanceDestinations', { body, key });
  const hops = await walk();
  expect(hops.token).toMatchObject({ status: 'unknown', code: 'DESTINATION_HIDDEN' });
  expect(landscape.cf.tokenRequests).toEqual([]);
});

test('a URL of the wrong landscape fails the destination, and the token is still proven', async () => {
  const { tamper, walk } = await applied(CTMS);
  await tamper({ URL: 'https://deploy-service.cf.us20-001.hana.ondemand.com/slprot/acme%20prod%2B1/a%2Cb/slp' });
  const hops = await walk();
  expect(hops.destination).toMatchObject({ status: 'failed', code: 'DESTINATION_URL' });
  expect(hops.token?.status).toBe('ok');
  expect(hops.consumer).toMatchObject({ status: 'failed', code: 'DESTINATION_URL' });
});

test('warns of changes that the consumer does not mind', async () => {
  const { tamper, walk } = await applied(CTMS);
  await tamper({ Description: 'by hand', tokenServiceURL: 'https://login.cf.us20.hana.ondemand.com/' });
  const hops = await walk();
  expect(hops.destination).toMatchObject({ status: 'warning', code: 'DESTINATION_DRIFT' });
  expect(hops.token?.status).toBe('ok');
});

test('says what is missing before anything was applied', async () => {
  const landscape = await startLandscape();
  const runs = await startRuns(destination, landscape, manifestText(CTMS));
  const [report] = (await runs.doctor()).users;
  expect(report?.hops).toMatchObject([
    { status: 'failed', code: 'DESTINATION_MISSING', remedy: 'run `locum apply`' },
    { status: 'unknown' },
    { status: 'unknown' },
  ]);
});

test.each([
  [CTMS, 'CTMS'],
  [CF_API, 'find'],
])('decodes a refusal, and tries no second login of the same user (%#, %s)', async (declared) => {
  const { landscape, runs } = await applied(declared);
  const user = landscape.cf.users.get('robot+1@sap-test.de@acme-platform');
  if (user) user.password = 'changed in IAS by hand';
  const [report] = (await runs.doctor()).users;
  expect(report?.hops.find((hop) => hop.link === 'token')).toMatchObject({
    status: 'failed',
    code: 'LOGIN_BAD_CREDENTIALS',
    evidence: ['the token service said: unauthorized: Bad credentials'],
  });
  expect(landscape.cf.failedLogins).toBe(1);
});

test('at most one failed login per run and user, however many destinations there are', async () => {
  const landscape = await startLandscape();
  const second = CTMS.replace('deploy-prod', 'deploy-again');
  const runs = await startRuns(destination, landscape, manifestText(CTMS, second, CF_API));
  await runs.apply();
  const user = landscape.cf.users.get('robot+1@sap-test.de@acme-platform');
  if (user) user.password = 'changed in IAS by hand';
  const [report] = (await runs.doctor()).users;
  const tokens = report?.hops.filter((hop) => hop.link === 'token').map((hop) => hop.status);
  expect(tokens?.sort()).toEqual(['failed', 'unknown', 'unknown']);
  expect(landscape.cf.failedLogins).toBe(1);
});

test('a token service that broke has judged no password: unknown, not failed', async () => {
  for (const declared of [CTMS, CF_API]) {
    const { landscape, walk } = await applied(declared);
    landscape.cf.brokenWith = new Response('oops', { status: 503 });
    expect((await walk()).token).toMatchObject({ status: 'unknown', code: expect.stringMatching(/^ERR_REMOTE/) });
  }
});

test('a good token is not enough when the space cannot be seen, or not be deployed to', async () => {
  const { landscape, walk } = await applied(CTMS);
  const roles = landscape.cf.users.get('robot+1@sap-test.de@acme-platform')?.roles ?? {};
  roles['a,b'] = ['space_auditor'];
  expect((await walk()).consumer).toMatchObject({
    status: 'failed',
    code: 'DESTINATION_NOT_SPACE_DEVELOPER',
    evidence: expect.arrayContaining(['roles there: space_auditor']),
  });
  delete roles['a,b'];
  const hops = await walk();
  expect(hops.token?.status).toBe('ok');
  expect(hops.consumer).toMatchObject({
    status: 'failed',
    code: 'DESTINATION_SPACE_INVISIBLE',
    because: expect.stringContaining('CTMS logs "Error during client creation: Forbidden"'),
  });
});

test.each([
  [401, 'failed', 'DESTINATION_DEPLOY_SERVICE_REFUSED', 'Error during deployment initialization: Unauthorized'],
  [403, 'failed', 'DESTINATION_DEPLOY_SERVICE_REFUSED', 'Error during client creation: Forbidden'],
  [404, 'failed', 'DESTINATION_DEPLOY_SERVICE_REFUSED', 'Error during client creation: Not Found'],
  [503, 'warning', 'DESTINATION_DEPLOY_SERVICE_SILENT', 'answers 503'],
])('with the right roles a deploy service that answers %i is told as %s', async (answer, status, code, because) => {
  const { landscape, walk } = await applied(CTMS);
  landscape.cf.deployService = answer;
  expect((await walk()).consumer).toMatchObject({ status, code, because: expect.stringContaining(because) });
});

test('a landscape without a deploy service proves nothing against the destination: the roles do', async () => {
  const { landscape, walk } = await applied(CTMS);
  landscape.cf.deployService = 501;
  expect((await walk()).consumer).toMatchObject({
    status: 'ok',
    evidence: expect.arrayContaining([expect.stringMatching(/\/slp\/metadata answers 501$/)]),
  });
});

test('an app that sees no space of the org gets a red hop', async () => {
  const { landscape, walk } = await applied(CF_API);
  const user = landscape.cf.users.get('robot+1@sap-test.de@acme-platform');
  delete user?.roles.app;
  expect((await walk()).consumer).toMatchObject({ status: 'failed', code: 'DESTINATION_SPACE_INVISIBLE' });
});

test('a destination that could not be read is unknown, with the reason', async () => {
  const { landscape, walk } = await applied(CTMS);
  (landscape.emulators.credentials as Map<string, string>).set('ACME_TMS_DESTINATION_KEY', 'no key');
  const hops = await walk();
  expect(hops.destination).toMatchObject({ status: 'unknown', code: 'DESTINATION_UNREADABLE' });
  expect(hops.token).toMatchObject({ status: 'unknown' });
});

test('a declaration that cannot be expanded is a failed hop', async () => {
  const landscape = await startLandscape();
  const runs = await startRuns(destination, landscape, manifestText(CTMS.replace('in: tms', 'in: prod')));
  const [report] = (await runs.doctor()).users;
  expect(report?.hops).toMatchObject([{ status: 'failed', code: 'DESTINATION_NO_SERVICE_KEY' }]);
});
