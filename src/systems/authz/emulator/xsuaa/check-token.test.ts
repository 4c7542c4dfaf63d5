import { expect, test } from 'vitest';
import { APP, DEV, NORA, startAuthz, tokensOf } from '../../../../../test/fixtures/authz.ts';

const client = { authorization: `Basic ${Buffer.from(`${APP.clientId}:${APP.clientSecret}`).toString('base64')}` };

test.for(['GET', 'POST'])('a client checks a token and its scopes with %s', async (method) => {
  const landscape = await startAuthz();
  const { access_token: token } = await tokensOf(await landscape.logOn());
  const check = async (
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = client,
  ) => {
    const form = new URLSearchParams(fields);
    const url = method === 'GET' ? `${DEV}/check_token?${form}` : `${DEV}/check_token`;
    const response = await landscape.fetch(url, { method, headers, ...(method === 'GET' ? {} : { body: form }) });
    return { status: response.status, body: await response.json() };
  };
  expect(await check({ token })).toMatchObject({ status: 200, body: { user_name: NORA.email, cid: APP.clientId } });
  expect((await check({ token, scopes: 'openid' })).status).toBe(200);
  expect(await check({ token, scopes: 'openid,other.Scope' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_scope' },
  });
  expect(await check({ token: 'nonsense' })).toMatchObject({ status: 400, body: { error: 'invalid_token' } });
  expect(await check({})).toMatchObject({ status: 400, body: { error: 'invalid_token' } });
  expect((await check({ token }, {})).status).toBe(401);
});
