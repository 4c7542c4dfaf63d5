import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../../kernel/json.ts';
import { sameText } from '../../../protocols/oauth/emulator/secrets.ts';
import { clientIdOf } from '../clients.ts';
import { OAuthError } from '../errors.ts';
import { isActive } from '../user-status.ts';
import { issueTokens, newRefreshToken, openGrant } from './grants.ts';
import { digestOf, type StoredCode } from './store.ts';
import type { TokenCall } from './token-call.ts';

/** `authorization_code`, good for two minutes and once (ias 3a74ef8). */
export async function codeFlow(call: TokenCall): Promise<JsonObject> {
  const { services, tenant, client, method, params, wishes } = call;
  const text = params.get('code');
  if (text === null || text === '') throw new OAuthError(400, 'invalid_request', 'code is missing');
  const key = digestOf(text);
  const code = services.oidc.codes.get(key);
  const known = code && code.tenant === tenant.id && code.clientId === clientIdOf(client);
  if (!known || services.ctx.now() >= code.expiresAt) throw invalidGrant('The code is invalid or expired');
  services.oidc.codes.delete(key);
  if (params.get('redirect_uri') !== code.redirectUri) throw invalidGrant('The redirect_uri is another one');
  checkVerifier(code, params.get('code_verifier'), method === 'none');
  if (!isActive(services, tenant, code.subject)) throw invalidGrant('The user is not active');
  const { subject, authenticatedAt, amr, scope, sid } = code;
  const of = { subject, authenticatedAt, amr, scope, sid, bound: true, clientAuthMethod: method };
  const appTid = wishes.appTid ?? code.appTid;
  const asked = { ...call, wishes: appTid === undefined ? wishes : { ...wishes, appTid } };
  const grant = openGrant(services, tenant, asked, of);
  const issue = { ...asked, nonce: code.nonce };
  return issueTokens(services, tenant, grant, issue, newRefreshToken(services, tenant, grant, issue));
}

function checkVerifier({ challenge }: StoredCode, verifier: string | null, isPublic: boolean): void {
  if (!challenge) {
    // "You must use PKCE for public clients" (ias c135fc4); a verifier without a challenge is a downgrade (RFC 9700).
    if (isPublic) throw invalidGrant('Public clients need PKCE');
    if (verifier !== null) throw invalidGrant('There was no code_challenge');
    return;
  }
  if (verifier === null) throw invalidGrant('The code_verifier is missing');
  const derived = challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  if (!sameText(derived, challenge.value)) throw invalidGrant('The code_verifier is wrong');
}

function invalidGrant(description: string): OAuthError {
  return new OAuthError(400, 'invalid_grant', description);
}
