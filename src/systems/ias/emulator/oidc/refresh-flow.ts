import type { JsonObject } from '../../../../kernel/json.ts';
import { OAuthError } from '../errors.ts';
import { isActive } from '../user-status.ts';
import { issueTokens, rotateRefreshToken } from './grants.ts';
import type { TokenCall } from './token-call.ts';

/** `refresh_token` (ias c62c09e). */
export async function refreshFlow(call: TokenCall): Promise<JsonObject> {
  const { services, tenant, params } = call;
  const token = params.get('refresh_token');
  if (token === null || token === '') throw new OAuthError(400, 'invalid_request', 'refresh_token is missing');
  const { grant, next } = rotateRefreshToken(services, tenant, token, call);
  // A deactivated user gets no new tokens (assumed).
  if (!isActive(services, tenant, grant.subject)) throw new OAuthError(400, 'invalid_grant', 'The user is not active');
  return issueTokens(services, tenant, grant, call, next);
}
