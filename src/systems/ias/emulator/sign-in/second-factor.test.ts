import { expect, test } from 'vitest';
import { MESSAGE_CODE_HEADER } from '../../wire.ts';
import { CALLBACK, HOUR, type Provider, startProvider } from '../oidc/provider.fixture.ts';
import { totpCode } from '../totp.ts';

const STEP = 30_000;
const twoFactor = { riskRules: { defaultAction: 'two-factor' } };
const codeOf = (provider: Provider, secret = provider.credential('TOTP')) => totpCode(secret, provider.now());
const withCode = (provider: Provider, code: string) =>
  provider.password({ password: provider.credential('JDOE') + code });

test('A17: the password grant needs the code behind the password, each code once', async () => {
  const provider = await startProvider({ app: twoFactor, user: { totp: 'TOTP' } });
  expect(await provider.password()).toMatchObject({
    status: 401,
    code: 'INVALID_AUTHORIZATION_HEADER_LENGTH',
    body: { error: 'invalid_grant' },
  });
  const code = codeOf(provider);
  expect((await withCode(provider, code)).status).toBe(200);
  expect(await withCode(provider, code)).toMatchObject({ status: 401, code: 'USED_OTP_CODE' });
  provider.advance(STEP);
  expect((await withCode(provider, codeOf(provider))).status).toBe(200);
  expect(await withCode(provider, '000000')).toMatchObject({ status: 401, code: 'INVALID_OTP_CODE' });
});

test('a code before a used one is as good as used', async () => {
  const provider = await startProvider({ app: twoFactor, user: { totp: 'TOTP' } });
  const old = codeOf(provider);
  provider.advance(STEP);
  expect((await withCode(provider, codeOf(provider))).status).toBe(200);
  expect((await withCode(provider, old)).code).toBe('USED_OTP_CODE');
});

test('a code does not save a wrong password, and is not spent by it', async () => {
  const provider = await startProvider({ app: twoFactor, user: { totp: 'TOTP' } });
  const code = codeOf(provider);
  expect(await provider.password({ password: `wrong${code}` })).toMatchObject({ status: 401, code: null });
  expect((await withCode(provider, code)).status).toBe(200);
});

test('five wrong codes lock the codes for an hour, and nothing but the codes', async () => {
  const provider = await startProvider({
    app: twoFactor,
    user: { totp: 'TOTP' },
    applications: [{ name: 'Plain' }],
  });
  for (let attempt = 0; attempt < 5; attempt++)
    expect((await withCode(provider, '000000')).code).toBe('INVALID_OTP_CODE');
  expect((await withCode(provider, codeOf(provider))).code).toBe('LOCKED_OTP_CODE');
  expect((await provider.password({}, { client: provider.client('Plain') })).status).toBe(200);
  provider.advance(HOUR);
  expect((await withCode(provider, codeOf(provider))).status).toBe(200);
});

test('who has no authenticator app cannot use the password grant where a code is needed', async () => {
  const provider = await startProvider({ app: twoFactor });
  expect((await provider.password()).code).toBe('INVALID_AUTHORIZATION_HEADER_LENGTH');
  expect((await withCode(provider, '123456')).code).toBe('INVALID_OTP_CODE');
});

test('rules need not count for programs', async () => {
  const provider = await startProvider({ app: twoFactor, switches: { 'ias.rbaAppliesToRopc': false } });
  expect((await provider.password()).status).toBe(200);
});

test('a user with enforceMfa needs a code everywhere', async () => {
  const provider = await startProvider({ user: { totp: 'TOTP', enforceMfa: true } });
  expect((await provider.password()).code).toBe('INVALID_AUTHORIZATION_HEADER_LENGTH');
  expect((await withCode(provider, codeOf(provider))).status).toBe(200);
});

test('the browser asks for a code, and tokens say so', async () => {
  const provider = await startProvider({ app: twoFactor, user: { totp: 'TOTP' } });
  const browser = provider.browser();
  const page = await browser.signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  expect(page.title).toBe('Two-Factor Authentication');
  const wrong = await browser.submit(page, { j_otpcode: '000000' });
  expect(wrong.text).toContain('The passcode is wrong.');
  const { url } = await browser.submit(wrong, { j_otpcode: codeOf(provider) });
  const code = url.searchParams.get('code') ?? '';
  const { body } = await provider.grant({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
  expect((await provider.introspect(body.access_token ?? '')).amr).toEqual(['pwd', 'otp']);
});

test('without a code a session enters what needs none, and asks only when it is needed', async () => {
  const provider = await startProvider({
    user: { totp: 'TOTP' },
    applications: [{ name: 'Strict', redirectUris: [CALLBACK], ...twoFactor }],
  });
  const browser = provider.browser();
  const { url } = await browser.signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  expect(url.searchParams.get('code')).toBeTruthy();
  const strict = { client_id: provider.client('Strict').id };
  expect((await browser.open(provider.authorizePath(strict))).title).toBe('Two-Factor Authentication');
  const silent = await browser.open(provider.authorizePath({ ...strict, prompt: 'none' }));
  expect(silent.url.searchParams.get('error')).toBe('login_required');
});

test('who has no authenticator app sets one up on the way', async () => {
  const provider = await startProvider({ app: twoFactor });
  const browser = provider.browser();
  const page = await browser.signIn(provider.authorizePath(), 'jdoe', provider.credential('JDOE'));
  expect(page.title).toBe('Set Up Authenticator App');
  const secret = /(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(page.text)?.[0].replaceAll(' ', '') ?? '';
  const { url } = await browser.submit(page, { j_otpcode: codeOf(provider, secret) });
  expect(url.searchParams.get('code')).toBeTruthy();
  provider.advance(STEP);
  expect((await withCode(provider, codeOf(provider, secret))).status).toBe(200);
});

test('the password service wants the code of whoever has an authenticator app', async () => {
  const provider = await startProvider({ user: { totp: 'TOTP' } });
  const password = provider.credential('JDOE');
  const probe = async (text: string) => (await provider.probe('jdoe', text)).code;
  expect(await probe(password)).toBe('INVALID_AUTHORIZATION_HEADER_LENGTH');
  expect(await probe(`${password}000000`)).toBe('INVALID_OTP_CODE');
  expect((await provider.probe('jdoe', password + codeOf(provider))).status).toBe(200);
  expect((await provider.probe('rosa', provider.credential('ROSA'))).status).toBe(200);
});

test('the OTP service checks a code for an application', async () => {
  const provider = await startProvider({ user: { totp: 'TOTP' } });
  const { id, secret } = provider.client();
  const check = async (userName: string, otpCode: string, authorization = provider.basic(id, secret)) => {
    const { status, headers } = await provider.send('/service/users/otp', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ userName, otpCode }),
    });
    return [status, headers.get(MESSAGE_CODE_HEADER)];
  };
  const code = codeOf(provider);
  expect(await check('jdoe', code, provider.basic(id, 'wrong'))).toEqual([401, 'BAD_CREDENTIALS']);
  expect(await check('nobody', code)).toEqual([401, 'BAD_CREDENTIALS']);
  expect(await check('jdoe', code)).toEqual([200, null]);
  expect(await check('jdoe', code)).toEqual([401, 'USED_OTP_CODE']);
  expect(await check('jdoe', '000000')).toEqual([401, 'INVALID_OTP_CODE']);
});
