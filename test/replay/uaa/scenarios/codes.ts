import type { Scenario, Step } from '../../scenarios/step.ts';
import { asAdmin, client, get, logIn, tokenOf, user } from './steps.ts';

const CALLBACK = 'https://web.example/callback';
const VERIFIER = 'abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789';
/** Of the verifier, by S256. */
const CHALLENGE = '-21QWlbCR8tf6W7snJvvlpPeSZHortS13y9PAx-T7mM';
const authorize = (query: Readonly<Record<string, string>>, more: Partial<Step> = {}): Step => ({
  method: 'GET',
  path: `/oauth/authorize?${Object.entries(query)
    .map(([key, value]) => `${key}=${value.startsWith('{') ? value : encodeURIComponent(value)}`)
    .join('&')}`,
  bearer: '{user}',
  ...more,
});
const code = (query: Readonly<Record<string, string>> = {}, as = 'code') =>
  authorize(
    { response_type: 'code', client_id: 'locum-web', redirect_uri: CALLBACK, ...query },
    { keep: { [as]: 'location:code' } },
  );
const redeem = (form: Readonly<Record<string, string>>, id = 'locum-web') =>
  tokenOf(id, { grant_type: 'authorization_code', redirect_uri: CALLBACK, ...form });
const web = {
  authorized_grant_types: ['authorization_code', 'refresh_token'],
  scope: ['openid', 'uaa.user', 'cloud_controller.read'],
  redirect_uri: [CALLBACK],
  autoapprove: true,
};

/** Authorization codes for a program that has a token (`cf ssh-code`), and what they are redeemed for. */
export const codes: Scenario = {
  name: 'codes',
  steps: [
    asAdmin,
    user('locum-one', 'one'),
    client('locum-web', web),
    client('locum-other', web),
    client('locum-public', { ...web, allowpublic: true }),
    client('locum-asks', { ...web, autoapprove: [] }),
    logIn('locum-one', 'user'),
    {
      says: 'cf ssh-code',
      ...authorize({ response_type: 'code', client_id: 'ssh-proxy', grant_type: 'authorization_code' }),
    },
    code({ state: 's 1' }),
    redeem({ code: '{code}' }),
    redeem({ code: '{code}' }),
    redeem({ code: 'x' }),
    redeem({ code: '' }),
    redeem({}),
    code({}, 'one-code'),
    redeem({ code: '{one-code}', redirect_uri: 'https://web.example/other' }),
    redeem({ code: '{one-code}' }),
    code({}, 'two-code'),
    tokenOf('locum-web', { grant_type: 'authorization_code', code: '{two-code}' }),
    code({}, 'three-code'),
    redeem({ code: '{three-code}' }, 'locum-other'),
    code({ scope: 'openid', nonce: 'n-1' }, 'four-code'),
    redeem({ code: '{four-code}', token_format: 'opaque' }),
    code({ code_challenge: VERIFIER, code_challenge_method: 'plain' }, 'five-code'),
    redeem({ code: '{five-code}', code_verifier: VERIFIER }),
    code({ code_challenge: VERIFIER, code_challenge_method: 'plain' }, 'six-code'),
    redeem({ code: '{six-code}', code_verifier: `${VERIFIER}x` }),
    redeem({ code: '{six-code}', code_verifier: VERIFIER }),
    code({ code_challenge: VERIFIER }, 'seven-code'),
    redeem({ code: '{seven-code}' }),
    code({ code_challenge: CHALLENGE, code_challenge_method: 'S256' }, 'eight-code'),
    redeem({ code: '{eight-code}', code_verifier: VERIFIER }),
    code({}, 'nine-code'),
    redeem({ code: '{nine-code}', code_verifier: VERIFIER }),
    code({}, 'ten-code'),
    redeem({ code: '{ten-code}', code_verifier: 'short' }),
    authorize({ response_type: 'code', client_id: 'locum-web', redirect_uri: CALLBACK, code_challenge: 'short' }),
    authorize({
      response_type: 'code',
      client_id: 'locum-web',
      redirect_uri: CALLBACK,
      code_challenge: VERIFIER,
      code_challenge_method: 'md5',
    }),
    authorize(
      {
        response_type: 'code',
        client_id: 'locum-public',
        redirect_uri: CALLBACK,
        code_challenge: VERIFIER,
        code_challenge_method: 'plain',
      },
      { keep: { 'public-code': 'location:code' } },
    ),
    {
      method: 'POST',
      path: '/oauth/token',
      form: {
        grant_type: 'authorization_code',
        client_id: 'locum-public',
        code: '{public-code}',
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
      },
    },
    {
      method: 'POST',
      path: '/oauth/token',
      form: { grant_type: 'authorization_code', client_id: 'locum-public', code: 'x', redirect_uri: CALLBACK },
    },
    authorize({ response_type: 'code', client_id: 'nobody', redirect_uri: CALLBACK }),
    authorize({ response_type: 'code', redirect_uri: CALLBACK }),
    authorize({ response_type: 'code', client_id: 'locum-web', redirect_uri: 'https://evil.example/' }),
    authorize({ response_type: 'code', client_id: 'locum-web' }),
    authorize({ response_type: 'code', client_id: 'locum-web', redirect_uri: CALLBACK, scope: 'nonsense', state: 's' }),
    authorize({ response_type: 'code', client_id: 'locum-web', redirect_uri: CALLBACK, scope: 'openid nonsense' }),
    authorize({ response_type: 'code', client_id: 'locum-asks', redirect_uri: CALLBACK }),
    authorize({ response_type: 'code', client_id: 'locum-asks', redirect_uri: CALLBACK, prompt: 'none' }),
    authorize({ response_type: 'token', client_id: 'locum-web', redirect_uri: CALLBACK }),
    authorize({ response_type: 'nonsense', client_id: 'locum-web', redirect_uri: CALLBACK }),
    authorize({ client_id: 'locum-web', redirect_uri: CALLBACK }),
    authorize({ response_type: 'code', client_id: 'locum-web', redirect_uri: CALLBACK }, { bearer: '{admin}' }),
    authorize({ response_type: 'code', client_id: 'locum-web', redirect_uri: CALLBACK }, { bearer: 'x' }),
    {
      method: 'GET',
      path: `/oauth/authorize?response_type=code&client_id=locum-web&redirect_uri=${encodeURIComponent(CALLBACK)}`,
    },
    {
      method: 'GET',
      path: `/oauth/authorize?response_type=code&client_id=locum-web&prompt=none&redirect_uri=${encodeURIComponent(CALLBACK)}`,
    },
    get('/oauth/token/list/client/locum-web'),
  ],
};

const cookies = (more = '') => ({ cookie: `X-Uaa-Csrf={csrf}; JSESSIONID={session}${more}`, accept: 'text/html' });
const page = (path: string, more: Partial<Step> = {}): Step => ({
  method: 'GET',
  path,
  host: 'login',
  headers: cookies(),
  ...more,
});
const HINT = encodeURIComponent('{"origin":"uaa"}');

/** A browser that signs in as an internal user; passcodes. */
export const browser: Scenario = {
  name: 'browser',
  steps: [
    asAdmin,
    user('locum-one', 'one'),
    client('locum-web', web),
    client('locum-spa', {
      client_secret: undefined,
      authorized_grant_types: ['implicit'],
      scope: ['openid', 'uaa.user'],
      redirect_uri: [CALLBACK],
      autoapprove: true,
    }),
    client('locum-asks', { ...web, autoapprove: ['openid'] }),
    {
      method: 'GET',
      host: 'login',
      path: `/oauth/authorize?response_type=code&client_id=locum-web&redirect_uri=${encodeURIComponent(CALLBACK)}&login_hint=${HINT}`,
      headers: { accept: 'text/html' },
      keep: { session: 'cookie:JSESSIONID' },
    },
    {
      method: 'GET',
      host: 'login',
      path: `/login?login_hint=${HINT}`,
      headers: { accept: 'text/html', cookie: 'JSESSIONID={session}' },
      keep: { csrf: 'cookie:X-Uaa-Csrf' },
    },
    {
      method: 'POST',
      host: 'login',
      path: '/login.do',
      headers: cookies(),
      form: { username: 'locum-one', password: 'wrong', 'X-Uaa-Csrf': '{csrf}', login_hint: '{"origin":"uaa"}' },
    },
    {
      method: 'POST',
      host: 'login',
      path: '/login.do',
      headers: cookies(),
      form: { username: 'locum-one', password: 'its-Password1', 'X-Uaa-Csrf': 'wrong', login_hint: '{"origin":"uaa"}' },
    },
    {
      method: 'POST',
      host: 'login',
      path: '/login.do',
      headers: cookies(),
      form: {
        username: 'locum-one',
        password: 'its-Password1',
        'X-Uaa-Csrf': '{csrf}',
        login_hint: '{"origin":"uaa"}',
      },
      keep: { session: 'cookie:JSESSIONID' },
    },
    page(`/oauth/authorize?response_type=code&client_id=locum-web&redirect_uri=${encodeURIComponent(CALLBACK)}`, {
      keep: { code: 'location:code' },
    }),
    redeem({ code: '{code}' }),
    page(
      `/oauth/authorize?response_type=code&client_id=locum-web&redirect_uri=${encodeURIComponent(CALLBACK)}&state=a%26b`,
    ),
    page(`/oauth/authorize?response_type=code&client_id=nobody&redirect_uri=${encodeURIComponent(CALLBACK)}`),
    page('/oauth/authorize?response_type=code&client_id=locum-web&redirect_uri=https%3A%2F%2Fevil.example%2F'),
    page(`/oauth/authorize?response_type=token&client_id=locum-web&redirect_uri=${encodeURIComponent(CALLBACK)}`),
    page(`/oauth/authorize?response_type=nonsense&client_id=locum-web&redirect_uri=${encodeURIComponent(CALLBACK)}`),
    page(`/oauth/authorize?client_id=locum-web&redirect_uri=${encodeURIComponent(CALLBACK)}`),
    page(
      `/oauth/authorize?response_type=code&client_id=locum-web&scope=nonsense&redirect_uri=${encodeURIComponent(CALLBACK)}`,
    ),
    page(
      `/oauth/authorize?response_type=code&client_id=locum-asks&prompt=none&redirect_uri=${encodeURIComponent(CALLBACK)}`,
    ),
    page(`/oauth/authorize?response_type=code&client_id=locum-asks&redirect_uri=${encodeURIComponent(CALLBACK)}`),
    page('/login'),
    page('/passcode'),
    { ...page('/passcode'), headers: { ...cookies(), accept: 'application/json' }, keep: { passcode: 'body' } },
    { method: 'POST', path: '/oauth/token', basic: 'cf:', form: { grant_type: 'password', passcode: '{passcode}' } },
    { method: 'POST', path: '/oauth/token', basic: 'cf:', form: { grant_type: 'password', passcode: '{passcode}' } },
    page('/'),
    page('/logout.do'),
    page('/passcode'),
  ],
};
