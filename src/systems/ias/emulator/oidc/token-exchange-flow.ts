import type { JsonObject } from '../../../../kernel/json.ts';
import { clientIdOf } from '../clients.ts';
import { OAuthError } from '../errors.ts';
import { issueTokens, newRefreshToken, openGrant } from './grants.ts';
import { resourceClaims } from './resources.ts';
import type { TokenCall } from './token-call.ts';
import { type GoodToken, goodToken } from './token-state.ts';

const TYPE = 'urn:ietf:params:oauth:token-type:';
const ACCESS_TOKEN = `${TYPE}access_token`;
const ID_TOKEN = `${TYPE}id_token`;

/** Kinds of token that a type may stand for (ias 632df37). */
const SUBJECT_TYPES: Readonly<Record<string, readonly GoodToken['kind'][]>> = {
  [ACCESS_TOKEN]: ['access'],
  [ID_TOKEN]: ['id'],
  [`${TYPE}refresh_token`]: ['refresh'],
  [`${TYPE}jwt`]: ['access', 'id'],
};

/** SAML is not emulated. */
const SAML_TYPES: ReadonlySet<string> = new Set([
  `${TYPE}saml2`,
  'urn:sap:identity:oauth:token-type:saml2-header',
  'urn:sap:identity:oauth:token-type:saml2-session',
]);

/** Single sign-on from a mobile to a web application: an opaque token for five minutes (ias 632df37, db2b428). */
const SSO = 'urn:sap:identity:sso';
const SSO_SECONDS = 300;

/** `urn:ietf:params:oauth:grant-type:token-exchange` (ias 632df37, RFC 8693). */
export async function tokenExchangeFlow(call: TokenCall): Promise<JsonObject> {
  const { services, tenant, method, params, wishes } = call;
  const requested = params.get('requested_token_type') ?? ACCESS_TOKEN;
  const type = params.get('subject_token_type') ?? '';
  if (SAML_TYPES.has(requested) || SAML_TYPES.has(type)) {
    throw new OAuthError(501, 'invalid_request', 'SAML tokens are not emulated');
  }
  if (requested !== ACCESS_TOKEN && requested !== ID_TOKEN) {
    throw new OAuthError(400, 'invalid_request', 'requested_token_type is not supported');
  }
  const grantBefore = await subjectGrant(call, type);
  const sso = params.get('resource') === SSO;
  const { subject, authenticatedAt, amr, sid, bound, exchangeUntil, scope: had } = grantBefore;
  const scope = wishes.scope.length > 0 ? wishes.scope : had;
  const of = { subject, authenticatedAt, amr, sid, bound, exchangeUntil, scope, clientAuthMethod: method };
  const extra = sso ? {} : resourceClaims(call);
  const grant = openGrant(services, tenant, call, of);
  const issued = { issued_token_type: requested === ID_TOKEN && !params.has('resource') ? ID_TOKEN : ACCESS_TOKEN };
  if (sso) {
    const opaque = { ...call, wishes: { ...wishes, tokenFormat: 'opaque' as const } };
    const answer = await issueTokens(services, tenant, grant, { ...opaque, lifetimeSeconds: SSO_SECONDS }, undefined);
    const { access_token: token } = answer;
    return { access_token: token ?? '', ...issued, scope: 'openid', token_type: 'Bearer', expires_in: SSO_SECONDS };
  }
  const issue = { ...call, extra };
  const answer = await issueTokens(services, tenant, grant, issue, newRefreshToken(services, tenant, grant, issue));
  // RFC 8693 §2.2.1: the token that was asked for stands in access_token, whatever it is.
  const { id_token: idToken } = answer;
  return issued.issued_token_type === ID_TOKEN
    ? { ...answer, ...issued, access_token: idToken ?? '' }
    : { ...answer, ...issued };
}

/** Whom the subject token is about; it must have been issued to or for the client (assumed). */
async function subjectGrant({ services, tenant, client, params }: TokenCall, type: string) {
  const token = params.get('subject_token');
  if (token === null || token === '') throw new OAuthError(400, 'invalid_request', 'subject_token is missing');
  const kinds = SUBJECT_TYPES[type];
  if (!kinds) throw new OAuthError(400, 'invalid_request', 'subject_token_type is not supported');
  const good = await goodToken(services, tenant, token);
  const clientId = clientIdOf(client);
  const audience = [good?.claims.aud ?? []].flat();
  const known =
    good?.grant && kinds.includes(good.kind) && (good.claims.azp === clientId || audience.includes(clientId));
  if (!known || !good.grant) throw new OAuthError(400, 'invalid_grant', 'The subject token is not good');
  if (services.ctx.now() >= good.grant.exchangeUntil) {
    throw new OAuthError(400, 'invalid_grant', 'The user must authenticate again');
  }
  return good.grant;
}
