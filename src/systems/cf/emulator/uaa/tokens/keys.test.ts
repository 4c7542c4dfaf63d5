import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { openLandscapes } from '../../landscapes.ts';
import { startTestLandscape, UAA } from '../../testing/landscape.ts';
import { robotLogin, tokenOf } from '../../testing/uaa.ts';

const DAY = 86_400_000;

test('a new key takes over when the time is there; tokens of the old one stay good', async () => {
  const emulators = await startTestLandscape();
  const landscapes = openLandscapes(emulators.state);
  const landscape = landscapes.get('eu10-004');
  if (!landscape) throw new Error('no landscape');
  landscapes.set('eu10-004', { ...landscape, tokenKeyDays: 90, accessTokenValidity: 43_200 });
  const keys = async () => {
    const response = await emulators.fetch(`${UAA}/token_keys`);
    return { etag: response.headers.get('etag'), set: (await response.json()) as JSONWebKeySet };
  };
  const ifNew = (path: string, etag: string | null) =>
    emulators.fetch(`${UAA}${path}`, { headers: { 'if-none-match': etag ?? '' } });

  const before = await keys();
  expect(before.etag).toBe(`"${Date.UTC(2026, 10, 21)}"`);
  expect((await ifNew('/token_keys', before.etag)).status).toBe(304);
  expect((await ifNew('/token_key', before.etag)).status).toBe(304);
  const old = await tokenOf(await robotLogin(emulators));

  emulators.advance(90 * DAY);
  const after = await keys();
  expect(after.etag).not.toBe(before.etag);
  expect((await ifNew('/token_keys', before.etag)).status).toBe(200);
  expect(after.set.keys.map((key) => key.kid)).toEqual(['key-2', 'key-1']);
  const fresh = await tokenOf(await robotLogin(emulators));
  expect(decodeProtectedHeader(fresh.access_token).kid).toBe('key-2');
  const active = (await (await emulators.fetch(`${UAA}/token_key`)).json()) as { kid: string; value: string };
  expect(active).toMatchObject({ kid: 'key-2', kty: 'RSA', use: 'sig', alg: 'RS256' });
  expect(active.value).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  const known = createLocalJWKSet(after.set);
  for (const { access_token } of [old, fresh]) {
    await expect(
      jwtVerify(access_token, known, { currentDate: new Date(Date.UTC(2026, 10, 21)) }),
    ).resolves.toBeDefined();
  }
});
