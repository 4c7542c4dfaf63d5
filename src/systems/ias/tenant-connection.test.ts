import { expect, test } from 'vitest';
import { expectInPlace, start } from '../../../test/fixtures/ias.ts';
import { manifestText } from './testing.ts';

test('wrong credentials of the administrator cost one failed attempt, however many users there are', async () => {
  const users = Array.from({ length: 400 }, (_, index) => `name: robot-${index}`);
  const rotated = await start({ manifest: manifestText(users) });
  const setup = await start({
    manifest: manifestText(users),
    env: (name) => rotated.credentials.get(name),
  });
  const { findings } = await setup.locum.plan();
  expect(findings).toMatchObject([{ code: 'ERR_REMOTE_CREDENTIALS', severity: 'error' }]);
  expect(findings[0]?.remedy).toContain('connections.ias.acme-platform');
  expect(setup.sent).toHaveLength(1);
  const hops = await setup.locum.doctor();
  expect(hops.find((hop) => hop.link === 'tenant')).toMatchObject({ status: 'failed', code: 'IAS_ADMIN_REFUSED' });
  expect(hops.find((hop) => hop.link === 'user')).toMatchObject({ status: 'unknown' });
  expect(setup.sent).toHaveLength(2);
});

test('names an unset secret of the administrator', async () => {
  const setup = await start({ env: () => undefined });
  expect((await setup.locum.plan()).findings).toMatchObject([{ code: 'ERR_CONFIG_SECRET' }]);
});

test('says when the tenant is not there', async () => {
  const setup = await start({ manifest: manifestText(['name: robot'], 'nobody.accounts.ondemand.com') });
  expect((await setup.locum.plan()).findings).toMatchObject([{ code: 'ERR_REMOTE_UNREACHABLE' }]);
  const [tenant] = await setup.locum.doctor();
  expect(tenant).toMatchObject({ status: 'failed', code: 'IAS_TENANT_UNREACHABLE' });
  expect(tenant?.remedy).toContain('nobody.accounts.ondemand.com');
});

test.each([{ 'retry-after': '7' }, {}])('waits out a 429 with headers %j', async (headers) => {
  const setup = await start();
  const limited = new Set<string>();
  setup.hook.intercept = async (_request, pass) => {
    const line = setup.sent.at(-1) ?? '';
    if (limited.has(line)) return pass();
    limited.add(line);
    return new Response(null, { status: 429, headers: headers as Record<string, string> });
  };
  const before = setup.now();
  await setup.locum.apply();
  expect(setup.now() - before).toBeGreaterThanOrEqual('retry-after' in headers ? 7000 : 1000);
  setup.hook.intercept = (_request, pass) => pass();
  await expectInPlace(setup);
});

test('asks for users by the page, not one by one', async () => {
  const users = Array.from({ length: 120 }, (_, index) => `name: robot-${index}`);
  const setup = await start({ manifest: manifestText(users) });
  await setup.locum.plan();
  expect(setup.sent).toEqual(Array.from({ length: 3 }, () => 'GET /scim/Users'));
});

test('without a connection says which one is missing', async () => {
  const manifest = manifestText(['name: robot'])
    .replace(/ {4}acme-platform:.*\n/, '')
    .replace('  ias:\n', '  ias: {}\n');
  const setup = await start({ manifest });
  expect((await setup.locum.plan()).findings).toMatchObject([
    { code: 'IAS_CONNECTION_MISSING', severity: 'error', subject: 'acme-platform' },
  ]);
  expect((await setup.locum.doctor()).map((hop) => hop.status)).toEqual(['unknown', 'unknown']);
});

test('no secret reaches plan, log or steps', async () => {
  const setup = await start();
  const plan = await setup.locum.plan();
  const steps = await setup.locum.apply();
  const hops = await setup.locum.doctor();
  const told = JSON.stringify([plan, steps, hops, setup.locum.log]);
  for (const secret of [await setup.kept(), setup.credentials.get('IAS_SECRET')]) expect(told).not.toContain(secret);
});

test('a login that was replaced in the middle of a command is the one of every call after it', async () => {
  let now = 'IAS';
  const setup: Awaited<ReturnType<typeof start>> = await start({
    env: (name) => setup.credentials.get(name.replace('IAS', now)),
  });
  const [first, next = ''] = ['IAS_ID', 'NEXT_ID'].map((name) => setup.credentials.get(name));
  const callers: string[] = [];
  setup.hook.intercept = async (request, pass) => {
    const [id = ''] = atob(request.headers.get('authorization')?.split(' ')[1] ?? '').split(':');
    if (request.url.includes('/scim/')) callers.push(id);
    const response = await pass();
    if (request.method === 'POST' && request.url.endsWith('/scim/Users')) now = 'NEXT';
    return response;
  };
  await setup.locum.apply();
  const replaced = callers.indexOf(next);
  expect(replaced).toBeGreaterThan(0);
  expect(new Set(callers.slice(0, replaced))).toEqual(new Set([first]));
  expect(new Set(callers.slice(replaced))).toEqual(new Set([next]));
});

const withLogin = (login: string) =>
  manifestText(['name: robot']).replace('{ clientId: env:IAS_ID, clientSecret: env:IAS_SECRET }', login);

test.each([
  ['{}', 'the login is missing'],
  ['{ clientId: env:IAS_ID }', 'clientSecret is missing'],
  ['{ clientSecret: env:IAS_SECRET }', 'clientId is missing'],
  ['{ clientId: env:IAS_ID, clientSecret: env:IAS_SECRET, key: env:KEY }', 'certificate is missing'],
  ['{ clientId: env:IAS_ID, certificate: env:PEM }', 'leave clientId and clientSecret out'],
  ['{ certificate: PEM }', 'never written inline'],
])('a connection is a secret or a certificate: %s', async (login, because) => {
  const setup = await start({ manifest: withLogin(login) });
  await expect(setup.locum.plan()).rejects.toMatchObject({
    problems: [{ because: expect.stringContaining(because) }],
  });
});

test('a certificate without its key, and one that is none, are told before anything is sent', async () => {
  for (const [login, lacks] of [
    ['{ certificate: env:PEM }', 'no private key'],
    ['{ certificate: env:PEM, key: env:PEM }', 'no private key'],
    ['{ certificate: env:TEXT }', 'no certificate'],
  ] as const) {
    const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    const setup = await start({
      manifest: withLogin(login),
      env: (name) => (name === 'PEM' ? pem : 'no PEM at all'),
    });
    const { findings } = await setup.locum.plan();
    expect(findings).toMatchObject([{ code: 'ERR_CONFIG_SECRET', because: expect.stringContaining(lacks) }]);
    expect(setup.sent).toEqual([]);
  }
});
