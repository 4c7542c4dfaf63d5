import { expect, test } from 'vitest';
import { API, LOGIN, logInAt, ORIGIN, passwordOf, ROBOT, startTestLandscape } from './testing/landscape.ts';

// What `cf login -a … -u … -p … --origin … -o … -s …` of cf CLI 8 sends, request by request (cf CLI source).
test('cf login walks through: api, prompts, token, org, space', async () => {
  const emulators = await startTestLandscape();
  const admin = await logInAt(emulators, 'admin');
  await logInAt(emulators, 'robot');
  const org = (await admin.get('/v3/organizations?names=acme-dev')).body as { resources: { guid: string }[] };
  const space = (await admin.get('/v3/spaces?names=app')).body as { resources: { guid: string }[] };
  const user = { data: { username: ROBOT, origin: ORIGIN } };
  const at = (list: typeof org) => ({ data: { guid: list.resources[0]?.guid } });
  await admin.send('POST', '/v3/roles', { type: 'organization_user', relationships: { user, organization: at(org) } });
  await admin.send('POST', '/v3/roles', { type: 'space_developer', relationships: { user, space: at(space) } });

  const headers = { 'user-agent': 'cf/8.18.4+abc.2026-01-01 (go1.25; amd64 linux)', accept: 'application/json' };
  const json = async <T = unknown>(
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) => {
    const response = await emulators.fetch(url, { ...init, headers: { ...headers, ...init.headers } });
    expect([url, response.status]).toEqual([url, 200]);
    return (await response.json()) as T;
  };
  const root = await json(`${API}/`);
  expect(root).toMatchObject({ links: { login: { href: LOGIN } } });
  const { prompts } = await json<{ prompts: object }>(`${LOGIN}/login`);
  expect(Object.keys(prompts)).toEqual(['username', 'password', 'passcode']);
  const token = await json<{ access_token: string }>(
    `${LOGIN}/oauth/token?login_hint=%7B%22origin%22%3A%22${ORIGIN}%22%7D`,
    {
      method: 'POST',
      headers: { authorization: 'Basic Y2Y6', 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=password&password=${encodeURIComponent(passwordOf(emulators, 'ROBOT_PASSWORD'))}&username=${encodeURIComponent(ROBOT)}`,
    },
  );
  const bearer = { headers: { authorization: `bearer ${token.access_token}` } };
  const orgs = await json<typeof org>(`${API}/v3/organizations?names=acme-dev&per_page=1&page=1`, bearer);
  const guid = orgs.resources[0]?.guid;
  const spaces = await json(`${API}/v3/spaces?names=app&organization_guids=${guid}`, bearer);
  expect(spaces).toMatchObject({ resources: [{ name: 'app' }] });
  // Without -o and -s the CLI asks for all of them, sorted by name.
  expect(await json(`${API}/v3/organizations?order_by=name`, bearer)).toMatchObject({
    resources: [{ name: 'acme-dev' }],
  });
  expect(await json(`${API}/v3/spaces?order_by=name&organization_guids=${guid}`, bearer)).toMatchObject({
    resources: [{ name: 'app' }],
  });
});
