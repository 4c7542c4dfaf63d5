import { decodeJwt, type JWTPayload } from 'jose';
import type { JsonObject } from '../../../../kernel/json.ts';
import { clientIdOf } from '../clients.ts';
import { OAuthError } from '../errors.ts';
import { isActive } from '../user-status.ts';
import { issuerOf } from './claims.ts';
import { FederationError, subjectOfForeignToken } from './corporate.ts';
import { applicationOf, issueTokens, newRefreshToken, openGrant } from './grants.ts';
import { resourceClaims } from './resources.ts';
import type { Grant } from './store.ts';
import type { TokenCall } from './token-call.ts';
import { goodToken } from './token-state.ts';

/** An ID token of this tenant or of a corporate identity provider for tokens of the client (ias 01a0440). */
export async function jwtBearerFlow(call: TokenCall): Promise<JsonObject> {
  const { services, tenant, method, params, wishes } = call;
  const assertion = params.get('assertion');
  if (assertion === null || assertion === '') throw new OAuthError(400, 'invalid_request', 'assertion is missing');
  const claimed = claimsOf(assertion);
  const extra = resourceClaims(call);
  const proven = (await fromThisTenant(call, assertion, claimed)) ?? (await fromProvider(call, assertion, claimed));
  if (!isActive(services, tenant, proven.subject)) throw invalidGrant('The user is not active');
  const of = { ...proven, scope: wishes.scope, clientAuthMethod: method };
  const grant = openGrant(services, tenant, call, of);
  const issue = { ...call, extra };
  return issueTokens(services, tenant, grant, issue, newRefreshToken(services, tenant, grant, issue));
}

type Proven = Pick<Grant, 'subject' | 'authenticatedAt' | 'amr'> &
  Partial<Pick<Grant, 'sid' | 'bound' | 'exchangeUntil'>>;

/** The audience must contain the client. The session of the assertion goes on (assumed). */
async function fromThisTenant(
  { services, tenant, client }: TokenCall,
  assertion: string,
  claimed: JWTPayload,
): Promise<Proven | undefined> {
  if (claimed.ias_iss !== `https://${tenant.host}`) return undefined;
  const good = await goodToken(services, tenant, assertion);
  if (!good?.grant) throw invalidGrant('The assertion is not good');
  if (![claimed.aud ?? []].flat().includes(clientIdOf(client))) throw invalidGrant('The audience is another one');
  const { subject, authenticatedAt, amr, sid, bound, exchangeUntil } = good.grant;
  if (services.ctx.now() >= exchangeUntil) throw invalidGrant('The user must authenticate again');
  return { subject, authenticatedAt, amr, sid, bound, exchangeUntil };
}

async function fromProvider(call: TokenCall, assertion: string, claimed: JWTPayload): Promise<Proven> {
  const { services, tenant, client } = call;
  try {
    const issuer = issuerOf(tenant, applicationOf(client));
    const found = await subjectOfForeignToken(services, tenant, assertion, claimed, issuer);
    if (!found) throw invalidGrant('The issuer is not trusted');
    return { subject: found.subject, authenticatedAt: services.ctx.now(), amr: ['ext'] };
  } catch (error) {
    if (error instanceof FederationError) throw invalidGrant('The assertion is not good');
    throw error;
  }
}

function claimsOf(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion);
  } catch {
    throw invalidGrant('The assertion is no JWT');
  }
}

function invalidGrant(description: string): OAuthError {
  return new OAuthError(400, 'invalid_grant', description);
}
