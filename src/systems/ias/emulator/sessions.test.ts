import { expect, test } from 'vitest';
import { type Provider, startProvider } from './oidc/provider.fixture.ts';

const refresh = async (provider: Provider, token: string | undefined) =>
  (await provider.grant({ grant_type: 'refresh_token', refresh_token: token ?? '' })).status;

test('A28: the eleventh session ends the oldest, whether in the browser or of a program', async () => {
  const provider = await startProvider();
  const browser = provider.browser();
  await browser.signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  const tokens: (string | undefined)[] = [];
  for (let count = 0; count < 9; count++) {
    provider.advance(1000);
    tokens.push((await provider.password()).body.refresh_token);
  }
  expect((await browser.open(provider.authorizePath())).url.searchParams.get('code')).toBeTruthy();
  provider.advance(1000);
  await provider.password();
  expect((await browser.open(provider.authorizePath())).title).toBe('Sign in');
  provider.advance(1000);
  await provider.password();
  expect([await refresh(provider, tokens[0]), await refresh(provider, tokens[1])]).toEqual([400, 200]);
});

test('A28: or it is refused', async () => {
  const provider = await startProvider({ switches: { 'ias.eleventhSessionRefused': true } });
  for (let count = 0; count < 10; count++) expect((await provider.password()).status).toBe(200);
  expect(await provider.password()).toMatchObject({ status: 401, body: { error: 'invalid_grant' } });
  const page = await provider.browser().signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  expect(page.text).toContain('too many sessions');
});

test('sessions of other users do not count', async () => {
  const provider = await startProvider({ switches: { 'ias.eleventhSessionRefused': true } });
  for (let count = 0; count < 10; count++) await provider.password();
  expect((await provider.password({ username: 'rosa', password: provider.credential('ROSA') })).status).toBe(200);
});
