import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../src/kernel/secret.ts';
import { selfSigned } from '../../src/landscape/testing/client-certificate.ts';
import { createPayloads } from '../../src/systems/protocols/openbao/payloads.ts';
import { createBaoServer } from '../../src/systems/protocols/openbao/testing/server.ts';
import { aSetup } from '../../src/systems/protocols/openbao/testing/setup.ts';
import { ACME_MANIFEST, type Acme } from '../fixtures/acme.ts';
import { appliedAcme, manifestWith } from '../fixtures/life.ts';

const DAY = 86_400_000;
const again = await appliedAcme(ACME_MANIFEST);

const scheduled = manifestWith('scheduled', (manifest) => {
  for (const user of manifest.technicalUsers) if (user.name === 'mtx-routes') user.rotation = { every: '60d' };
  const connections = manifest.connections as Record<string, unknown>;
  manifest.connections = { ...connections, credentialStore: { main: 'env:CREDSTORE_BINDING' } };
});

function engineOf(acme: Acme, secrets: Readonly<Record<string, string>> = {}) {
  const env = (name: string) => secrets[name] ?? acme.landscape.credentials()[name];
  return acme.engine({ manifest: scheduled, env });
}

const ends = async (acme: Acme, secrets: Readonly<Record<string, string>>, within = 30 * DAY) => {
  const { due } = await engineOf(acme, secrets).due({ within });
  return new Map(due.map((one) => [`${one.user}: ${one.title}`, one]));
};

test('tells of bindings, certificates, rotations, the master key and the schedule when each ends', async () => {
  await using acme = await again();
  const { cert } = await selfSigned('CN=partner');
  const key = JSON.parse(acme.landscape.credentials().ACME_DEV_DESTINATION_KEY ?? '') as Record<string, string>;
  const form = {
    grant_type: 'client_credentials',
    client_id: key.clientid ?? '',
    client_secret: key.clientsecret ?? '',
  };
  const token = await acme.landscape.fetch(`${key.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const uploaded = await acme.landscape.fetch(`${key.uri}/destination-configuration/v1/subaccountCertificates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ Name: 'partner.pem', Type: 'CERTIFICATE', Content: Buffer.from(cert).toString('base64') }),
  });
  expect(uploaded.status).toBe(201);

  const binding = JSON.stringify({ url: 'https://credstore.example.com', expires_at: '2026-12-10T00:00:00Z' });
  const found = await ends(acme, { CREDSTORE_BINDING: binding });
  expect(found.get('acme: connections.credentialStore.main')).toMatchObject({
    status: 'soon',
    end: { at: Date.UTC(2026, 11, 10), because: 'the service ends it then' },
  });
  expect(found.get('acme: certificate partner.pem in dev')?.end).toMatchObject({
    at: Date.parse(new X509Certificate(cert).validTo),
  });
  expect(found.get('mtx-routes: rotation')).toMatchObject({ status: 'later', end: { kind: 'at' } });
  expect(found.get('acme: master key of the vault')).toMatchObject({ status: 'later', since: expect.any(Number) });
  expect(found.get('acme: scheduled rotation')).toMatchObject({ status: 'unknown' });
  expect([...found.keys()].filter((name) => name.startsWith('ctms-deploy'))).toEqual([
    'ctms-deploy: user',
    'ctms-deploy: password',
  ]);
  expect(JSON.stringify([...found.values()])).not.toContain('PRIVATE KEY');
});

test('what is asked for by name is told alone, and a secret that is not there is told as unknown', async () => {
  await using acme = await again();
  const { due } = await engineOf(acme).due({ users: ['mtx-routes'], within: 30 * DAY });
  expect(new Set(due.map(({ user }) => user))).toEqual(new Set(['mtx-routes']));
  expect((await ends(acme, {})).get('acme: connections.credentialStore.main')).toMatchObject({
    status: 'unknown',
    end: { because: expect.stringContaining('CREDSTORE_BINDING') },
  });
});

test('the schedule leaves a heartbeat, also when nothing was due; when it is silent for two days that is told', async () => {
  await using acme = await again();
  const rotate = () => engineOf(acme).rotate({ due: true, why: 'nightly', wait: false });
  expect(await rotate()).toEqual([]);
  const first = (await ends(acme, {})).get('acme: scheduled rotation');
  expect(first).toMatchObject({
    status: 'never',
    end: { because: expect.stringMatching(/^last run 2026-11-\d\d .* UTC by test: nothing was due$/) },
  });

  await acme.context.sleep(61 * DAY);
  const silent = await engineOf(acme).due({ within: 30 * DAY });
  expect(silent.findings).toContainEqual(
    expect.objectContaining({ code: 'SCHEDULE_SILENT', severity: 'error', subject: 'acme' }),
  );
  expect(silent.findings).toContainEqual(expect.objectContaining({ code: 'ROTATION_DUE', subject: 'mtx-routes' }));
  const reports = await rotate();
  expect(reports.map(({ user, outcome }) => `${user} ${outcome}`)).toEqual(['mtx-routes settling']);
  const after = await ends(acme, {});
  expect(after.get('acme: scheduled rotation')).toMatchObject({
    status: 'never',
    end: { because: expect.stringContaining('by test: 1 settling') },
  });
  expect(after.get('mtx-routes: rotation')).toMatchObject({ status: 'later' });
});

/** As with LOCUM_VAULT_URL: the sealed texts lie at a server, where the vault logs on by AppRole. */
async function dueOfVaultLogin(acme: Acme, roleId: string, secretId: string, answer?: () => Response) {
  const now = acme.context.now();
  const server = createBaoServer((await aSetup(now)).setup, acme.context.now);
  const connection = { url: 'https://bao.acme.example:8200/', appRole: { mount: 'approle', roleId, secretId } };
  const payloads = createPayloads(
    { connection, mount: 'secret', prefix: 'locum' },
    {
      ...acme.context,
      secret: async (ref) => new Secret(ref),
      fetch: async (input, init) => answer?.() ?? server.fetch(new Request(input, init)),
    },
  );
  const vault = { ...acme.store.vault, loginEnd: async () => payloads.loginEnd() };
  const { due, findings } = await acme.engine({ store: { ...acme.store, vault } }).due({ within: 30 * DAY });
  return {
    now,
    login: due.find(({ title }) => title === "secret ID of the vault's login"),
    findings: findings.filter(({ code }) => code.startsWith('VAULT_LOGIN')),
  };
}

test("the login of the vault's server is told when it ends soon, and when nobody tells the end", async () => {
  await using acme = await again();
  const soon = await dueOfVaultLogin(acme, 'role-of-lookups', 'secret-for-an-hour');
  expect(soon.login).toMatchObject({ status: 'soon', end: { at: soon.now + 3_600_000 } });
  expect(soon.findings).toMatchObject([{ code: 'VAULT_LOGIN_ENDS_SOON', severity: 'warning' }]);
  const never = await dueOfVaultLogin(acme, 'role-of-lookups', 'secret-of-lookups');
  expect(never).toMatchObject({ login: { status: 'never' }, findings: [] });
  const secretive = await dueOfVaultLogin(acme, 'role-of-locum', 'app-role-secret');
  expect(secretive.findings).toMatchObject([{ code: 'VAULT_LOGIN_UNKNOWN', severity: 'info' }]);
  expect(secretive.findings[0]?.remedy).toContain('give the login a policy with update on auth/approle/role/locum');
  const page = await dueOfVaultLogin(acme, 'role-of-locum', 'app-role-secret', () => new Response('<html>top-secret'));
  expect(page.findings).toMatchObject([{ code: 'VAULT_LOGIN_UNKNOWN', remedy: expect.stringMatching(/a proxy/) }]);
  expect(JSON.stringify(page)).not.toContain('top-secret');
});
