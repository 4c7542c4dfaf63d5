import type { Scenario } from '../../scenarios/step.ts';
import { asAdmin, client, tokenOf } from './steps.ts';

const credentials = { grant_type: 'client_credentials' };
const form = (more: Readonly<Record<string, string>>) => ({
  method: 'POST',
  path: '/oauth/token',
  form: { ...credentials, ...more },
});
const assertion = (name: string, more: Readonly<Record<string, string>> = {}) =>
  form({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `{${name}}`,
    ...more,
  });

/** How clients prove themselves, and are refused. */
export const clientAuthentication: Scenario = {
  name: 'client authentication',
  steps: [
    asAdmin,
    client('locum-service', {
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource', 'scim.read'],
    }),
    client('locum-jwt', {
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource'],
      jwks: '{client-keys}',
    }),
    client('locum-plus', {
      client_secret: 'a+b%c',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource'],
    }),
    tokenOf('locum-service', credentials),
    { ...form({}), says: 'nobody' },
    { ...form({}), basic: 'locum-service:wrong' },
    { ...form({}), basic: 'nobody:wrong' },
    { ...form({}), basic: 'locum-service:' },
    { ...form({}), basic: 'locum-service' },
    { ...form({}), headers: { authorization: 'Basic %%%' } },
    { ...form({}), headers: { authorization: 'Digest x' } },
    form({ client_id: 'locum-service', client_secret: 'its-secret' }),
    form({ client_id: 'locum-service', client_secret: 'wrong' }),
    form({ client_id: 'locum-service' }),
    form({ client_id: 'nobody', client_secret: 'wrong' }),
    form({ client_id: '', client_secret: '' }),
    { ...form({ client_id: 'cf' }), basic: 'locum-service:its-secret' },
    { ...form({ client_id: 'locum-service' }), basic: 'locum-service:its-secret' },
    {
      method: 'POST',
      path: '/oauth/token',
      json: { ...credentials, client_id: 'locum-service', client_secret: 'its-secret' },
    },
    { method: 'POST', path: '/oauth/token', json: credentials, basic: 'locum-service:its-secret' },
    { method: 'POST', path: '/oauth/token?grant_type=client_credentials', basic: 'locum-service:its-secret' },
    { method: 'GET', path: '/oauth/token?grant_type=client_credentials', basic: 'locum-service:its-secret' },
    { method: 'PUT', path: '/oauth/token?grant_type=client_credentials', basic: 'locum-service:its-secret' },
    { method: 'DELETE', path: '/oauth/token', basic: 'locum-service:its-secret' },
    { ...form({}), basic: 'locum-plus:a%2Bb%25c' },
    { ...form({}), basic: 'locum-plus:a+b%c' },
    { ...form({}), basic: 'locum-plus:a+b%25c' },
    assertion('client-assertion'),
    assertion('client-assertion', { client_id: 'locum-jwt' }),
    assertion('client-assertion', { client_id: 'locum-service' }),
    assertion('client-assertion-elsewhere'),
    assertion('client-assertion-foreign'),
    assertion('client-assertion-expired'),
    form({ client_assertion_type: 'nothing', client_assertion: '{client-assertion}' }),
    form({ client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: 'x' }),
  ],
};

/** What a client gets for itself. */
export const clientCredentials: Scenario = {
  name: 'client credentials',
  steps: [
    asAdmin,
    client('locum-service', {
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.resource', 'scim.read'],
    }),
    client('locum-short', {
      authorized_grant_types: ['client_credentials'],
      authorities: ['scim.read'],
      access_token_validity: 3,
    }),
    client('locum-web', {
      authorized_grant_types: ['authorization_code'],
      scope: ['openid'],
      redirect_uri: ['https://web.example/callback'],
    }),
    tokenOf('locum-service', credentials),
    tokenOf('locum-service', { ...credentials, token_format: 'opaque' }),
    tokenOf('locum-service', { ...credentials, token_format: 'jwt' }),
    tokenOf('locum-service', { ...credentials, token_format: 'nonsense' }),
    tokenOf('locum-service', { ...credentials, scope: 'scim.read' }),
    tokenOf('locum-service', { ...credentials, scope: 'scim.read uaa.resource' }),
    tokenOf('locum-service', { ...credentials, scope: 'scim.write' }),
    tokenOf('locum-service', { ...credentials, scope: 'scim.read scim.write' }),
    tokenOf('locum-service', { ...credentials, scope: '' }),
    tokenOf('locum-service', { ...credentials, response_type: 'token' }),
    tokenOf('locum-web', credentials),
    tokenOf('locum-service', { grant_type: 'password', username: 'x', password: 'y' }),
    tokenOf('locum-service', {}),
    tokenOf('locum-service', { grant_type: '' }),
    tokenOf('locum-service', { grant_type: 'nonsense' }),
    tokenOf('locum-service', { grant_type: 'implicit' }),
    tokenOf('locum-service', { grant_type: 'refresh_token', refresh_token: 'x' }),
    tokenOf('locum-service', { grant_type: 'authorization_code', code: 'x' }),
    tokenOf('locum-short', credentials, { keep: { short: 'access_token' } }),
    { method: 'GET', path: '/Users?count=0', bearer: '{short}', wait: 4 },
    { method: 'POST', path: '/check_token', basic: 'locum-service:its-secret', form: { token: '{short}' } },
    { method: 'POST', path: '/introspect', basic: 'locum-service:its-secret', form: { token: '{short}' } },
  ],
};
