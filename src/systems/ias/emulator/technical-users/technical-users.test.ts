import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { X509CertificateGenerator } from '@peculiar/x509';
import { expect, test } from 'vitest';
import { tellPeer } from '../../../../emulation/peer.ts';
import { type RunningConsole, startConsole } from '../console/console.fixture.ts';
import { DAY, HOST } from '../tenant.fixture.ts';

const DEPLOYER = { displayName: 'Deployer', firstName: 'Olga', lastName: 'Owner', email: 'olga@acme.example' };

async function createDeployer(running: RunningConsole) {
  const browser = await running.enter('rosa', '/admin/technical-users/new');
  const page = await browser.press(browser.page, 'Create', DEPLOYER);
  return { ...browser, page };
}

const factsOf = (page: Awaited<ReturnType<typeof createDeployer>>['page']) => {
  const texts = page.document.querySelectorAll('dt, dd').map((one) => one.text);
  return Object.fromEntries(
    Array.from({ length: texts.length / 2 }, (_, index) => texts.slice(index * 2, index * 2 + 2)),
  );
};

async function addSecret(running: RunningConsole, lifetime = '1 year') {
  const browser = await createDeployer(running);
  const page = await browser.press(browser.page, 'Add Secret', { description: 'pipeline', lifetime });
  const clientId = factsOf(page)['Client ID'] ?? '';
  return { ...browser, page, clientId, secret: page.document.querySelector('.once')?.text ?? '' };
}

async function clientToken(running: RunningConsole, id: string, secret: string) {
  const response = await running.fetch(`https://${HOST}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: running.basic(id, secret) },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return { status: response.status, token: ((await response.json()) as Record<string, string>).access_token ?? '' };
}

test('has an owner, an automatic e-mail and a SCIM id', async () => {
  const running = await startConsole();
  const { page } = await createDeployer(running);
  expect(page.text).toContain('Technical user created.');
  expect(factsOf(page)).toMatchObject({
    Owner: 'Olga Owner, olga@acme.example',
    'E-Mail': expect.stringContaining('@'),
    'SCIM ID': expect.stringMatching(/^[0-9a-f-]{36}$/),
    Locking: 'off',
  });
});

test('A37: has no password: neither client id nor e-mail nor secret log on as a user', async () => {
  const running = await startConsole();
  const { page, clientId, secret } = await addSecret(running);
  for (const name of [clientId, factsOf(page)['E-Mail'] ?? '', 'Deployer']) {
    expect((await running.token(name, secret)).status).toBe(401);
  }
});

test('a secret is shown once, gets tokens of the client credentials grant, and expires', async () => {
  const running = await startConsole();
  const { page, open, clientId, secret } = await addSecret(running);
  expect((await open(page.path.replace(/\/secrets.*$/, ''))).text).not.toContain(secret);
  expect((await clientToken(running, clientId, secret)).status).toBe(200);
  running.advance(366 * DAY);
  expect((await clientToken(running, clientId, secret)).status).toBe(401);
});

test('at most 20 secrets', async () => {
  const running = await startConsole();
  const { press, ...added } = await addSecret(running);
  let { page } = added;
  for (let count = 2; count <= 20; count++) page = await press(page, 'Add Secret', { lifetime: 'never' });
  expect(page.status).toBe(200);
  const refused = await press(page, 'Add Secret', { lifetime: 'never' });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('20 secrets already')]);
});

test('a removed secret and a deactivated technical user get no tokens', async () => {
  const running = await startConsole();
  const { page, press, open, clientId, secret } = await addSecret(running);
  const path = page.path.replace(/\/secrets.*$/, '');
  const inactive = await press(await open(path), 'Deactivate');
  expect((await clientToken(running, clientId, secret)).status).toBe(401);
  const active = await press(inactive, 'Activate');
  expect((await clientToken(running, clientId, secret)).status).toBe(200);
  await press(active, `Remove secret ${secret.slice(0, 4)}`);
  expect((await clientToken(running, clientId, secret)).status).toBe(401);
});

test('its client id is locked after 5 failures only when that is switched on, and is unlocked by hand', async () => {
  const running = await startConsole();
  const { page, press, open, clientId, secret } = await addSecret(running);
  const path = page.path.replace(/\/secrets.*$/, '');
  const fail = async () => {
    for (let attempt = 0; attempt < 5; attempt++) await clientToken(running, clientId, 'wrong');
    return (await clientToken(running, clientId, secret)).status;
  };
  expect(await fail()).toBe(200);
  await press(await open(path), 'Switch Locking On');
  expect(await fail()).toBe(401);
  await press(await open(path), 'Unlock');
  expect((await clientToken(running, clientId, secret)).status).toBe(200);
});

test('its name and owner change, its e-mail and client id do not', async () => {
  const running = await startConsole();
  const { page, press } = await createDeployer(running);
  const before = factsOf(page);
  const saved = await press(page, 'Save', { displayName: 'Releaser', email: 'ora@acme.example' });
  expect([saved.status, saved.title]).toEqual([200, 'Releaser']);
  expect(factsOf(saved)).toMatchObject({ ...before, Owner: 'Olga Owner, ora@acme.example' });
  const refused = await press(saved, 'Save', { displayName: '' });
  expect([refused.status, refused.document.querySelector('[role=alert]') === null]).toEqual([400, false]);
  expect(factsOf(await press(saved, 'Deactivate'))).toMatchObject({ Status: 'inactive', 'E-Mail': before['E-Mail'] });
});

test('a deleted technical user is gone for good, and its secrets with it', async () => {
  const running = await startConsole();
  const { page, press, open, clientId, secret } = await addSecret(running);
  const path = page.path.replace(/\/secrets.*$/, '');
  const left = await press(await open(path), 'Delete');
  expect(left.path).toBe('/admin/technical-users?done=deleted');
  expect(left.text).not.toContain('Deployer');
  expect((await open(path)).status).toBe(404);
  expect((await clientToken(running, clientId, secret)).status).toBe(401);
});

test('a group with a policy lets it call SCIM, which the change log tells', async () => {
  const running = await startConsole();
  const { open, press, clientId, secret } = await addSecret(running);
  const { token } = await clientToken(running, clientId, secret);
  const authorization = `Bearer ${token}`;
  expect((await running.scim('GET', '/Users', undefined, { authorization })).status).toBe(403);
  const groups = await open('/admin/groups');
  const link = groups.document.querySelectorAll('tbody a').find((a) => a.text === 'users - READ_USERS');
  const added = await press(await open(link?.getAttribute('href') ?? ''), 'Add Member', { identifier: 'Deployer' });
  expect(added.text).toContain('Deployer');
  expect((await running.scim('GET', '/Users', undefined, { authorization })).status).toBe(200);
  expect((await running.scim('POST', '/Users', {}, { authorization })).status).toBe(403);
});

test('needs policy-based authorizations: without them even the administrator sees none', async () => {
  const running = await startConsole({ policyAuthorizations: false });
  const { page } = await running.enter('rosa', '/admin/technical-users');
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('MANAGE_TECHNICAL_USERS')]);
});

async function pem(days: number) {
  const keys = (await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=deployer, O=Acme',
    notBefore: new Date('2026-01-01'),
    notAfter: new Date(Date.UTC(2026, 10, 21) + days * DAY),
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  return certificate.toString('pem');
}

test('takes certificates as PEM, once, unless they have expired', async () => {
  const running = await startConsole();
  const browser = await createDeployer(running);
  const certificate = await pem(30);
  const page = await browser.press(browser.page, 'Add Certificate', { certificate });
  expect(page.text).toContain('CN=deployer');
  expect((await browser.press(page, 'Add Certificate', { certificate })).text).toContain(
    'attached to a client already',
  );
  expect((await browser.press(page, 'Add Certificate', { certificate: await pem(-1) })).text).toContain('has expired');
  expect((await browser.press(page, 'Add Certificate', { certificate: 'nonsense' })).text).toContain('no X.509');
});

test('a removed certificate no longer tells who calls, and can be attached again', async () => {
  const running = await startConsole();
  const browser = await createDeployer(running);
  const certificate = await pem(30);
  const page = await browser.press(browser.page, 'Add Certificate', { certificate });
  const call = async () => {
    const request = new Request(`https://${HOST}/scim/Users`);
    tellPeer(request, { certificates: [certificate] });
    return (await running.fetch(request)).status;
  };
  // Known, but without a policy.
  expect(await call()).toBe(403);
  const removed = await browser.press(page, 'Remove certificate CN=deployer, O=Acme');
  expect(removed.text).not.toContain('CN=deployer');
  expect(await call()).toBe(401);
  expect((await browser.press(removed, 'Add Certificate', { certificate })).text).toContain('CN=deployer');
});

test('a certificate is enough to call SCIM, for a technical user as for a system', async () => {
  const running = await startConsole();
  const certificate = await pem(30);
  const by = async (other?: string) => {
    const request = new Request(`https://${HOST}/scim/Users`);
    tellPeer(request, { certificates: [other ?? certificate] });
    return (await running.fetch(request)).status;
  };
  const browser = await createDeployer(running);
  const page = await browser.press(browser.page, 'Add Certificate', { certificate });
  expect(await by()).toBe(403);
  const groups = await browser.open('/admin/groups');
  const link = groups.document.querySelectorAll('tbody a').find((a) => a.text === 'users - READ_USERS');
  await browser.press(await browser.open(link?.getAttribute('href') ?? ''), 'Add Member', { identifier: 'Deployer' });
  expect(await by()).toBe(200);
  expect(await by(await pem(30))).toBe(401);
  await browser.press(await browser.open(page.path), 'Deactivate');
  expect(await by()).toBe(401);

  const system = await browser.press(await browser.open('/admin/administrators/systems/new'), 'Add', {
    name: 'CI',
    permission: ['Read Users'],
  });
  const own = await pem(30);
  await browser.press(system, 'Add Certificate', { certificate: own });
  expect(await by(own)).toBe(200);
  running.advance(31 * DAY);
  expect(await by(own)).toBe(401);
});

test('a certificate is generated with its key, as a file that the password opens, and is one of the client then', async () => {
  const running = await startConsole();
  const { page, cookies, press, open } = await createDeployer(running);
  const path = page.path.replace(/\?.*$/, '');
  expect((await press(page, 'Generate .p12 File', { commonName: 'deployer', filePassword: 'short' })).status).toBe(400);
  const token = page.document.querySelector('input[name=authenticity_token]')?.getAttribute('value') ?? '';
  const fields = { authenticity_token: token, commonName: 'deployer', filePassword: 'a-long-password' };
  const answer = await running.fetch(`https://${HOST}${path}/certificates/generate`, {
    method: 'POST',
    headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    body: new URLSearchParams(fields),
  });
  expect(answer.headers.get('content-type')).toBe('application/x-pkcs12');
  const pfx = Buffer.from(await answer.arrayBuffer());
  expect(() => createSecureContext({ pfx, passphrase: 'wrong' })).toThrow();
  const { context } = createSecureContext({ pfx, passphrase: 'a-long-password' });
  const certificate = new X509Certificate((context as unknown as { getCertificate(): Buffer }).getCertificate());
  const { text } = await open(path);
  expect(text).toContain('CN=deployer');
  // The file has the very certificate that is attached.
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const call = new Request(`https://${HOST}/oauth2/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: factsOf(page)['Client ID'] ?? '' }),
  });
  tellPeer(call, { certificates: [certificate.toString()] });
  expect((await running.fetch(call)).status).toBe(200);
});
