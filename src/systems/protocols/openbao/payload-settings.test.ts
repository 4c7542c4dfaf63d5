import { expect, test } from 'vitest';
import { payloadOptionsOf } from './payload-settings.ts';

const URL = { LOCUM_VAULT_URL: 'https://bao.acme.example:8200' };

test('without an address secrets stay in the store', () => {
  expect(payloadOptionsOf({ LOCUM_VAULT_TOKEN: 't' })).toBeUndefined();
  expect(payloadOptionsOf({ LOCUM_VAULT_URL: '' })).toBeUndefined();
});

test('the login is by a token, AppRole or JWT, from a variable or a file, and stays a reference', () => {
  expect(payloadOptionsOf({ ...URL, LOCUM_VAULT_TOKEN: 'hvs.secret' })).toEqual({
    connection: { url: 'https://bao.acme.example:8200/', token: 'env:LOCUM_VAULT_TOKEN' },
    mount: 'secret',
    prefix: 'locum',
  });
  expect(payloadOptionsOf({ ...URL, LOCUM_VAULT_TOKEN_FILE: 'run/token' })?.connection.token).toBe('file:run/token');
  const appRole = {
    LOCUM_VAULT_ROLE_ID: 'locum',
    LOCUM_VAULT_SECRET_ID_FILE: '/run/secret-id',
    LOCUM_VAULT_MOUNT: 'kv',
    LOCUM_VAULT_PREFIX: 'team/locum',
    LOCUM_VAULT_NAMESPACE: 'acme',
  };
  expect(payloadOptionsOf({ ...URL, ...appRole })).toEqual({
    connection: {
      url: 'https://bao.acme.example:8200/',
      namespace: 'acme',
      appRole: { mount: 'approle', roleId: 'locum', secretId: 'file:/run/secret-id' },
    },
    mount: 'kv',
    prefix: 'team/locum',
  });
  const jwt = { mount: 'jwt', role: 'pipeline', token: 'env:LOCUM_VAULT_JWT' };
  const byJwt = { LOCUM_VAULT_JWT_ROLE: 'pipeline', LOCUM_VAULT_JWT: 'eyJ.secret' };
  expect(payloadOptionsOf({ ...URL, ...byJwt })?.connection).toMatchObject({ jwt });
  const byFile = {
    LOCUM_VAULT_JWT_ROLE: 'pipeline',
    LOCUM_VAULT_JWT_FILE: '/run/jwt',
    LOCUM_VAULT_JWT_MOUNT: 'github',
  };
  expect(payloadOptionsOf({ ...URL, ...byFile })?.connection).toMatchObject({
    jwt: { mount: 'github', role: 'pipeline', token: 'file:/run/jwt' },
  });
});

test.each([
  ['no login', {}],
  ['two logins', { LOCUM_VAULT_TOKEN: 'hvs.x', LOCUM_VAULT_ROLE_ID: 'r', LOCUM_VAULT_SECRET_ID: 's' }],
  ['a JWT beside a token', { LOCUM_VAULT_TOKEN: 'hvs.x', LOCUM_VAULT_JWT_ROLE: 'r', LOCUM_VAULT_JWT: 'hvs.y' }],
  ['half of a JWT', { LOCUM_VAULT_JWT: 'hvs.y' }],
  ['half of a login', { LOCUM_VAULT_ROLE_ID: 'r' }],
  ['an address in the open', { LOCUM_VAULT_URL: 'http://bao.acme.example', LOCUM_VAULT_TOKEN: 'hvs.x' }],
  ['a prefix that leads elsewhere', { LOCUM_VAULT_TOKEN: 'hvs.x', LOCUM_VAULT_PREFIX: '../other' }],
])('%s is refused, and no value is told', (_what, more) => {
  try {
    payloadOptionsOf({ ...URL, ...more });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_CONFIG' });
    expect(String(error)).not.toMatch(/hvs|other|acme/);
  }
});
