import type { Json, JsonObject } from '../../../../kernel/json.ts';
import { clientIdOf } from '../clients.ts';
import { OAuthError } from '../errors.ts';
import type { Services } from '../services.ts';
import { applicationOfClient, type Tenant } from '../store.ts';
import type { AuthenticatedClient } from './client-authentication.ts';
import { endGrant } from './grants.ts';
import { grantKey, subjectKey } from './store.ts';
import { type GoodToken, goodToken } from './token-state.ts';

const INACTIVE = { active: false } as const;

/** `POST /oauth2/introspect`: whatever is wrong with a token, it is just not active (ias a05f14c). */
export async function introspect(services: Services, tenant: Tenant, params: URLSearchParams): Promise<JsonObject> {
  const good = await goodToken(services, tenant, params.get('token') ?? '');
  if (!good) return INACTIVE;
  const { claims, grant } = good;
  return {
    active: true,
    ...claims,
    ...documentedNames(claims),
    ...(claims.sap_id_type === 'user' ? { username: claims.sub ?? '' } : {}),
    client_id: claims.azp ?? '',
    ...(grant && grant.scope.length > 0 ? { scope: grant.scope.join(' ') } : {}),
    token_type: good.kind === 'refresh' ? 'refresh_token' : 'Bearer',
  };
}

/** Names of the examples in ias a05f14c and 29e4869, beside those of OpenID Connect. */
function documentedNames({ email, given_name: first, family_name: last }: JsonObject): JsonObject {
  return {
    ...(email === undefined ? {} : { mail: email }),
    ...(first === undefined ? {} : { first_name: first }),
    ...(last === undefined ? {} : { last_name: last }),
  };
}

/**
 * `POST /oauth2/revoke`: ends every access and refresh token of the client for the same user and session (ias 3501e42). A
 * token of another client is left alone, an unknown one is no error (RFC 7009 §2.2).
 */
export async function revoke(
  services: Services,
  tenant: Tenant,
  { client }: AuthenticatedClient,
  params: URLSearchParams,
): Promise<void> {
  const good = await goodToken(services, tenant, params.get('token') ?? '');
  if (!good || good.claims.azp !== clientIdOf(client)) return;
  if (good.grant) endGrant(services.oidc, grantKey(good.grant));
  else forget(services, tenant, good);
}

/** There is no session of a client itself: its other tokens stay (assumed). */
function forget({ oidc }: Services, tenant: Tenant, { claims }: GoodToken): void {
  const expiresAt = Number(claims.exp) * 1000;
  oidc.revokedTokens.set(`${tenant.id}/${String(claims.jti)}`, { expiresAt });
}

const TOKEN_CLAIMS: ReadonlySet<string> = new Set(['amr', 'azp', 'cnf', 'ias_apis', 'sid', 'app_tid', 'auth_time']);

/** `/oauth2/userinfo`. @throws OAuthError 400 for a token that is not good, 403 for one that is about no user (ias 29e4869) */
export async function userInfo(
  services: Services,
  tenant: Tenant,
  authorization: string | undefined,
): Promise<JsonObject> {
  const token = /^bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new OAuthError(400, 'invalid_request', 'An access token is needed');
  const good = await goodToken(services, tenant, token);
  if (good?.kind !== 'access') throw new OAuthError(400, 'invalid_token', 'The access token is invalid or expired');
  if (!good.grant) throw new OAuthError(403, 'insufficient_scope', 'The access token is about no user');
  const told = Object.entries(good.claims).filter(([name]) => !TOKEN_CLAIMS.has(name));
  return { ...Object.fromEntries(told), ...documentedNames(good.claims) };
}

/** `POST /oauth2/token/list`: the sessions of the user of a token (ias daf7e44); texts of tokens are not kept, so none is shown. */
export async function listSessions(services: Services, tenant: Tenant, params: URLSearchParams): Promise<Json[]> {
  const { oidc, store, ctx } = services;
  const good = await goodToken(services, tenant, params.get('token') ?? '');
  if (!good?.grant) return [];
  const { claims } = good;
  return oidc.grants
    .by('subject', subjectKey(tenant.id, good.grant.subject))
    .filter((grant) => ctx.now() < grant.expiresAt)
    .map((grant) => ({
      sub: claims.sub ?? '',
      iss: claims.iss ?? '',
      client_id: grant.clientId,
      uid: claims.sub ?? '',
      sp_name: applicationOfClient(store, tenant.id, grant.clientId)?.name ?? '',
      grant_type: GRANT_NAMES[grant.grantType] ?? 'TOKEN_EXCHANGE',
      scope: grant.scope.join(' '),
      exp: Math.floor(grant.expiresAt / 1000),
      iat: Math.floor(grant.createdAt / 1000),
      jti: grant.sid,
      client_auth_method: grant.clientAuthMethod,
    }));
}

/** `AUTHORIZATION_CODE` is documented, the others are in its image (assumed). */
const GRANT_NAMES: Readonly<Record<string, string>> = {
  authorization_code: 'AUTHORIZATION_CODE',
  password: 'PASSWORD',
  implicit: 'IMPLICIT',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'JWT_BEARER',
};
