import { expect, test } from 'vitest';
import { startEmulators } from '../../emulation/compose.ts';
import { iasEmulator } from './emulator/index.ts';
import { createLocum, manifestText } from './testing.ts';
import { IAS_SCHEMA, PASSWORD_POLICY } from './wire.ts';

const HOST = 'acme-platform.accounts.ondemand.com';
const PASSWORD_DETAILS = `${IAS_SCHEMA.sap}:passwordDetails`;
const DAY = 86_400_000;

async function start(users: readonly string[]) {
  const administrators = [{ name: 'Locum', clientId: 'IAS_ID', clientSecret: 'IAS_SECRET' }];
  const policies = [{ name: 'ours', maxAgeMonths: 12 }];
  const emulators = await startEmulators({
    emulators: [iasEmulator],
    seed: { ias: { tenants: [{ id: 'acme-platform', administrators, policies }] } },
  });
  const env = (name: string) => emulators.credentials.get(name);
  let answers = true;
  const context = {
    ...emulators,
    fetch: (async (input, init) => {
      if (!answers) return new Response(null, { status: 403 });
      return emulators.fetch(input, init);
    }) as typeof emulators.fetch,
  };
  const locum = createLocum({ context, manifest: manifestText(users), env });
  await locum.apply();
  const basic = `Basic ${Buffer.from(`${env('IAS_ID')}:${env('IAS_SECRET')}`).toString('base64')}`;
  const headers = { authorization: basic, 'content-type': 'application/scim+json' };
  async function setPolicy(userName: string, value: string) {
    const url = `https://${HOST}/scim/Users`;
    const query = `${url}?filter=${encodeURIComponent(`userName eq "${userName}"`)}`;
    const found = (await (await emulators.fetch(query, { headers })).json()) as { Resources: { id: string }[] };
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    const body = JSON.stringify({
      schemas,
      Operations: [{ op: 'replace', path: `${PASSWORD_DETAILS}.policy`, value }],
    });
    const response = await emulators.fetch(`${url}/${found.Resources[0]?.id}`, { method: 'PATCH', headers, body });
    expect(response.status).toBe(204);
  }
  const summary = async (within = 30 * DAY) => {
    const { due } = await locum.due(within);
    return due.map(({ user, title, status }) => `${user} ${title}: ${status}`);
  };
  const silence = () => {
    answers = false;
  };
  return { ...emulators, locum, setPolicy, summary, silence };
}

test('tells what ends, the soonest first: by its policy, by the last day of the user, or never', async () => {
  const { locum, setPolicy, now } = await start(['name: aged', 'name: calm, expires: 2099-12-31']);
  await setPolicy('aged', PASSWORD_POLICY.enterprise);
  const { due, findings } = await locum.due(30 * DAY);
  expect(due).toMatchObject([
    {
      user: 'aged',
      title: 'password',
      subject: 'ias/password:acme-platform/aged',
      status: 'later',
      policy: 'enterprise',
      since: expect.closeTo(now(), -4),
      notBefore: expect.closeTo(now() + DAY, -4),
      end: { kind: 'at', because: expect.stringContaining('6 months') },
    },
    { user: 'calm', title: 'user', status: 'later', end: { at: Date.UTC(2099, 11, 31, 23, 59, 59) } },
    { user: 'calm', title: 'password', status: 'never' },
    { user: 'aged', title: 'user', status: 'never' },
  ]);
  expect(findings).toEqual([]);
});

test('what ends soon is a warning, what has ended an error, with the command that mends it', async () => {
  const { locum, setPolicy, summary, advance } = await start(['name: aged']);
  await setPolicy('aged', PASSWORD_POLICY.enterprise);
  advance(160 * DAY);
  expect(await summary(14 * DAY)).toContain('aged password: later');
  expect((await locum.due(30 * DAY)).findings).toMatchObject([
    { code: 'IAS_PASSWORD_EXPIRES_SOON', severity: 'warning', subject: 'aged', remedy: 'locum rotate aged' },
  ]);
  advance(30 * DAY);
  expect((await locum.due(0)).findings).toMatchObject([{ code: 'IAS_PASSWORD_EXPIRED', severity: 'error' }]);
  await locum.apply({ renew: ['aged'] });
  expect(await summary()).toContain('aged password: later');
});

test("a policy of the tenant's own, and a tenant that does not answer, are told as not known", async () => {
  const { locum, setPolicy, summary, silence } = await start(['name: robot, expires: 2099-12-31']);
  await setPolicy('robot', 'https://accounts.sap.com/policy/passwords/acme-platform/ours');
  expect(await summary()).toEqual(['robot user: later', 'robot password: unknown']);
  silence();
  expect((await locum.due(0)).findings).toMatchObject([
    { code: 'IAS_POLICY_UNKNOWN', severity: 'info', because: expect.stringContaining('403') },
  ]);
});
