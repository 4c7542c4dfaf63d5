import { Hono } from 'hono';
import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { mount } from '../../../../emulation/mount.ts';
import { iasEmulator } from '../index.ts';
import { HOUR, ISSUER, type Provider, startProvider } from './provider.fixture.ts';

const CREDENTIALS = { grant_type: 'client_credentials' };
const anonymous = { client: undefined };

test('the secret may come in the header, raw or encoded, in the body, or in both', async () => {
  const provider = await startProvider();
  const { id, secret } = provider.client();
  const header = (name: string, text: string) => ({
    headers: { authorization: provider.basic(name, text) },
    ...anonymous,
  });
  const encoded = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
  const inBody = { ...CREDENTIALS, client_id: id, client_secret: secret };
  const statuses = [
    await provider.grant(CREDENTIALS, header(id, secret)),
    await provider.grant(CREDENTIALS, header(encoded(id), encoded(secret))),
    await provider.grant(inBody, anonymous),
    await provider.grant(inBody, header(id, secret)),
    await provider.grant({ ...inBody, client_id: 'another' }, header(id, secret)),
    await provider.grant({ ...CREDENTIALS, client_id: id }, anonymous),
    await provider.grant(CREDENTIALS, anonymous),
  ].map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 200, 200, 401, 401, 401]);
});

test('a secret with signs that encoding changes works raw and encoded', async () => {
  const provider = await startProvider();
  const applications = provider.state.collection<{ clientSecret: string }>('ias/applications');
  const key = [...applications.keys()].find((one) => one.endsWith(provider.client().id)) ?? '';
  const secret = 'a+b%20c/d=:e';
  const application = applications.get(key);
  if (!application) throw new Error('no application');
  applications.set(key, { ...application, clientSecret: secret });
  const { id } = provider.client();
  for (const text of [secret, encodeURIComponent(secret)]) {
    expect((await provider.grant(CREDENTIALS, { client: { id, secret: text } })).status).toBe(200);
  }
  expect((await provider.grant({ ...CREDENTIALS, client_id: id, client_secret: secret }, anonymous)).status).toBe(200);
});

test('a refusal is told in the body, without a challenge that would hide it from clients', async () => {
  const provider = await startProvider();
  const refused = await provider.grant(CREDENTIALS, { client: { id: provider.client().id, secret: 'wrong' } });
  expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  expect(refused.headers.get('www-authenticate')).toBeNull();
});

test('five wrong secrets lock the client id for an hour', async () => {
  const provider = await startProvider();
  const wrong = { client: { id: provider.client().id, secret: 'wrong' } };
  for (let attempt = 0; attempt < 5; attempt++) await provider.grant(CREDENTIALS, wrong);
  expect((await provider.grant(CREDENTIALS)).status).toBe(401);
  provider.advance(HOUR);
  expect((await provider.grant(CREDENTIALS)).status).toBe(200);
});

test('a client certificate is as good as a secret, and binds the token', async () => {
  const provider = await startProvider({
    app: { certificate: { certificate: 'APP_CERT', key: 'APP_KEY' } },
    applications: [{ name: 'Other', certificate: { certificate: 'OTHER_CERT', key: 'OTHER_KEY' } }],
  });
  const by = (name: string) => ({ peer: { certificates: [provider.credential(name)] }, ...anonymous });
  const fields = { ...CREDENTIALS, client_id: provider.client().id };
  const { status, body } = await provider.grant(fields, by('APP_CERT'));
  expect(status).toBe(200);
  expect(decodeJwt(body.access_token ?? '').cnf).toEqual({ 'x5t#S256': expect.stringMatching(/^[\w-]{43}$/) });
  expect((await provider.grant(fields, by('OTHER_CERT'))).status).toBe(401);
  provider.advance(366 * 24 * HOUR);
  expect((await provider.grant(fields, by('APP_CERT'))).status).toBe(401);
});

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const JWKS_URI = 'https://keys.partner.example/jwks';

/** A party of its own that publishes keys and signs. */
async function partner() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const emulator: EmulatorDefinition = {
    id: 'partner',
    create() {
      const app = new Hono().get('/jwks', (c) => c.json({ keys: [jwk] }));
      const { host } = new URL(JWKS_URI);
      return { mounts: [mount(host, () => [host], app as never)], async seed() {} };
    },
  };
  const sign = (claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey);
  return { emulator, sign };
}

async function withAssertions(app: object) {
  const { emulator, sign } = await partner();
  const provider = await startProvider({ app, emulators: [iasEmulator, emulator] });
  const now = Math.floor(provider.now() / 1000);
  const ask = async (claims: JWTPayload, fields: Record<string, string> = {}) => {
    const assertion = await sign({ aud: ISSUER, exp: now + 60, ...claims });
    const sent = { ...CREDENTIALS, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion, ...fields };
    return (await provider.grant(sent, anonymous)).status;
  };
  return { provider, now, ask, id: provider.client().id };
}

test('trust by URI: a client signs for itself, for this tenant, once', async () => {
  const { ask, id, now } = await withAssertions({ assertionTrusts: [{ jwksUri: JWKS_URI }] });
  const own = { iss: id, sub: id };
  expect(await ask({ ...own, jti: '1' })).toBe(200);
  expect(await ask({ ...own, jti: '1' })).toBe(401);
  expect(await ask({ ...own, jti: '2', aud: `${ISSUER}/oauth2/token` })).toBe(200);
  expect(await ask({ ...own, aud: 'https://other.example' })).toBe(401);
  expect(await ask({ ...own, exp: now - 1 })).toBe(401);
  expect(await ask({ ...own, exp: now + 7 * 86_400 })).toBe(401);
  expect(await ask({ iss: 'other', sub: id })).toBe(401);
  expect(await ask(own, { client_id: 'other' })).toBe(401);
});

test('trust by issuer: the client is named, the subject is the configured one', async () => {
  const trust = { issuer: 'https://partner.example', subject: 'robot', audience: 'acme', jwksUri: JWKS_URI };
  const { ask, id } = await withAssertions({ assertionTrusts: [trust] });
  const claims = { iss: trust.issuer, sub: 'robot' };
  expect(await ask(claims, { client_id: id })).toBe(200);
  expect(await ask({ ...claims, aud: 'acme' }, { client_id: id })).toBe(200);
  expect(await ask(claims)).toBe(401);
  expect(await ask({ ...claims, sub: 'somebody' }, { client_id: id })).toBe(401);
});

test.each([
  ['another type', { client_assertion_type: 'saml', client_assertion: 'x.y.z' }],
  ['no type', { client_assertion: 'x.y.z' }],
  ['no assertion', { client_assertion_type: ASSERTION_TYPE }],
  ['nonsense', { client_assertion_type: ASSERTION_TYPE, client_assertion: 'nonsense' }],
])('refuses an assertion of %s', async (_name, fields) => {
  const provider: Provider = await startProvider();
  expect((await provider.grant({ ...CREDENTIALS, ...fields }, anonymous)).status).toBe(401);
});

test('a grant type that the application does not allow is refused to it', async () => {
  const provider = await startProvider({ app: { grantTypes: ['authorization_code'] } });
  expect(await provider.password()).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
});

test('A37: a system has client credentials, and no other grant', async () => {
  const provider = await startProvider();
  const client = { id: provider.credential('IAS_ID'), secret: provider.credential('IAS_SECRET') };
  expect((await provider.grant(CREDENTIALS, { client })).status).toBe(200);
  expect((await provider.password({}, { client })).body.error).toBe('unauthorized_client');
});
