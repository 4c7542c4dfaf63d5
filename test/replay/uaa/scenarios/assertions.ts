import type { Scenario } from '../../scenarios/step.ts';
import { asAdmin, client, logIn, tokenOf, user } from './steps.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const bearing = (assertion: string, more: Readonly<Record<string, string>> = {}) => ({
  method: 'POST',
  path: '/oauth/token',
  basic: 'cf:',
  form: { grant_type: JWT_BEARER, assertion, ...more },
});

/** Tokens for the assertions of identity providers and of UAA itself, and `user_token`. */
export const assertions: Scenario = {
  name: 'assertions',
  steps: [
    asAdmin,
    user('locum-one', 'one'),
    client('locum-once', { authorized_grant_types: ['password'], scope: ['openid', 'uaa.user'] }),
    client('locum-web', {
      authorized_grant_types: ['password', 'refresh_token', 'user_token', JWT_BEARER],
      scope: ['openid', 'uaa.user', 'locum-web.access'],
    }),
    client('locum-app', {
      authorized_grant_types: ['authorization_code', 'refresh_token'],
      scope: ['openid', 'uaa.user'],
      redirect_uri: ['https://web.example/callback'],
    }),
    bearing('{assertion}'),
    bearing('{assertion}', { scope: 'openid' }),
    bearing('{assertion}', { token_format: 'opaque' }),
    {
      says: 'with a hint, and the client in the body as recorded at SAP',
      method: 'POST',
      path: '/oauth/token?login_hint=%7B%22origin%22%3A%22nobody%22%7D',
      form: { grant_type: JWT_BEARER, assertion: '{assertion}', client_id: 'cf', client_secret: '' },
    },
    bearing('{assertion-forged}'),
    bearing('{assertion-foreign}'),
    bearing('{assertion-elsewhere}'),
    bearing('{assertion-expired}'),
    bearing('{assertion-nameless}'),
    bearing('x'),
    bearing('x.y.z'),
    bearing(''),
    { method: 'POST', path: '/oauth/token', basic: 'cf:', form: { grant_type: JWT_BEARER } },
    tokenOf('locum-once', { grant_type: JWT_BEARER, assertion: '{assertion}' }),
    logIn('locum-one', 'cf-token'),
    {
      says: 'a token that is not for the client that shows it',
      ...tokenOf('locum-web', { grant_type: JWT_BEARER, assertion: '{cf-token}' }),
    },
    { says: 'one that is', ...bearing('{cf-token}') },
    {
      method: 'POST',
      path: '/oauth/token',
      bearer: '{cf-token}',
      form: { grant_type: 'user_token', client_id: 'locum-app' },
    },
    {
      ...tokenOf('locum-web', {
        grant_type: 'password',
        username: 'locum-one',
        password: 'its-Password1',
        login_hint: '{"origin":"uaa"}',
      }),
      keep: { web: 'access_token' },
    },
    {
      method: 'POST',
      path: '/oauth/token',
      bearer: '{web}',
      form: { grant_type: 'user_token', client_id: 'locum-app' },
      keep: { handed: 'refresh_token' },
    },
    { method: 'POST', path: '/oauth/token', bearer: '{web}', form: { grant_type: 'user_token', client_id: 'nobody' } },
    {
      method: 'POST',
      path: '/oauth/token',
      bearer: '{web}',
      form: { grant_type: 'user_token', client_id: 'locum-once' },
    },
    { method: 'POST', path: '/oauth/token', bearer: '{web}', form: { grant_type: 'user_token' } },
    {
      method: 'POST',
      path: '/oauth/token',
      bearer: '{web}',
      form: { grant_type: 'user_token', client_id: 'locum-app', scope: 'nonsense' },
    },
    {
      method: 'POST',
      path: '/oauth/token',
      bearer: '{admin}',
      form: { grant_type: 'user_token', client_id: 'locum-app' },
    },
    tokenOf('locum-web', { grant_type: 'user_token', client_id: 'locum-app' }),
    tokenOf('locum-app', { grant_type: 'refresh_token', refresh_token: '{handed}' }),
  ],
};
