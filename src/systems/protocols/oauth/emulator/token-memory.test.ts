import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { createTokenMemory, isTimely, type KeyFinder, type PublicKey } from './token-memory.ts';

async function issuer(kid: string) {
  const pair = await generateKeyPair('RS256', { extractable: true });
  const key: PublicKey = { ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256' };
  const sign = (jti: string) =>
    new SignJWT({ jti, exp: 2 }).setProtectedHeader({ alg: 'RS256', kid }).sign(pair.privateKey);
  return { key, sign };
}

function memory() {
  const kept = createTokenMemory();
  let verified = 0;
  const verify = (token: string) => async (find: KeyFinder) => {
    verified++;
    return (await jwtVerify(token, find, { currentDate: new Date(0) })).payload;
  };
  return {
    /** Whether a token is good, and whether it was verified anew. */
    async look(token: string, keys: readonly PublicKey[], counts?: () => boolean) {
      const before = verified;
      const claims = await kept.claims(token, keys, verify(token), counts).catch(() => undefined);
      return { jti: claims?.jti, anew: verified > before };
    },
  };
}

test('a token is verified once, also when the list of keys is another one with the same keys', async () => {
  const { key, sign } = await issuer('a');
  const { look } = memory();
  const token = await sign('1');
  expect(await look(token, [key])).toEqual({ jti: '1', anew: true });
  expect(await look(token, [key])).toEqual({ jti: '1', anew: false });
});

test('when the keys change, all is verified anew, and a token whose key has gone is refused', async () => {
  const [old, next] = [await issuer('a'), await issuer('b')];
  const { look } = memory();
  const token = await old.sign('1');
  await look(token, [old.key]);
  expect(await look(token, [next.key, old.key])).toEqual({ jti: '1', anew: true });
  expect(await look(token, [next.key])).toEqual({ jti: undefined, anew: true });
});

test('a token that does not count any more is verified anew', async () => {
  const { key, sign } = await issuer('a');
  const { look } = memory();
  const token = await sign('1');
  await look(token, [key]);
  expect((await look(token, [key], () => false)).anew).toBe(true);
});

test('a token that is not good is looked at each time', async () => {
  const { key, sign } = await issuer('a');
  const { look } = memory();
  const forged = `${await sign('1')}x`;
  for (let time = 0; time < 2; time++) expect(await look(forged, [key])).toEqual({ jti: undefined, anew: true });
});

test('the oldest token is forgotten rather than more and more kept', async () => {
  const kept = createTokenMemory();
  let verified = 0;
  const look = (token: string) =>
    kept.claims(token, [], async () => {
      verified++;
      return {};
    });
  for (let one = 0; one <= 1000; one++) await look(String(one));
  verified = 0;
  await look('1000');
  await look('0');
  expect(verified).toBe(1);
});

test('a token is timely from nbf until before exp', () => {
  expect([0, 1000, 1999, 2000].map((now) => isTimely({ nbf: 1, exp: 2 }, now))).toEqual([false, true, true, false]);
  expect(isTimely({}, 0)).toBe(true);
});
