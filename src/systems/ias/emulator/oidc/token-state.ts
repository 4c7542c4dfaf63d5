import { type JWTPayload, jwtVerify } from 'jose';
import type { JsonObject } from '../../../../kernel/json.ts';
import { isTimely, type PublicKey } from '../../../protocols/oauth/emulator/token-memory.ts';
import type { Services } from '../services.ts';
import { applicationOfClient, type Tenant } from '../store.ts';
import { isActive } from '../user-status.ts';
import { issuerOf, subjectClaims } from './claims.ts';
import { digestOf, type Grant, grantKey } from './store.ts';

/** A token of the tenant that is good now. */
export interface GoodToken {
  readonly kind: 'access' | 'id' | 'refresh';
  readonly claims: JsonObject;
  /** Absent for a token of a client itself. */
  readonly grant?: Grant;
}

/** Finds what a token is, opaque or a JWT; undefined = unknown, expired, revoked or not ours. */
export async function goodToken(services: Services, tenant: Tenant, token: string): Promise<GoodToken | undefined> {
  const found = opaque(services, tenant, token) ?? (await jwt(services, tenant, token));
  if (found) return found.grant && !isActive(services, tenant, found.grant.subject) ? undefined : found;
  const refresh = refreshToken(services, tenant, token);
  return refresh && isActive(services, tenant, refresh.grant.subject) ? refresh : undefined;
}

function opaque({ ctx, oidc }: Services, tenant: Tenant, token: string): GoodToken | undefined {
  const stored = oidc.opaqueTokens.get(digestOf(token));
  if (!stored || stored.tenant !== tenant.id || ctx.now() >= stored.expiresAt) return undefined;
  return withGrant({ oidc }, tenant, 'access', stored.claims);
}

/** Tokens are taken as long as the key that signed them is there (ias bb4eee1). */
async function jwt(services: Services, tenant: Tenant, token: string): Promise<GoodToken | undefined> {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
  const { ctx } = services;
  const { verified } = services.tokenKeys(tenant);
  let claims: JWTPayload;
  try {
    claims = await verified.claims(
      token,
      await signingKeys(services, tenant),
      async (find) => {
        const options = { algorithms: ['RS256'], currentDate: new Date(ctx.now()) };
        return (await jwtVerify(token, find, options)).payload;
      },
      (known) => isTimely(known, ctx.now()),
    );
  } catch {
    return undefined;
  }
  if (services.oidc.revokedTokens.get(`${tenant.id}/${claims.jti}`)) return undefined;
  return withGrant(services, tenant, claims.at_hash === undefined ? 'access' : 'id', claims as JsonObject);
}

function withGrant(
  { oidc }: Pick<Services, 'oidc'>,
  tenant: Tenant,
  kind: GoodToken['kind'],
  claims: JsonObject,
): GoodToken | undefined {
  if (claims.sap_id_type === 'app') return { kind, claims };
  const { azp, sid } = claims;
  if (typeof azp !== 'string' || typeof sid !== 'string') return undefined;
  const grant = oidc.grants.get(grantKey({ tenant: tenant.id, clientId: azp, sid }));
  return grant && { kind, claims, grant };
}

function refreshToken(services: Services, tenant: Tenant, token: string): Required<GoodToken> | undefined {
  const { ctx, oidc, store } = services;
  const stored = oidc.refreshTokens.get(digestOf(token));
  const grant = stored && oidc.grants.get(stored.grant);
  if (!stored || !grant || stored.tenant !== tenant.id || ctx.now() >= stored.expiresAt) return undefined;
  const application = applicationOfClient(store, tenant.id, grant.clientId);
  const about = subjectClaims(services, tenant, application, grant.subject, grant.scope);
  if (!about) return undefined;
  const claims: JsonObject = {
    ...(about as JsonObject),
    iss: issuerOf(tenant, application),
    aud: grant.clientId,
    azp: grant.clientId,
    sid: grant.sid,
    iat: Math.floor(stored.issuedAt / 1000),
    exp: Math.floor(stored.expiresAt / 1000),
  };
  return { kind: 'refresh', claims, grant };
}

/** A tenant has two signing certificates at most (ias bb4eee1): the active one first. */
export async function signingKeys(services: Services, tenant: Tenant): Promise<readonly PublicKey[]> {
  return (await services.tokenKeys(tenant).list()).slice(0, 2);
}
