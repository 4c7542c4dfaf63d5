import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { passwordOf, postToken, startTestLandscape } from '../../testing/landscape.ts';
import { basicOf, errorOf, invalidClient, rootLogin, tokenOf, webClient } from '../../testing/uaa.ts';

test('a user token hands what a user may do to another client, as a refresh token that only that one can use', async () => {
  const receiver = { ...webClient, id: 'receiver', secret: 'RECEIVER' };
  const emulators = await startTestLandscape({ cf: { uaaClients: [webClient, receiver] } });
  const login = { grant_type: 'password', username: 'root', password: passwordOf(emulators, 'ROOT_PASSWORD') };
  const options = { authorization: basicOf(emulators, webClient), hint: '{"origin":"uaa"}' };
  const { access_token } = await tokenOf(await postToken(emulators, login, options));
  const fields = { grant_type: 'user_token', client_id: 'receiver', scope: 'openid' };
  const response = await postToken(emulators, fields, { authorization: `Bearer ${access_token}` });
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ access_token: null, token_type: 'bearer', scope: 'openid' });
  expect(body.jti).toBe(body.refresh_token);
  const refresh = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
  const used = await postToken(emulators, refresh, { authorization: basicOf(emulators, receiver) });
  expect(decodeJwt((await tokenOf(used)).access_token)).toMatchObject({ client_id: 'receiver', revocable: true });
  expect((await postToken(emulators, refresh, { authorization: options.authorization })).status).toBe(400);
  // The client `cf` may not hand anything over, and a client's secret is no user.
  const { access_token: other } = await tokenOf(await rootLogin(emulators));
  expect(await errorOf(await postToken(emulators, fields, { authorization: `Bearer ${other}` }))).toEqual(
    invalidClient('Unauthorized grant type'),
  );
  expect((await postToken(emulators, fields, { authorization: options.authorization })).status).toBe(401);
});
