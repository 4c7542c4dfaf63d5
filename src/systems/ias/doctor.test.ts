import { expect, test } from 'vitest';
import { startEmulators } from '../../emulation/compose.ts';
import { iasEmulator } from './emulator/index.ts';
import { createLocum, manifestText } from './testing.ts';
import { IAS_SCHEMA, PASSWORD_POLICY } from './wire.ts';

const HOST = 'acme-platform.accounts.ondemand.com';
const SAP = IAS_SCHEMA.sap;
const DAY = 86_400_000;

async function start(manifest = manifestText(['name: robot'])) {
  const administrators = [{ name: 'Locum', clientId: 'IAS_ID', clientSecret: 'IAS_SECRET' }];
  const policies = [{ name: 'ours', maxAgeMonths: 12 }];
  const emulators = await startEmulators({
    emulators: [iasEmulator],
    seed: { ias: { tenants: [{ id: 'acme-platform', administrators, policies }] } },
  });
  const env = (name: string) => emulators.credentials.get(name);
  const locum = createLocum({ context: emulators, manifest, env });
  await locum.apply();
  const basic = `Basic ${Buffer.from(`${env('IAS_ID')}:${env('IAS_SECRET')}`).toString('base64')}`;
  const headers = { authorization: basic, 'content-type': 'application/scim+json' };
  const users = `https://${HOST}/scim/Users`;

  async function patch(path: string, value: unknown, ...more: object[]) {
    const found = (await (await emulators.fetch(users, { headers })).json()) as { Resources: { id: string }[] };
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    const body = JSON.stringify({ schemas, Operations: [{ op: 'replace', path, value }, ...more] });
    const response = await emulators.fetch(`${users}/${found.Resources[0]?.id}`, { method: 'PATCH', headers, body });
    expect(response.status).toBe(204);
  }
  async function logOn(password: string) {
    const authorization = `Basic ${Buffer.from(`robot:${password}`).toString('base64')}`;
    await emulators.fetch(`https://${HOST}/service/users/password`, { method: 'POST', headers: { authorization } });
  }
  /** The hops that are not ok. */
  async function complaints() {
    const hops = await locum.doctor();
    for (const hop of hops) if (hop.status !== 'ok') expect(hop.because && hop.remedy && hop.code).toBeTruthy();
    return hops.filter((hop) => hop.status !== 'ok').map((hop) => `${hop.status} ${hop.code}`);
  }
  return { ...emulators, locum, patch, logOn, complaints };
}

test('walks tenant and user with evidence at every hop', async () => {
  const { locum } = await start();
  const hops = await locum.doctor();
  expect(hops.map(({ title, status, evidence }) => ({ title, status, evidence }))).toMatchInlineSnapshot(`
    [
      {
        "evidence": [
          "acme-platform.accounts.ondemand.com",
          "SCIM answers our system administrator",
        ],
        "status": "ok",
        "title": "IAS tenant acme-platform.accounts.ondemand.com",
      },
      {
        "evidence": [
          "id P000001",
          "robot@sap-test.de",
          "mark locum:acme/robot",
        ],
        "status": "ok",
        "title": "IAS user robot",
      },
      {
        "evidence": [
          "active",
          "e-mail verified",
          "without end",
        ],
        "status": "ok",
        "title": "may log on",
      },
      {
        "evidence": [
          "status enabled",
          "set 2026-11-21T00:00:00Z",
          "in the vault, proven",
        ],
        "status": "ok",
        "title": "definitive password",
      },
      {
        "evidence": [
          "0 failed logons",
        ],
        "status": "ok",
        "title": "not locked",
      },
      {
        "evidence": [
          "policy none yet",
          "does not expire",
        ],
        "status": "ok",
        "title": "password lives on",
      },
    ]
  `);
});

test.each([
  ['an inactive user', 'active', false, ['failed IAS_USER_INACTIVE']],
  ['an unverified e-mail', `${SAP}:mailVerified`, false, ['failed IAS_MAIL_NOT_VERIFIED']],
  [
    'another e-mail',
    'emails',
    [{ value: 'x@sap-test.de' }],
    ['failed IAS_EMAIL_DRIFT', 'failed IAS_MAIL_NOT_VERIFIED'],
  ],
  ['a user whose mark is gone', `${IAS_SCHEMA.custom}:attributes`, [], ['failed IAS_USER_NOT_OURS']],
  ['a user that is over', `${SAP}:validTo`, '2026-01-01T00:00:00Z', ['failed IAS_USER_EXPIRED']],
  ['a user that is not there yet', `${SAP}:validFrom`, '2027-01-01T00:00:00Z', ['failed IAS_USER_EXPIRED']],
  ['a user that ends soon', `${SAP}:validTo`, '2026-12-01T00:00:00Z', ['warning IAS_USER_EXPIRES_SOON']],
  [
    'a policy of the tenant itself',
    `${SAP}:passwordDetails.policy`,
    'https://x/custom',
    ['unknown IAS_POLICY_UNKNOWN'],
  ],
])('sees %s', async (_case, path, value, expected) => {
  const { patch, complaints } = await start();
  await patch(path, value);
  expect(await complaints()).toEqual(expected);
});

test('sees a password that became initial, and that it died', async () => {
  const { patch, complaints, advance } = await start();
  await patch('password', 'Reset-by-admin-1');
  expect(await complaints()).toEqual(['failed IAS_PASSWORD_INITIAL']);
  advance(15 * DAY);
  expect(await complaints()).toEqual(['failed IAS_PASSWORD_INITIAL']);
});

test('sees failed logons before they lock, the lock, and its end', async () => {
  const { logOn, complaints, advance } = await start();
  await logOn('wrong');
  expect(await complaints()).toEqual(['warning IAS_LOGONS_FAILED']);
  for (let attempt = 0; attempt < 4; attempt++) await logOn('wrong');
  expect(await complaints()).toEqual(['failed IAS_PASSWORD_LOCKED']);
  advance(3_600_000);
  expect(await complaints()).toEqual(['warning IAS_LOGONS_FAILED']);
});

test('sees a password under the enterprise policy come to its end', async () => {
  const { patch, complaints, advance, logOn, locum } = await start();
  await patch(`${SAP}:passwordDetails.policy`, PASSWORD_POLICY.enterprise);
  expect(await complaints()).toEqual([]);
  advance(160 * DAY);
  expect(await complaints()).toEqual(['warning IAS_PASSWORD_EXPIRES_SOON']);
  await logOn((await locum.vault.open('acme/robot', 'current'))?.secret.reveal() ?? '');
  expect(await complaints()).toEqual(['warning IAS_PASSWORD_EXPIRES_SOON']);
  advance(30 * DAY);
  expect(await complaints()).toEqual(['failed IAS_PASSWORD_EXPIRED']);
});

test('sees that the vault does not know the password', async () => {
  const { locum, complaints } = await start();
  await locum.vault.retireAll('acme/robot', 0);
  expect(await complaints()).toEqual(['failed IAS_PASSWORD_NOT_IN_VAULT']);
});

test('reads the users of a tenant once for all of their checks', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `name: robot-${index}`);
  const { locum, fetch: real, credentials, ...context } = await start(manifestText(names));
  const calls: string[] = [];
  const counted = createLocum({
    context: {
      ...context,
      fetch: (input, init) => {
        calls.push(`${init?.method} ${new URL(String(input)).pathname}`);
        return real(input, init);
      },
    },
    manifest: manifestText(names),
    env: (name) => credentials.get(name),
    vault: locum.vault,
  });
  const hops = await counted.doctor();
  expect(hops.every((hop) => hop.status === 'ok')).toBe(true);
  expect(calls).toEqual(['GET /scim/Users', 'GET /scim/ServiceProviderConfig', 'GET /scim/Users']);
});
