import type { Scenario } from '../../scenarios/step.ts';
import { asAdmin, cfToken, client, del, get, logIn, put, tokenOf, user } from './steps.ts';

const refresh = (token: string, more: Readonly<Record<string, string>> = {}) =>
  ({ grant_type: 'refresh_token', refresh_token: token, ...more }) as const;
const cf = (form: Readonly<Record<string, string>>) => ({ method: 'POST', path: '/oauth/token', basic: 'cf:', form });

/** Refresh tokens, from the first use to what ends them. */
export const refreshing: Scenario = {
  name: 'refresh',
  steps: [
    asAdmin,
    user('locum-one', 'one'),
    user('locum-two', 'two'),
    user('locum-three', 'three'),
    client('locum-web', {
      authorized_grant_types: ['password', 'refresh_token'],
      scope: ['openid', 'uaa.user', 'cloud_controller.read'],
    }),
    client('locum-brief', {
      authorized_grant_types: ['password', 'refresh_token'],
      scope: ['openid', 'uaa.user'],
      refresh_token_validity: 3,
    }),
    client('locum-once', { authorized_grant_types: ['password'], scope: ['openid', 'uaa.user'] }),
    logIn('locum-one', 'first'),
    cf(refresh('{first-refresh}')),
    cf(refresh('{first-refresh}', { scope: 'openid' })),
    cf(refresh('{first-refresh}', { scope: 'openid cloud_controller.admin' })),
    cf(refresh('{first-refresh}', { scope: 'nonsense' })),
    cf(refresh('{first-refresh}', { scope: '' })),
    cf(refresh('{first-refresh}', { token_format: 'opaque' })),
    { method: 'POST', path: '/oauth/token', form: refresh('{first-refresh}', { client_id: 'cf', client_secret: '' }) },
    { method: 'POST', path: '/oauth/token', form: refresh('{first-refresh}', { client_id: 'cf' }) },
    cf({ grant_type: 'refresh_token' }),
    cf(refresh('')),
    cf(refresh('x')),
    cf(refresh('0123456789abcdef0123456789abcdef-r')),
    cf(refresh('{first}')),
    cf(refresh('eyJhbGciOiJSUzI1NiJ9.e30.AAAA')),
    tokenOf('locum-web', refresh('{first-refresh}')),
    tokenOf('locum-once', refresh('{first-refresh}')),
    {
      ...tokenOf('locum-brief', {
        grant_type: 'password',
        username: 'locum-one',
        password: 'its-Password1',
        login_hint: '{"origin":"uaa"}',
      }),
      keep: { brief: 'refresh_token' },
    },
    { ...tokenOf('locum-brief', refresh('{brief}')), wait: 4 },
    cfToken(
      { grant_type: 'password', username: 'locum-two', password: 'its-Password1', token_format: 'opaque' },
      { keep: { kept: 'access_token', 'kept-refresh': 'refresh_token' } },
    ),
    cf(refresh('{kept-refresh}')),
    cf(refresh('{kept}')),
    logIn('locum-two', 'second'),
    put('/Users/{two}/password', { password: 'another-Password1' }),
    cf(refresh('{second-refresh}')),
    { method: 'GET', path: '/userinfo', bearer: '{second}' },
    logIn('locum-three', 'third'),
    del('/oauth/token/revoke/{third-refresh}'),
    cf(refresh('{third-refresh}')),
    logIn('locum-three', 'fourth'),
    get('/oauth/token/revoke/user/{three}'),
    cf(refresh('{fourth-refresh}')),
    logIn('locum-three', 'fifth'),
    del('/Users/{three}', { headers: { 'if-match': '*' } }),
    cf(refresh('{fifth-refresh}')),
    { method: 'GET', path: '/userinfo', bearer: '{fifth}' },
  ],
};
