import { expect, test } from 'vitest';
import { type Landscape, startLandscape } from './emulator/testing/landscape.ts';
import { CF_API, CTMS, manifestText, PASSWORD, type Runs, startRuns } from './emulator/testing/run.ts';
import { destination } from './index.ts';

const ADDRESS = 'destination/destination:tms/deploy-prod';

async function start(...declared: string[]): Promise<{ landscape: Landscape; runs: Runs }> {
  const landscape = await startLandscape();
  const text = manifestText(...(declared.length > 0 ? declared : [CTMS]));
  return { landscape, runs: await startRuns(destination, landscape, text) };
}

async function stored(landscape: Landscape, name = 'deploy-prod', key?: string): Promise<Record<string, string>> {
  const response = await landscape.call('GET', `subaccountDestinations/${name}`, key ? { key } : {});
  return (await response.json()) as Record<string, string>;
}

test('writes the destination that Cloud Transport Management reads', async () => {
  const { landscape, runs } = await start();
  await runs.apply();
  expect(await stored(landscape)).toEqual({
    Name: 'deploy-prod',
    Type: 'HTTP',
    Description: 'Deploys (technical user robot, kept by Locum)',
    URL: 'https://deploy-service.cf.us20.hana.ondemand.com/slprot/acme%20prod%2B1/a%2Cb/slp',
    ProxyType: 'Internet',
    Authentication: 'OAuth2Password',
    clientId: 'cf',
    User: 'robot+1@sap-test.de',
    Password: PASSWORD,
    tokenServiceURL: 'https://login.cf.us20.hana.ondemand.com',
    tokenServiceURLType: 'Dedicated',
    origin: 'acme-platform',
    'locum.technicalUser': 'acme/robot',
  });
});

test('writes the destination that an app with SAP Cloud SDK reads', async () => {
  const { landscape, runs } = await start(CF_API);
  await runs.apply();
  const properties = await stored(landscape, 'CFAPI', 'ACME_DEV_DESTINATION_KEY');
  expect(properties).toMatchObject({
    URL: 'https://api.cf.eu10-004.hana.ondemand.com',
    tokenServiceURL:
      'https://login.cf.eu10-004.hana.ondemand.com/oauth/token?login_hint=%7B%22origin%22%3A%22acme-platform%22%7D',
  });
  expect(properties).not.toHaveProperty('origin');
  expect(properties).not.toHaveProperty('clientSecret');
});

test('shows every property in the plan but the password, and plans nothing more once applied', async () => {
  const { runs } = await start(CTMS, CF_API);
  const plan = await runs.plan();
  expect(plan.steps.map((step) => [step.action, step.address])).toEqual([
    ['create', ADDRESS],
    ['create', 'destination/destination:dev/CFAPI'],
  ]);
  expect(plan.steps[0]?.changes).toContainEqual({ path: 'Password', sensitive: true });
  expect(JSON.stringify(plan)).not.toContain(PASSWORD);
  await runs.apply();
  expect(await runs.plan()).toMatchObject({ steps: [], inPlace: 2, findings: [] });
});

test('reads a subaccount with one token and one page, however many destinations are declared', async () => {
  const many = Array.from({ length: 30 }, (_, index) => CTMS.replace('deploy-prod', `deploy-${index}`));
  const { landscape, runs } = await start(...many);
  await runs.apply();
  landscape.requests.length = 0;
  expect((await runs.plan()).inPlace).toBe(30);
  expect(landscape.requests).toHaveLength(2);
});

test('follows the pages of a crowded subaccount', async () => {
  const { landscape, runs } = await start();
  const crowd = Array.from({ length: 501 }, (_, index) => ({ Name: `other-${index}`, Type: 'HTTP' }));
  await landscape.call('POST', 'subaccountDestinations', { body: crowd });
  await runs.apply();
  expect((await runs.plan()).steps).toEqual([]);
});

test('writes again what somebody changed, and names what somebody added', async () => {
  const { landscape, runs } = await start();
  await runs.apply();
  const changed = {
    ...(await stored(landscape)),
    origin: 'sap.ids',
    'HTML5.Timeout': '9',
    'URL.headers.apikey': 'abc',
  };
  await landscape.call('PUT', 'subaccountDestinations', { body: changed });
  const [step] = (await runs.plan()).steps;
  expect(step).toMatchObject({
    action: 'update',
    changes: [
      { path: 'HTML5.Timeout', before: '9' },
      { path: 'origin', before: 'sap.ids', after: 'acme-platform' },
      { path: 'URL.headers.apikey', sensitive: true },
    ],
  });
  expect((await runs.apply()).steps[0]?.result).toBe('done');
  expect(await stored(landscape)).not.toHaveProperty('HTML5.Timeout');
});

test.each([
  ['a password that is not the current one', { Password: 'Old-Passw0rd' }, 'Password'],
  ['the mark that the cockpit shows instead of a password', { Password: '<redacted>' }, 'Password'],
  ['a client secret', { clientSecret: 'dummy' }, 'clientSecret'],
])('replaces %s without showing it', async (_what, change, path) => {
  const { landscape, runs } = await start();
  await runs.apply();
  await landscape.call('PUT', 'subaccountDestinations', { body: { ...(await stored(landscape)), ...change } });
  const plan = await runs.plan();
  expect(plan.steps[0]).toMatchObject({ action: 'update', changes: [{ path, sensitive: true }] });
  for (const secret of Object.values(change)) expect(JSON.stringify(plan)).not.toContain(secret);
  await runs.apply();
  expect(await stored(landscape)).toMatchObject({ Password: PASSWORD });
  expect((await stored(landscape)).clientSecret ?? '').toBe('');
});

test('an empty client secret is as good as none', async () => {
  const { landscape, runs } = await start();
  await runs.apply();
  await landscape.call('PUT', 'subaccountDestinations', { body: { ...(await stored(landscape)), clientSecret: '' } });
  expect((await runs.plan()).steps).toEqual([]);
});

test('does not touch a destination of the same name that is not ours, unless it is adopted', async () => {
  const { landscape, runs } = await start();
  await landscape.call('POST', 'subaccountDestinations', {
    body: { Name: 'deploy-prod', Type: 'HTTP', URL: 'https://x' },
  });
  const plan = await runs.plan();
  expect(plan.steps).toEqual([]);
  expect(plan.findings).toMatchObject([{ code: 'DESTINATION_NOT_OURS', severity: 'error', subject: ADDRESS }]);
  expect((await runs.apply({ adopt: true })).steps).toMatchObject([{ action: 'update', result: 'done' }]);
  expect(await stored(landscape)).toMatchObject({ 'locum.technicalUser': 'acme/robot', clientId: 'cf' });
});

test("names the owner of a destination that is another manifest's", async () => {
  const { landscape, runs } = await start();
  const body = { Name: 'deploy-prod', Type: 'HTTP', 'locum.technicalUser': 'other/robot' };
  await landscape.call('POST', 'subaccountDestinations', { body });
  expect((await runs.plan()).findings[0]?.because).toContain('belongs to other/robot');
});

test('removes on request what carries our mark and nobody declares, and only tells of others that use the user', async () => {
  const { landscape, runs } = await start();
  const body = [
    { Name: 'forgotten', Type: 'HTTP', 'locum.technicalUser': 'acme/robot' },
    { Name: 'foreign', Type: 'HTTP', User: 'Robot+1@sap-test.de', Password: PASSWORD },
    { Name: 'unrelated', Type: 'HTTP', User: 'somebody@acme.example' },
  ];
  await landscape.call('POST', 'subaccountDestinations', { body });
  const { findings } = await runs.plan();
  expect(findings.map((finding) => finding.subject)).toEqual([
    'destination/destination:tms/forgotten',
    'destination/destination:tms/foreign',
  ]);
  await runs.apply({ prune: true });
  const left = (await (await landscape.call('GET', 'subaccountDestinations?$select=Name')).json()) as unknown;
  expect(left).toEqual([{ Name: 'foreign' }, { Name: 'unrelated' }, { Name: 'deploy-prod' }]);
});

test('a create whose reply was lost is found, not repeated', async () => {
  const { landscape, runs } = await start();
  landscape.intercept = async (request, pass) => {
    const response = await pass();
    if (request.method === 'POST' && request.url.includes('Destinations')) throw new TypeError('terminated');
    return response;
  };
  expect((await runs.apply()).steps).toMatchObject([{ result: 'found' }]);
  expect(landscape.requests.filter((line) => /^POST .*subaccountDestinations/.test(line))).toHaveLength(1);
});

test('an update that lost a race looks again and then writes', async () => {
  const { landscape, runs } = await start();
  await runs.apply();
  const changed = { ...(await stored(landscape)), origin: 'sap.ids' };
  await landscape.call('PUT', 'subaccountDestinations', { body: changed });
  let raced = false;
  landscape.intercept = async (request, pass) => {
    if (request.method === 'PUT' && !raced) {
      raced = true;
      await landscape.call('PUT', 'subaccountDestinations', { body: { ...changed, Description: 'by hand' } });
    }
    return pass();
  };
  expect((await runs.apply()).steps).toMatchObject([{ action: 'update', result: 'done' }]);
  expect(landscape.requests.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
  expect(await stored(landscape)).toMatchObject({
    origin: 'acme-platform',
    Description: expect.stringContaining('Locum'),
  });
});

test('does not overwrite what changed hands after the plan was made', async () => {
  const { landscape, runs } = await start();
  await runs.apply();
  const ours = { ...(await stored(landscape)), origin: 'sap.ids' };
  await landscape.call('PUT', 'subaccountDestinations', { body: ours });
  const theirs = { Name: 'deploy-prod', Type: 'HTTP', URL: 'https://theirs' };
  const report = await runs.apply({}, () => landscape.call('PUT', 'subaccountDestinations', { body: theirs }));
  expect(report.steps).toMatchObject([{ result: 'failed' }]);
  expect(await stored(landscape)).toEqual(theirs);
});

test('a create that finds the name taken by somebody else fails and leaves it alone', async () => {
  const { landscape, runs } = await start();
  const theirs = { Name: 'deploy-prod', Type: 'HTTP', URL: 'https://theirs' };
  const report = await runs.apply({}, () => landscape.call('POST', 'subaccountDestinations', { body: theirs }));
  expect(report.steps).toMatchObject([{ result: 'failed', because: expect.stringContaining('409') }]);
  expect(await stored(landscape)).toEqual(theirs);
});

test('waits as long as a 429 asks', async () => {
  const { landscape, runs } = await start();
  let refused = 0;
  landscape.intercept = async (request, pass) =>
    request.method === 'POST' && request.url.includes('Destinations') && refused++ === 0
      ? new Response('', { status: 429, headers: { 'retry-after': '30' } })
      : pass();
  const before = landscape.emulators.now();
  expect((await runs.apply()).steps).toMatchObject([{ result: 'done' }]);
  expect(landscape.emulators.now() - before).toBe(30_000);
});

test('fetches a new token when the old one is refused', async () => {
  const { landscape, runs } = await start();
  let refused = 0;
  landscape.intercept = async (request, pass) =>
    request.url.includes('subaccountDestinations') && refused++ === 0 ? new Response('', { status: 401 }) : pass();
  expect((await runs.plan()).findings).toEqual([]);
});

test('says which service key is wrong, without its text', async () => {
  const { landscape, runs } = await start();
  const wrong = new Map([
    ['not JSON', 'hush-hush {'],
    ['lacks clientsecret', JSON.stringify({ credentials: { clientid: 'hush', uri: 'https://a', url: 'https://b' } })],
    ['lacks clientid, uri, certurl', JSON.stringify({ certificate: 'hush', key: 'hush' })],
    ['belongs to another subaccount', landscape.emulators.credentials.get('ACME_DEV_DESTINATION_KEY') ?? ''],
  ]);
  for (const [because, text] of wrong) {
    (landscape.emulators.credentials as Map<string, string>).set('ACME_TMS_DESTINATION_KEY', text);
    const [finding] = (await runs.plan()).findings;
    expect(finding?.because).toContain(because);
    expect(finding?.because).not.toContain('hush');
  }
});

test('takes a service key as `cf service-key` prints it, and one whose secret was changed is refused credentials', async () => {
  const { landscape, runs } = await start();
  const credentials = landscape.emulators.credentials as Map<string, string>;
  const key = JSON.parse(credentials.get('ACME_TMS_DESTINATION_KEY') ?? '') as Record<string, string>;
  credentials.set('ACME_TMS_DESTINATION_KEY', JSON.stringify({ credentials: key }));
  expect((await runs.plan()).findings).toEqual([]);
  credentials.set('ACME_TMS_DESTINATION_KEY', JSON.stringify({ ...key, clientsecret: 'wrong' }));
  expect((await runs.plan()).findings).toMatchObject([{ code: 'ERR_REMOTE_CREDENTIALS' }]);
});

test('never quotes an answer that it cannot read', async () => {
  const { landscape, runs } = await start();
  landscape.intercept = async (request, pass) =>
    request.url.includes('subaccountDestinations') ? Response.json([{ Password: 'hush-hush' }]) : pass();
  const plan = await runs.plan();
  expect(plan.findings).toMatchObject([{ code: 'ERR_REMOTE_BROKEN' }]);
  expect(JSON.stringify(plan)).not.toContain('hush');
});

test('writes no destination before there is a password', async () => {
  const { runs } = await start();
  runs.vault.forget('acme/robot');
  expect((await runs.apply()).steps).toMatchObject([{ result: 'failed', because: expect.stringContaining('vault') }]);
});
