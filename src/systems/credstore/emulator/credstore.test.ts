import { CompactEncrypt, compactDecrypt, importPKCS8, importSPKI } from 'jose';
import { expect, test } from 'vitest';
import { startEmulators } from '../../../emulation/compose.ts';
import { credstoreEmulator } from './index.ts';

async function start() {
  const emulators = await startEmulators({
    emulators: [credstoreEmulator],
    seed: { credentialStore: { instances: [{ credential: 'CREDSTORE_KEY' }] } },
  });
  const binding = JSON.parse(emulators.credentials.get('CREDSTORE_KEY') ?? '') as {
    url: string;
    username: string;
    password: string;
    encryption: { client_private_key: string; server_public_key: string };
  };
  const pem = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----`;
  const server = await importSPKI(pem('PUBLIC KEY', binding.encryption.server_public_key), 'RSA-OAEP-256');
  const client = await importPKCS8(pem('PRIVATE KEY', binding.encryption.client_private_key), 'RSA-OAEP-256');
  const seconds = () => Math.floor(emulators.now() / 1000);
  const seal = (body: object, header: object = { iat: seconds() }) =>
    new CompactEncrypt(new TextEncoder().encode(JSON.stringify(body)))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', ...header })
      .encrypt(server);
  const call = (method: string, query: string, namespace: string, body?: string, type = 'application/jose') =>
    emulators.fetch(`${binding.url}/password${query}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${binding.username}:${binding.password}`).toString('base64')}`,
        'sapcp-credstore-namespace': namespace,
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body }),
    });
  const read = async (response: Response) =>
    JSON.parse(new TextDecoder().decode((await compactDecrypt(await response.text(), client)).plaintext)) as unknown;
  return { ...emulators, binding, call, seal, read, seconds };
}

test('keeps a password, gives it back encrypted for the client, and forgets it', async () => {
  const { call, seal, read } = await start();
  const written = await call('POST', '', 'app', await seal({ name: 'p', value: 's1', username: 'u', metadata: 'm' }));
  expect(written.status).toBe(201);
  expect(await read(await call('GET', '?name=p', 'app'))).toMatchObject({
    name: 'p',
    value: 's1',
    username: 'u',
    metadata: 'm',
  });
  expect((await call('POST', '', 'app', await seal({ name: 'p', value: 's2' }))).status).toBe(200);
  expect(await read(await call('GET', '?name=p', 'app'))).toMatchObject({ value: 's2' });
  expect((await call('DELETE', '?name=p', 'app')).status).toBe(204);
  expect((await call('GET', '?name=p', 'app')).status).toBe(404);
});

test('a name belongs to its namespace', async () => {
  const { call, seal } = await start();
  await call('POST', '', 'app', await seal({ name: 'p', value: 's1' }));
  expect((await call('GET', '?name=p', 'other')).status).toBe(404);
  expect((await call('GET', '?name=p', '')).status).toBe(400);
});

test('refuses what is not encrypted as it demands', async () => {
  const { call, seal, seconds, fetch, binding } = await start();
  const body = { name: 'p', value: 's1' };
  expect((await call('POST', '', 'app', JSON.stringify(body), 'application/json')).status).toBe(400);
  expect((await call('POST', '', 'app', await seal(body, {}))).status).toBe(400);
  expect((await call('POST', '', 'app', await seal(body, { iat: seconds() - 121 }))).status).toBe(400);
  expect((await call('POST', '', 'app', 'a.b.c.d.e')).status).toBe(400);
  expect((await fetch(`${binding.url}/password?name=p`)).status).toBe(401);
});
