import { decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { createState } from '../../../emulation/state.ts';
import { createTokenVerifier } from './emulator/token-verifier.ts';
import { createTokenKeys, readTokenRequest } from './emulator.ts';

const form = (body: string, headers: Record<string, string> = {}, query = '') =>
  readTokenRequest(
    new Request(`https://uaa.example/oauth/token${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    }),
  );

test('reads the empty secret of the cf client from a Basic header', async () => {
  const { client } = await form('grant_type=password', { authorization: 'Basic Y2Y6' });
  expect(client).toEqual({ id: 'cf', secret: '', basic: true });
});

test('decodes Basic parts that a client percent-encoded', async () => {
  const header = `Basic ${Buffer.from('sb-x%21b1:a%2Bb').toString('base64')}`;
  expect((await form('', { authorization: header })).client).toMatchObject({ id: 'sb-x!b1', secret: 'a+b' });
});

test('lets the query win over the form, as a servlet does for Piper', async () => {
  const { params } = await form('grant_type=password&username=x', {}, '?grant_type=client_credentials');
  expect(params.get('grant_type')).toBe('client_credentials');
});

test('notices a client id in the body that is not the one of the header', async () => {
  expect((await form('client_id=other', { authorization: 'Basic Y2Y6' })).contradictingClient).toBe(true);
});

test('signs with the active key and keeps listing the old one after a rotation', async () => {
  const keys = createTokenKeys({ state: createState(), aside: (work) => work() }, 'uaa/test');
  const before = await keys.sign({ sub: 'x' });
  await keys.rotate();
  const after = await keys.sign({ sub: 'x' });
  const kids = (await keys.list()).map((key) => key.kid);
  expect(kids).toEqual([decodeProtectedHeader(after).kid, decodeProtectedHeader(before).kid]);
});

test('a token that was verified before is refused when it has expired, and when its issuer has other keys', async () => {
  const issuer = (name: string) => createTokenKeys({ state: createState(), aside: (work) => work() }, name);
  let keys = issuer('first');
  let now = 1_000_000;
  const verify = createTokenVerifier({
    now: () => now,
    fetch: async () => Response.json({ keys: await keys.list() }),
  });
  const token = await keys.sign({ sub: 'x', exp: 1060 });
  expect(await verify(token, 'https://keys')).toMatchObject({ sub: 'x' });
  expect(await verify(token, 'https://keys')).toMatchObject({ sub: 'x' });
  now = 1_060_000;
  await expect(verify(token, 'https://keys')).rejects.toThrow('exp');
  now = 1_000_000;
  keys = issuer('second');
  // Whoever shows a token of the new issuer makes the verifier see its keys.
  await verify(await keys.sign({ sub: 'y' }), 'https://keys');
  await expect(verify(token, 'https://keys')).rejects.toThrow('signature');
});
