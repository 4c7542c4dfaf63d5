import { decodeJwt, type JWTPayload } from 'jose';
import { type Client, clientById } from '../clients.ts';
import type { AssertionTrust } from '../rows/application-settings.ts';
import type { Services } from '../services.ts';
import type { Tenant } from '../store.ts';
import { issuerOf } from './claims.ts';
import { applicationOf } from './grants.ts';
import { settingsOf } from './settings.ts';

export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Longest life of an assertion in seconds (assumed). */
const LONGEST_LIFE = 24 * 3600;

/**
 * Authenticates a client by a JWT whose issuer it trusts (`client_id` must be sent) or that it signed itself, with keys
 * at a URI (ias 67f720d, db97a69). An assertion is good once (RFC 7523 §3, by `jti`).
 */
export async function authenticateByAssertion(
  services: Services,
  tenant: Tenant,
  assertion: string,
  clientId: string | undefined,
): Promise<Client | undefined> {
  const claims = claimsOf(assertion);
  // Whoever made the assertion may have made `sub` anything.
  const id: unknown = clientId ?? claims?.sub;
  const client = typeof id === 'string' ? clientById(services, tenant, id) : undefined;
  const application = client && applicationOf(client);
  if (!claims || !application) return undefined;
  for (const trust of settingsOf(tenant, application).assertionTrusts) {
    const expected =
      trust.issuer === undefined
        ? { issuer: application.clientId, subject: application.clientId }
        : { issuer: trust.issuer, subject: trust.subject };
    if (claims.iss !== expected.issuer || claims.sub !== expected.subject) continue;
    if (await isGood(services, tenant, assertion, trust, issuerOf(tenant, application))) return client;
  }
  return undefined;
}

function claimsOf(assertion: string): JWTPayload | undefined {
  try {
    return decodeJwt(assertion);
  } catch {
    return undefined;
  }
}

async function isGood(
  services: Services,
  tenant: Tenant,
  assertion: string,
  trust: AssertionTrust,
  issuer: string,
): Promise<boolean> {
  const { ctx, oidc, verifyForeign } = services;
  const endpoint = `https://${tenant.host}/oauth2/token`;
  const audiences = [
    issuer,
    `https://${tenant.host}`,
    endpoint,
    ...(trust.audience === undefined ? [] : [trust.audience]),
  ];
  let claims: JWTPayload;
  try {
    claims = await verifyForeign(assertion, trust.jwksUri);
  } catch {
    return false;
  }
  const { exp, jti, iss } = claims;
  const now = ctx.now() / 1000;
  if (exp === undefined || exp > now + LONGEST_LIFE) return false;
  if (![claims.aud ?? []].flat().some((audience) => audiences.includes(audience))) return false;
  if (jti === undefined) return true;
  const seen = `${tenant.id}/${iss}/${jti}`;
  if (oidc.seenAssertions.get(seen)) return false;
  oidc.seenAssertions.set(seen, { expiresAt: exp * 1000 });
  return true;
}
