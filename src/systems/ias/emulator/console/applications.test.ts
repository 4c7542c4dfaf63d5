import { expect, test } from 'vitest';
import { definitive, HOST, PASSWORD, robot } from '../tenant.fixture.ts';
import { startConsole } from './console.fixture.ts';

const MINUTE = 60_000;

async function openApplication() {
  const running = await startConsole();
  const { clientId, clientSecret } = running.application();
  await running.scim('POST', '/Users', robot({}, definitive));
  const browser = await running.enter('rosa', '/admin/applications');
  const path = browser.page.document.querySelector('tbody a')?.getAttribute('href') ?? '';
  const page = await browser.open(path);
  const grant = async (fields: Readonly<Record<string, string>>) => {
    const response = await running.fetch(`https://${HOST}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: running.basic(clientId, clientSecret) },
      body: new URLSearchParams(fields),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const logOn = () => grant({ grant_type: 'password', username: 'robot', password: PASSWORD });
  return { ...running, ...browser, path, page, grant, logOn };
}

const POLICY = {
  jwtValidity: '5',
  refreshValidity: '1',
  refreshParallel: '2',
  maxExchangePeriod: '86400',
  refreshTokenRotationScenario: 'off',
  accessTokenFormat: 'opaque',
};

test('a token policy counts for the tokens that come after it', async () => {
  const { path, page, submit, logOn, grant, advance } = await openApplication();
  expect((await logOn()).body).toMatchObject({ expires_in: 3600 });
  const saved = await submit(page, `${path}/tokens`, POLICY);
  expect(saved.path).toBe(`${path}?done=saved`);
  expect(saved.document.querySelector('input[name=jwtValidity]')?.getAttribute('value')).toBe('5');
  const { body } = await logOn();
  expect(body).toMatchObject({ expires_in: 300 });
  // Opaque: no JWT.
  expect(String(body.access_token)).not.toContain('.');
  advance(61 * MINUTE);
  const late = await grant({ grant_type: 'refresh_token', refresh_token: String(body.refresh_token) });
  expect([late.status, late.body.error]).toEqual([400, 'invalid_grant']);
});

test.for([
  ['jwtValidity', '0'],
  ['jwtValidity', '721'],
  ['refreshValidity', '4321'],
  ['refreshParallel', '11'],
  ['maxExchangePeriod', 'long'],
  ['refreshTokenRotationScenario', 'sometimes'],
  ['accessTokenFormat', 'paper'],
] as const)('a token policy with %s %s is refused with the reason, and changes nothing', async ([name, value]) => {
  const { path, page, submit, logOn } = await openApplication();
  const refused = await submit(page, `${path}/tokens`, { ...POLICY, [name]: value });
  expect(refused.status).toBe(400);
  expect(refused.document.querySelector('[role=alert]')?.text).toContain(`${name}: `);
  expect((await logOn()).body).toMatchObject({ expires_in: 3600 });
});

test('a grant type that is not allowed is refused to the application, until it is again', async () => {
  const { path, page, submit, logOn, grant } = await openApplication();
  expect((await logOn()).status).toBe(200);
  const saved = await submit(page, `${path}/grants`, { grant: ['client_credentials', 'nonsense'] });
  const chosen = saved.document.querySelectorAll('input[name=grant][checked]').map((box) => box.getAttribute('value'));
  expect(chosen).toEqual(['client_credentials']);
  const refused = await logOn();
  expect([refused.status, refused.body.error]).toEqual([400, 'unauthorized_client']);
  expect((await grant({ grant_type: 'client_credentials' })).status).toBe(200);
  await submit(saved, `${path}/grants`, { grant: ['password'] });
  expect((await logOn()).status).toBe(200);
});
