import type { JsonObject } from '../../../../kernel/json.ts';
import { urlOf } from '../landscapes.ts';
import { rolesOf } from './groups.ts';
import { hintedOrigin, ZONE_DEFAULT } from './login/providers.ts';
import type { UaaUser } from './rows.ts';
import type { Uaa } from './services.ts';

/** Version that `/info` and `/login` announce; cf CLI wants at least 4.26.0 for `cf auth --origin`. */
const UAA_VERSION = '77.20.0';

/** `GET /login` and `GET /info` as JSON (UAA LoginInfoEndpoint). OIDC identity providers are never disclosed here. */
export function loginInfo(
  landscape: string,
  asked: { readonly hint: string | null; readonly origins: readonly string[] },
): Record<string, unknown> {
  const hinted = hintedOrigin(asked.hint);
  const login = urlOf('login', landscape);
  return {
    app: { version: UAA_VERSION },
    commit_id: '13dc87a',
    timestamp: '2024-10-24T12:05:34+0000',
    zone_name: 'uaa',
    entityID: new URL(login).host,
    showLoginLinks: true,
    idpDefinitions: {},
    links: { uaa: urlOf('uaa', landscape), login, register: '/create_account', passwd: '/forgot_password' },
    prompts: {
      username: ['text', 'Email'],
      password: ['password', 'Password'],
      passcode: ['password', `Temporary Authentication Code ( Get one at ${login}/passcode )`],
    },
    defaultIdpName: ZONE_DEFAULT,
    // Told, but no reason to refuse.
    ...(hinted !== undefined && !asked.origins.includes(hinted) ? { error: 'invalid_login_hint' } : {}),
  };
}

/** OpenID Connect discovery: endpoints follow the host that was asked, the issuer does not (UAA OpenIdConnectEndpoints). */
export function openIdConfiguration(origin: string, landscape: string): Record<string, unknown> {
  return {
    issuer: `${urlOf('uaa', landscape)}/oauth/token`,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'HS256'],
    userinfo_endpoint: `${origin}/userinfo`,
    jwks_uri: `${origin}/token_keys`,
    end_session_endpoint: `${origin}/logout.do`,
    scopes_supported: ['openid', 'profile', 'email', 'phone', 'roles', 'user_attributes'],
    response_types_supported: ['code', 'code id_token', 'id_token', 'token id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256'],
    id_token_encryption_alg_values_supported: ['none'],
    claim_types_supported: ['normal'],
    claims_supported: [
      'sub',
      'user_name',
      'origin',
      'iss',
      'auth_time',
      'amr',
      'acr',
      'client_id',
      'aud',
      'zid',
      'grant_type',
      'user_id',
      'azp',
      'scope',
      'exp',
      'iat',
      'jti',
      'rev_sig',
      'cid',
      'given_name',
      'family_name',
      'phone_number',
      'email',
    ],
    claims_parameter_supported: false,
    service_documentation: 'http://docs.cloudfoundry.org/api/uaa/',
    ui_locales_supported: ['en-US'],
    code_challenge_methods_supported: ['S256', 'plain'],
  };
}

/** `GET /userinfo` (UAA UserInfoResponse). */
export function userInfo(uaa: Uaa, user: UaaUser, scopes: readonly string[]): JsonObject {
  const { givenName, familyName, phoneNumber } = user;
  return {
    user_id: user.id,
    user_name: user.userName,
    name: [givenName, familyName].filter(Boolean).join(' '),
    ...(givenName === undefined ? {} : { given_name: givenName }),
    ...(familyName === undefined ? {} : { family_name: familyName }),
    ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber }),
    email: user.email,
    email_verified: user.verified,
    ...(user.previousLogonAt === undefined ? {} : { previous_logon_time: user.previousLogonAt }),
    sub: user.id,
    ...rolesOf(uaa, user, scopes),
  };
}
