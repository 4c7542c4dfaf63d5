import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Emulators } from '../../../../../emulation/compose.ts';
import { hostOf } from '../../landscapes.ts';
import { LOGIN, passwordOf, postToken, ROBOT, startTestLandscape, UAA } from '../../testing/landscape.ts';
import { errorOf, robotLogin, tokenOf } from '../../testing/uaa.ts';
import { murmur3, revocationSignature } from '../clients/hashes.ts';

describe('a refresh', () => {
  const refresh = (emulators: Emulators, refresh_token: string, more: Record<string, string> = {}) =>
    postToken(emulators, { grant_type: 'refresh_token', refresh_token, ...more });

  test('keeps the refresh token, the original grant and the time of the login', async () => {
    const emulators = await startTestLandscape();
    const first = await tokenOf(await robotLogin(emulators));
    emulators.advance(1_100_000);
    const second = await tokenOf(await refresh(emulators, first.refresh_token));
    expect(second.refresh_token).toBe(first.refresh_token);
    const [before, after] = [decodeJwt(first.access_token), decodeJwt(second.access_token)];
    expect(after).toMatchObject({ grant_type: 'password', auth_time: before.auth_time });
    expect(Number(after.exp)).toBe(Number(before.exp) + 1100);
  });

  test('works as the cf CLI sends it: client in the body with an empty secret', async () => {
    const emulators = await startTestLandscape();
    const { refresh_token } = await tokenOf(await robotLogin(emulators));
    const body = new URLSearchParams({
      client_id: 'cf',
      client_secret: '',
      grant_type: 'refresh_token',
      refresh_token,
    });
    expect((await emulators.fetch(`${UAA}/oauth/token`, { method: 'POST', body })).status).toBe(200);
  });

  test('ends thirty days after the login, however often it was used', async () => {
    const emulators = await startTestLandscape();
    const { refresh_token } = await tokenOf(await robotLogin(emulators));
    emulators.advance(29 * 86_400_000);
    expect((await refresh(emulators, refresh_token)).status).toBe(200);
    emulators.advance(86_400_000);
    expect((await refresh(emulators, refresh_token)).status).toBe(401);
  });

  test('is refused with an access token, another client, or more scope', async () => {
    const uaaClients = [
      { landscape: 'eu10-004', id: 'ci', secret: 'CI_SECRET', grantTypes: ['refresh_token'], scopes: ['openid'] },
    ];
    const emulators = await startTestLandscape({ cf: { uaaClients } });
    const { access_token, refresh_token } = await tokenOf(await robotLogin(emulators));
    expect(await errorOf(await refresh(emulators, access_token))).toEqual([
      401,
      { error: 'invalid_token', error_description: 'Invalid refresh token.' },
    ]);
    const authorization = `Basic ${btoa(`ci:${passwordOf(emulators, 'CI_SECRET')}`)}`;
    const other = await postToken(emulators, { grant_type: 'refresh_token', refresh_token }, { authorization });
    expect(await errorOf(other)).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Wrong client for this refresh token: cf' },
    ]);
    const more = await refresh(emulators, refresh_token, { scope: 'openid scim.read' });
    expect(await errorOf(more)).toMatchObject([400, { error: 'invalid_scope' }]);
  });
});

test('serves the documents that clients ask for before they log in', async () => {
  const emulators = await startTestLandscape();
  const json = { headers: { accept: 'application/json' } };
  expect(await (await emulators.fetch(`${LOGIN}/login`, json)).json()).toMatchObject({
    app: { version: '77.20.0' },
    prompts: {
      username: ['text', 'Email'],
      password: ['password', 'Password'],
      passcode: ['password', expect.any(String)],
    },
    defaultIdpName: 'sap.ids',
  });
  expect(await (await emulators.fetch(`${UAA}/info`)).json()).toMatchObject({ links: { login: LOGIN, uaa: UAA } });
  expect(await (await emulators.fetch(`${LOGIN}/.well-known/openid-configuration`)).json()).toMatchObject({
    issuer: `${UAA}/oauth/token`,
    token_endpoint: `${LOGIN}/oauth/token`,
  });
  // Whoever wants neither JSON nor a page gets nothing.
  expect((await emulators.fetch(`${LOGIN}/login`, { headers: { accept: 'image/png' } })).status).toBe(406);
});

test('tells who a token belongs to, and inspects tokens for clients that may', async () => {
  const uaaClients = [
    {
      landscape: 'eu10-004',
      id: 'rs',
      secret: 'RS',
      grantTypes: ['client_credentials'],
      authorities: ['uaa.resource'],
    },
  ];
  const emulators = await startTestLandscape({ cf: { uaaClients } });
  const { access_token: token } = await tokenOf(await robotLogin(emulators));
  const userinfo = await emulators.fetch(`${UAA}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  expect(await userinfo.json()).toMatchObject({ user_name: ROBOT, email: ROBOT, email_verified: true });
  const inspect = (path: string, client: string, text: string) =>
    emulators.fetch(`${UAA}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(client)}` },
      body: new URLSearchParams({ token: text }),
    });
  const rs = `rs:${passwordOf(emulators, 'RS')}`;
  expect(await (await inspect('/check_token', rs, token)).json()).toMatchObject({ user_name: ROBOT });
  expect(await (await inspect('/introspect', rs, token)).json()).toMatchObject({ active: true });
  expect(await (await inspect('/introspect', rs, 'x')).json()).toEqual({ active: false, revocable: false });
  expect((await inspect('/check_token', 'cf:', token)).status).toBe(403);
  emulators.advance(1_201_000);
  expect(await errorOf(await inspect('/check_token', rs, token))).toEqual([
    400,
    { error: 'invalid_token', error_description: 'Token has expired' },
  ]);
});

test('signs revocations with Murmur3 as UAA does', () => {
  // Reference values of MurmurHash3_x86_32.
  expect(murmur3(Buffer.from('hello'), 0)).toBe(0x248bfa47);
  expect(murmur3(Buffer.from('hello, world'), 0)).toBe(0x149bbb7f);
  expect(murmur3(Buffer.from(''), 1)).toBe(0x514e28b7);
  expect(revocationSignature(['cf', undefined, 'x'])).toBe(revocationSignature(['cf', 'x']));
  expect(revocationSignature(['cf', 'x'])).not.toBe(revocationSignature(['cf', 'y']));
});

test('serves the hosts of its landscapes only', async () => {
  const emulators = await startTestLandscape();
  await expect(emulators.fetch(`https://${hostOf('uaa', 'us20')}/info`)).rejects.toThrow('fetch failed');
});
