import type { JsonObject } from '../../../../kernel/json.ts';
import type { Services } from '../services.ts';
import { applicationOfClient, type Tenant } from '../store.ts';
import { issuerOf } from './claims.ts';

/**
 * `/.well-known/openid-configuration` (ias c297516).
 * @param clientId `client_id` or `appid` of the request: without one, an application's compliant issuer does not count
 */
export function discovery({ store }: Services, tenant: Tenant, clientId: string | undefined): JsonObject {
  const application = clientId === undefined ? undefined : applicationOfClient(store, tenant.id, clientId);
  const base = `https://${tenant.host}`;
  return {
    issuer: issuerOf(tenant, application),
    authorization_endpoint: `${base}/oauth2/authorize`,
    token_endpoint: `${base}/oauth2/token`,
    userinfo_endpoint: `${base}/oauth2/userinfo`,
    end_session_endpoint: `${base}/oauth2/logout`,
    jwks_uri: `${base}/oauth2/certs`,
    introspection_endpoint: `${base}/oauth2/introspect`,
    revocation_endpoint: `${base}/oauth2/revoke`,
    response_types_supported: ['code', 'id_token', 'token'],
    grant_types_supported: [
      'password',
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', 'offline_access'],
    token_endpoint_auth_methods_supported: [
      'tls_client_auth',
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
    ],
    claims_supported: [
      'iss ias_iss iat exp auth_time sid jti nonce sub email email_verified given_name middle_name family_name',
      'preferred_username name scim_id groups aud azp app_tid ias_apis at_hash sap_id_type sap_gtid',
    ].flatMap((line) => line.split(' ')),
    code_challenge_methods_supported: ['plain', 'S256'],
    tls_client_certificate_bound_access_tokens: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    authorization_response_iss_parameter_supported: true,
  };
}
