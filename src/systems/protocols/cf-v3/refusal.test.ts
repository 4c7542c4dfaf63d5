import { expect, test } from 'vitest';
import { explainRefusal, refusalKinds } from './refusal.ts';

const login = { user: 'ctms-deploy', originKey: 'acme-platform', landscape: 'eu10-004' };
const ias = (code: string) => `invalid_client: ${JSON.stringify({ error: 'invalid_grant', error_description: code })}`;

test.each([
  [ias('PASSWORD_LOCKED'), 'LOGIN_PASSWORD_LOCKED'],
  [ias('PASSWORD_DISABLED'), 'LOGIN_PASSWORD_DISABLED'],
  [ias('USER_INACTIVE'), 'LOGIN_USER_INACTIVE'],
  [ias('PASSWORD_RESET_REQUIRED'), 'LOGIN_PASSWORD_RESET'],
  [ias('PASSWORD_CHANGE_REQUIRED'), 'LOGIN_PASSWORD_CHANGE'],
  [ias('INITIAL_PASSWORD_EXPIRED'), 'LOGIN_INITIAL_PASSWORD_EXPIRED'],
  [ias('INVALID_AUTHORIZATION_HEADER_LENGTH'), 'LOGIN_SECOND_FACTOR'],
  [ias('INVALID_OTP_CODE'), 'LOGIN_SECOND_FACTOR'],
  [ias('RBA_RULE_ACTION_DENY'), 'LOGIN_DENIED_BY_RULE'],
  [ias('Bad credentials'), 'LOGIN_BAD_CREDENTIALS'],
  [
    'unauthorized: The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.',
    'LOGIN_ORIGIN_UNKNOWN',
  ],
  ["unauthorized: Client is not authorized for specified user's identity provider.", 'LOGIN_ORIGIN_NOT_ALLOWED'],
  ['unauthorized: Your account has been locked because of too many failed attempts to login.', 'LOGIN_LOCKED'],
  ['unauthorized: password change required', 'LOGIN_PASSWORD_CHANGE'],
  [
    'unauthorized: The user account must be pre-created. Please contact your system administrator.',
    'LOGIN_NO_SHADOW_USER',
  ],
  ['invalid_client: Could not obtain id_token from external OpenID Connect provider.', 'LOGIN_NO_ID_TOKEN'],
  ['unauthorized: Unable to map issuer, https://x , to a single registered provider', 'LOGIN_ISSUER_UNKNOWN'],
  // Both names that UAA has had for the same thing.
  ['invalid_client: Bad credentials', 'LOGIN_BAD_CREDENTIALS'],
  ['unauthorized: Bad credentials', 'LOGIN_BAD_CREDENTIALS'],
  ['invalid_client: something new', 'LOGIN_REFUSED'],
])('reads %s as %s', (reason, code) => {
  const refusal = explainRefusal(reason, login);
  expect(refusal.code).toBe(code);
  expect(`${refusal.because} ${refusal.remedy}`).not.toContain('undefined');
  expect(refusalKinds.map((kind) => kind.code)).toContain(code);
});

test('never quotes what the service said: it may hold anything', () => {
  const { because, remedy } = explainRefusal('invalid_client: hunter2', login);
  expect(`${because} ${remedy}`).not.toContain('hunter2');
});
