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
