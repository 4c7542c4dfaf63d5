import type { Services } from '../services.ts';
import type { Session, Tenant } from '../store.ts';
import { type AuthorizationRequest, answerLocation } from './authorization-request.ts';
import { issuerOf } from './claims.ts';
import { issueTokens, openGrant } from './grants.ts';
import { type Authentication, digestOf } from './store.ts';

/** A code can be used within 2 minutes (ias 94ff0b4). */
const CODE_MS = 2 * 60_000;

/** The answer to a request of somebody who is admitted. @returns where the browser goes */
export async function grantAuthorization(
  services: Services,
  tenant: Tenant,
  request: AuthorizationRequest,
  session: Session & { readonly authentication: Authentication; readonly sid: string },
): Promise<string> {
  const issuer = issuerOf(tenant, request.application);
  const answer =
    request.responseType === 'code'
      ? { code: keepCode(services, tenant, request, session) }
      : await implicitAnswer(services, tenant, request, session);
  return answerLocation({ ...request, issuer }, answer);
}

type SignedIn = Parameters<typeof grantAuthorization>[3];

function keepCode(
  { ctx, oidc }: Services,
  tenant: Tenant,
  { application, redirectUri, scope, nonce, challenge, appTid }: AuthorizationRequest,
  { authentication, sid }: SignedIn,
): string {
  const code = Buffer.from(ctx.random(16)).toString('hex');
  oidc.codes.set(digestOf(code), {
    ...authentication,
    tenant: tenant.id,
    clientId: application.clientId,
    redirectUri,
    sid,
    scope,
    expiresAt: ctx.now() + CODE_MS,
    ...(nonce === undefined ? {} : { nonce }),
    ...(challenge === undefined ? {} : { challenge }),
    ...(appTid === undefined ? {} : { appTid }),
  });
  return code;
}

/** Implicit flow: the tokens themselves, without a refresh token (ias 26090fd). */
async function implicitAnswer(
  services: Services,
  tenant: Tenant,
  { application, responseType, scope, nonce, appTid }: AuthorizationRequest,
  { authentication, sid }: SignedIn,
): Promise<Record<string, string>> {
  const issue = {
    client: { kind: 'application', application },
    grantType: 'implicit',
    wishes: { scope, ...(appTid === undefined ? {} : { appTid }) },
    nonce,
  } as const;
  const of = { ...authentication, sid, bound: true, scope, clientAuthMethod: 'none' };
  const grant = openGrant(services, tenant, issue, of);
  const tokens = await issueTokens(services, tenant, grant, issue, undefined);
  if (responseType === 'id_token') return { id_token: String(tokens.id_token) };
  const { access_token: token, expires_in: expiresIn } = tokens;
  return { access_token: String(token), token_type: 'Bearer', expires_in: String(expiresIn) };
}
