import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import type { Context } from '../../../kernel/context.ts';
import { lookIn } from '../testing/acts.ts';
import { AT, contextOn } from '../testing/context.ts';
import { json } from '../testing/double.ts';

const URL_OF_STORE = 'https://credstore.cfapps.eu10.hana.ondemand.com/api/v1/credentials';
const TOKEN_URL = 'https://credstoreauth.cfapps.eu10.hana.ondemand.com/api/v1/token';
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;

interface Seen {
  readonly url: string;
  readonly headers: Headers;
  readonly form: URLSearchParams;
  readonly certificate: string | undefined;
}

/** The store without payload encryption: every call is kept. */
async function look(binding: object) {
  const seen: Seen[] = [];
  const fetch: Context['fetch'] = async (input, init) => {
    const request = new Request(input, init);
    const form = new URLSearchParams(await request.text());
    seen.push({ url: request.url, headers: request.headers, form, certificate: init?.tls?.cert });
    if (request.url === TOKEN_URL) return json(200, { access_token: 't-1', token_type: 'bearer', expires_in: 1800 });
    return json(200, { name: 'robot', value: 's1' });
  };
  const ctx = await contextOn({
    fetch,
    connections: { credentialStore: { main: 'env:KEY' } },
    secrets: { KEY: JSON.stringify({ url: URL_OF_STORE, username: 'binding.0.x=', ...binding }) },
    target: { to: 'credentialStore', namespace: 'app', name: 'robot' },
  });
  const held = await lookIn(ctx).catch((error: unknown) => error);
  return { held, seen };
}

test('a key of the type mtls shows its certificate', async () => {
  const { held, seen } = await look({ certificate: 'CERT', key });
  expect(held).toMatchObject({ is: 'readable' });
  expect(seen).toMatchObject([{ url: `${URL_OF_STORE}/password?name=robot`, certificate: 'CERT' }]);
  expect(seen[0]?.headers.get('sapcp-credstore-namespace')).toBe('app');
});

test('a key of the type oauth:mtls gets a token for its namespace with its certificate', async () => {
  const { held, seen } = await look({ certificate: 'CERT', key, oauth_token_url: TOKEN_URL });
  expect(held).toMatchObject({ is: 'readable' });
  const [token, read] = seen;
  expect(token).toMatchObject({ url: TOKEN_URL, certificate: 'CERT' });
  expect(Object.fromEntries(token?.form ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'binding.0.x=',
    credstore_namespace: 'app',
  });
  expect(read?.certificate).toBeUndefined();
  expect(read?.headers.get('authorization')).toBe('Bearer t-1');
});

test('a key of the type oauth:key gets one with a JWT that it signs for the namespace', async () => {
  const { held, seen } = await look({ key, oauth_token_url: TOKEN_URL });
  expect(held).toMatchObject({ is: 'readable' });
  const { client_assertion = '', ...form } = Object.fromEntries(seen[0]?.form ?? []);
  expect(form).toEqual({
    grant_type: 'client_credentials',
    client_id: 'binding.0.x=',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });
  const { payload } = await jwtVerify(client_assertion, pair.publicKey, { currentDate: new Date(AT) });
  expect(payload).toEqual({
    aud: TOKEN_URL,
    iss: 'binding.0.x=',
    nsp: 'app',
    iat: AT / 1000,
    jti: expect.any(String),
  });
});

test('a key that can not sign is told without what is in it', async () => {
  const { held } = await look({ key: 'hush-hush', oauth_token_url: TOKEN_URL });
  expect(held).toMatchObject({ code: 'ERR_CONFIG_CONNECTION' });
  expect(JSON.stringify(held, Object.getOwnPropertyNames(held))).not.toContain('hush');
});
