import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { LOGIN, passwordOf, postToken, startTestLandscape, UAA } from '../../testing/landscape.ts';
import { adminClient, callerOf, errorOf, invalidClient, unauthorized } from '../../testing/uaa.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describe('private_key_jwt', () => {
  async function start() {
    const emulators = await startTestLandscape({ cf: { uaaClients: [adminClient] } });
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const admin = await callerOf(emulators, adminClient);
    const created = await admin('POST', '/oauth/clients', {
      client_id: 'signer',
      client_secret: 'unused',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource'],
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'mine', alg: 'RS256' }] },
    });
    expect(created.status).toBe(201);
    const now = Math.floor(emulators.now() / 1000);
    const claims = { iss: 'signer', sub: 'signer', aud: `${UAA}/oauth/token`, jti: 'one', exp: now + 60 };
    const signed = (changed: JWTPayload = {}, key = privateKey) =>
      new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg: 'RS256', kid: 'mine' }).sign(key);
    const send = (client_assertion: string, fields: Record<string, string> = {}) =>
      emulators.fetch(`${UAA}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: ASSERTION_TYPE,
          client_assertion,
          ...fields,
        }),
      });
    return { emulators, signed, send, now };
  }

  test('proves a client with and without its id beside the assertion, and the token tells how', async () => {
    const { emulators, signed, send } = await start();
    expect((await send(await signed())).status).toBe(200);
    const response = await send(await signed(), { client_id: 'signer' });
    const { access_token } = (await response.json()) as { access_token: string };
    const seen = await emulators.fetch(`${UAA}/introspect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}` },
      body: new URLSearchParams({ token: access_token }),
    });
    expect(await seen.json()).toMatchObject({ active: true, client_auth_method: 'private_key_jwt' });
  });

  test('is refused with its reason', async () => {
    const { signed, send, now } = await start();
    const other = (await generateKeyPair('RS256')).privateKey;
    const refused = async (assertion: string, text: string, fields?: Record<string, string>) =>
      expect(await errorOf(await send(assertion, fields))).toEqual(invalidClient(text));
    await refused('nonsense', 'Bad client_assertion');
    await refused(await signed({ iss: 'other' }), 'Bad credentials');
    await refused(await signed({ jti: undefined } as JWTPayload), 'Bad credentials');
    await refused(await signed(), 'Wrong client_assertion', { client_id: 'admin' });
    await refused(await signed(), 'Bad client_assertion type', { client_assertion_type: 'other' });
    await refused(await signed({}, other), 'Unauthorized client_assertion');
    await refused(await signed({ aud: LOGIN }), 'Unauthorized client_assertion');
    await refused(await signed({ exp: now - 120 }), 'Unauthorized client_assertion');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await signed()).split('.')[1]}.`;
    await refused(none, 'Bad client_assertion algorithm');
  });
});

test('a public client needs no secret to redeem a code with PKCE or to refresh, and for nothing else', async () => {
  const open = { landscape: 'eu10-004', id: 'spa', secret: 'SPA', allowPublic: true, scopes: ['openid'] };
  const uaaClients = [{ ...open, grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'] }];
  const emulators = await startTestLandscape({ cf: { uaaClients } });
  const send = (fields: Record<string, string>) =>
    emulators.fetch(`${UAA}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'spa', ...fields }),
    });
  const code = { grant_type: 'authorization_code', code: 'x'.repeat(32), redirect_uri: 'https://a.example/' };
  expect(await errorOf(await send({ ...code, code_verifier: 'v'.repeat(43) }))).toMatchObject([
    400,
    { error: 'invalid_grant' },
  ]);
  expect(await errorOf(await send(code))).toEqual(invalidClient('Bad credentials'));
  expect(await errorOf(await send({ grant_type: 'refresh_token', refresh_token: 'x-r' }))).toMatchObject([
    401,
    { error: 'invalid_token' },
  ]);
  expect(await errorOf(await send({ grant_type: 'client_credentials' }))).toEqual(invalidClient('Bad credentials'));
});

test('credentials in the body count only in a form, and only without an Authorization header', async () => {
  const emulators = await startTestLandscape({ cf: { uaaClients: [adminClient] } });
  const secret = passwordOf(emulators, 'ADMIN');
  const credentials = { grant_type: 'client_credentials', client_id: 'admin', client_secret: secret };
  const missing = unauthorized('An Authentication object was not found in the SecurityContext');
  const json = await emulators.fetch(`${UAA}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  expect(await errorOf(json)).toEqual(missing);
  const inQuery = await emulators.fetch(`${UAA}/oauth/token?${new URLSearchParams(credentials)}`, { method: 'POST' });
  expect(await errorOf(inQuery)).toEqual(missing);
  expect(await errorOf(await postToken(emulators, credentials, { authorization: 'Bearer x' }))).toEqual(missing);
  const form = new URLSearchParams(credentials);
  expect((await emulators.fetch(`${UAA}/oauth/token`, { method: 'POST', body: form })).status).toBe(200);
});

test('a client without a secret cannot use one', async () => {
  const emulators = await startTestLandscape();
  const authorization = `Basic ${btoa('ssh-proxy:')}`;
  expect(await errorOf(await postToken(emulators, { grant_type: 'authorization_code' }, { authorization }))).toEqual(
    invalidClient('Missing credentials'),
  );
});
