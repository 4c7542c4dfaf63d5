import { Hono } from 'hono';
import type { HostEnv } from '../../../emulation/mount.ts';
import { readTokenRequest } from '../../protocols/oauth/emulator.ts';
import { isObject } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA, MESSAGE_CODE_HEADER } from '../wire.ts';
import { OAuthError } from './errors.ts';
import { tenantOf } from './hosts.ts';
import { logOn } from './logon.ts';
import type { Services } from './services.ts';
import { namesOf, userIdOf } from './store.ts';
import { grantToken } from './tokens.ts';

/** Token endpoint, discovery, keys, and the password service. */
export function oauthRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });

  app.post('/oauth2/token', async (c) => {
    try {
      const request = await readTokenRequest(c.req.raw);
      return c.json(await grantToken(services, tenantOf(services, c), request), 200, { 'cache-control': 'no-store' });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return new Response(JSON.stringify({ error: error.error, error_description: error.message }), {
        status: error.status,
        headers: {
          'content-type': 'application/json',
          ...(error.messageCode === undefined ? {} : { [MESSAGE_CODE_HEADER]: error.messageCode }),
        },
      });
    }
  });

  app.get('/oauth2/certs', async (c) => {
    const keys = await services.tokenKeys(tenantOf(services, c)).list();
    // IAS lists plain JWKs; the PEM in `value` is UAA's.
    return c.json({ keys: keys.map(({ value: _pem, ...jwk }) => jwk) });
  });

  app.get('/.well-known/openid-configuration', (c) => c.json(discovery(tenantOf(services, c).host)));

  // ias 8d1016b: Basic with user name and password; the reason of a refusal stands in X-message-code.
  app.post('/service/users/password', async (c) => {
    const tenant = tenantOf(services, c);
    const header = /^basic (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const text = Buffer.from(header ?? '', 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) return c.body(null, 401, { 'www-authenticate': 'Basic' });
    // Which policy it applies is not documented; none is assumed, so that it leaves the user's policy alone.
    const logon = await logOn(services, tenant, text.slice(0, colon), text.slice(colon + 1), undefined);
    if (!logon.ok) {
      return c.body(null, 401, {
        'www-authenticate': 'Basic',
        ...(logon.code === undefined ? {} : { [MESSAGE_CODE_HEADER]: logon.code }),
      });
    }
    const { resource } = logon.user;
    const name = isObject(resource.name) ? resource.name : {};
    const extension = resource[IAS_SCHEMA.sap];
    return c.json({
      uid: isObject(extension) ? userIdOf(resource) : '',
      first_name: name.givenName ?? '',
      last_name: name.familyName ?? '',
      mail: namesOf(resource).emails[0] ?? '',
      type: resource.userType ?? '',
    });
  });
  return app;
}

/** Discovery document of ias c297516; it names endpoints of SAP's that are not emulated, too: those answer 501. */
function discovery(host: string) {
  const issuer = `https://${host}`;
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    token_endpoint: `${issuer}/oauth2/token`,
    userinfo_endpoint: `${issuer}/oauth2/userinfo`,
    end_session_endpoint: `${issuer}/oauth2/logout`,
    jwks_uri: `${issuer}/oauth2/certs`,
    introspection_endpoint: `${issuer}/oauth2/introspect`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
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
    authorization_response_iss_parameter_supported: true,
  };
}
