import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RotationReport } from '../../src/engine/rotation-report.ts';
import { openBrowser } from '../../src/systems/ias/emulator/browser.fixture.ts';
import { type Acme, acmeSeed, openAcme } from '../fixtures/acme.ts';
import { administrator, cloudFoundry } from '../fixtures/administrator.ts';

const TENANT = 'acme-platform.accounts.ondemand.com';
const CF = 'cf.eu10-004.hana.ondemand.com';

/** A tenant whose audit log goes to a subaccount, and somebody who may read it. */
async function openAudited(
  switches: Readonly<Record<string, boolean>> = {},
  manifest = 'examples/acme/locum.yaml',
  byConsole = false,
) {
  const seed = acmeSeed() as { audit?: object; ias: { tenants: { id: string; auditLog?: object }[] } };
  const home = { globalAccount: 'acme', subaccount: 'tms' };
  seed.audit = { serviceKeys: [{ ...home, credential: 'ACME_AUDIT_KEY' }] };
  const tenant = seed.ias.tenants.find(({ id }) => id === 'acme-platform');
  if (tenant && !byConsole) tenant.auditLog = home;
  const acme = await openAcme({ seed: seed as never, switches });
  const file = withConnection(manifest);
  const engine = (audited = true) => acme.engine({ manifest: audited ? file : manifest });
  await engine().apply({ why: 'make it so' });
  return { acme, engine, [Symbol.asyncDispose]: () => acme[Symbol.asyncDispose]() };
}

function withConnection(manifest: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-suspects-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'locum.yaml');
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(file, text.replace(/^connections:$/m, 'connections:\n  audit: { acme-platform: env:ACME_AUDIT_KEY }'));
  return file;
}

/** A stale script logs on to Cloud Foundry. */
async function failThere({ landscape }: Acme, user: string): Promise<void> {
  await landscape.fetch(`https://login.${CF}/oauth/token`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({
      grant_type: 'password',
      username: `${user}@sap-test.de`,
      password: 'an old one',
      login_hint: JSON.stringify({ origin: 'acme-platform' }),
    }),
  });
}

const told = (reports: readonly RotationReport[]) =>
  reports
    .flatMap(({ findings }) => findings)
    .find(({ code }) => code === 'ROTATION_STALE_LOGINS' || code === 'ROTATION_LOCKED');

test.for([
  ['as the sentence of SAP Help', {}],
  ['as key-value pairs', { 'ias.auditKeyValues': true }],
] as const)('refused logons are named with application and cause from the audit log, %s', async ([, switches]) => {
  await using world = await openAudited(switches);
  const { acme, engine } = world;
  await failThere(acme, 'pipeline');
  await failThere(acme, 'pipeline');
  const because = told(await engine().rotate({ names: ['pipeline'], why: 'x', confirm: async () => false }))?.because;
  expect(because).toMatch(
    /somebody uses a wrong secret\nlikely: .* at .* \(2 refused logons, the last at \S+Z: passwordCheckFailure\)/,
  );
  expect(because).not.toContain('not known');
});

test('a person tells the tenant in its console where its audit log goes, once', async () => {
  await using world = await openAudited({}, 'examples/acme/locum.yaml', true);
  const { acme, engine } = world;
  const { value } = (await (await administrator(acme)).command('accounts/subaccount', 'list', {})) as {
    readonly value: readonly { readonly guid: string; readonly displayName: string }[];
  };
  const tenantId = value.find(({ displayName }) => displayName === 'tms')?.guid ?? '';
  const browser = openBrowser(acme.landscape.fetch as typeof fetch, TENANT);
  await browser.signIn('rosa', acme.landscape.credentials().ACME_IAS_ADMIN_PASSWORD ?? '', '/admin');
  const empty = await browser.open('/admin/audit-logs');
  expect((await browser.press(empty, 'Add', { tenantId: 'tms' })).status).toBe(400);
  const added = await browser.press(empty, 'Add', { tenantId });
  expect(added.text).toContain(tenantId);
  expect((await browser.press(empty, 'Add', { tenantId })).text).toContain('Remove it first');
  await failThere(acme, 'pipeline');
  const look = () => engine().rotate({ names: ['pipeline'], why: 'x', confirm: async () => false });
  expect(told(await look())?.because).toContain('a refused logon');
  await browser.press(added, 'Remove');
  expect((await browser.open('/admin/audit-logs')).text).not.toContain(tenantId);
});

test('who set another password is named, and Locum itself is not', async () => {
  await using world = await openAudited();
  const { acme, engine } = world;
  await acme.context.sleep(600_000);
  const { ACME_IAS_CLIENT_ID: id, ACME_IAS_CLIENT_SECRET: secret } = acme.landscape.credentials();
  const headers = {
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    'content-type': 'application/scim+json',
  };
  const found = await acme.landscape.fetch(`https://${TENANT}/scim/Users?filter=userName+eq+%22pipeline%22`, {
    headers,
  });
  const { Resources: [user] = [] } = (await found.json()) as {
    readonly Resources?: readonly { readonly id: string }[];
  };
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'password', value: 'Somebody-Elses-1' }],
  };
  const url = `https://${TENANT}/scim/Users/${user?.id}`;
  await acme.landscape.fetch(url, { method: 'PATCH', headers, body: JSON.stringify(body) });
  await failThere(acme, 'pipeline');
  const because = told(await engine().rotate({ names: ['pipeline'], why: 'x', confirm: async () => false }))?.because;
  expect(because).toMatch(/set its password at 2026-11-21T00:10/);
  expect(because?.match(/set its password/g)).toHaveLength(1);
});

test('an audit log that can not be read is told as unknown, with the way to read it', async () => {
  await using world = await openAudited();
  const { acme, engine } = world;
  await failThere(acme, 'pipeline');
  const none = told(await engine(false).rotate({ names: ['pipeline'], why: 'x', confirm: async () => false }));
  expect(none?.because).toContain(
    `not known: the audit log of ${TENANT} can't be read: no connection to it is declared`,
  );
  expect(none?.because).toContain('add connections.audit.acme-platform');
  await acme.landscape.faults.add({
    path: '/auditlog/v2/auditlogrecords',
    effect: { kind: 'answer', status: 403 },
  });
  const refused = told(await engine().rotate({ names: ['pipeline'], why: 'x', confirm: async () => false }));
  expect(refused?.because).toMatch(/not known: the audit log of \S+ can't be read: audit: read audit log: status 403/);
});

test('apps that somebody touched where the credential is are named from the audit events of Cloud Foundry', async () => {
  await using world = await openAudited({}, 'test/fixtures/cloud-foundry-copies.yaml');
  const { acme, engine } = world;
  const cf = await cloudFoundry(acme, CF);
  const [space] = await cf.list('spaces?names=app');
  const inSpace = { space: { data: { guid: space?.guid } } };
  const admin = { data: { username: 'platform-admin@acme.example', origin: 'sap.ids' } };
  await cf.call('POST', 'roles', { type: 'space_developer', relationships: { user: admin, ...inSpace } });
  await cf.call('POST', 'apps', { name: 'router', relationships: inSpace });
  for (const name of ['cf-api', 'jobs-user']) {
    await cf.call('POST', 'service_instances', {
      type: 'user-provided',
      name,
      credentials: {},
      relationships: inSpace,
    });
  }
  await engine().apply({ why: 'copies' });
  const { value } = await engine().token('mtx-routes', 'dev');
  const [app] = await cf.list('apps?names=router');
  const changed = await acme.landscape.fetch(`https://api.${CF}/v3/apps/${app?.guid}`, {
    method: 'PATCH',
    headers: { authorization: `bearer ${value.reveal()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'router-two' }),
  });
  expect(changed.status).toBe(200);
  await cf.call('PATCH', `apps/${app?.guid}`, { name: 'router' });
  await failThere(acme, 'mtx-routes');
  const because = told(await engine().rotate({ names: ['mtx-routes'], why: 'x', confirm: async () => false }))?.because;
  expect(because).toMatch(/app router\S* in acme-dev \(update by mtx-routes@sap-test.de at 2026-11-21T/);
  expect(because).not.toContain('platform-admin');
});
