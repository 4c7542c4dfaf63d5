import type { Zone } from '../../../../emulation/world.ts';
import { xsuaaUrl } from './addresses.ts';

/** OpenID Connect discovery: endpoints follow the host that was asked, the issuer does not (UAA OpenIdConnectEndpoints). */
export function openIdConfiguration(zone: Zone, origin: string): Readonly<Record<string, unknown>> {
  return {
    issuer: `${xsuaaUrl(zone)}/oauth/token`,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${origin}/userinfo`,
    jwks_uri: `${origin}/token_keys`,
    end_session_endpoint: `${origin}/logout.do`,
    scopes_supported: ['openid', 'profile', 'email', 'phone', 'roles', 'user_attributes'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claim_types_supported: ['normal'],
    claims_supported: ['sub', 'user_name', 'origin', 'iss', 'auth_time', 'amr', 'client_id', 'aud', 'zid', 'email'],
    claims_parameter_supported: false,
    ui_locales_supported: ['en-US'],
    code_challenge_methods_supported: ['S256', 'plain'],
  };
}
