import type { JsonObject } from '../../../../kernel/json.ts';
import { readTokenRequest, type TokenRequest } from '../../../protocols/oauth/emulator.ts';
import { OAuthError } from '../errors.ts';
import { GRANT_TYPES, type GrantType, JWT_BEARER, TOKEN_EXCHANGE } from '../rows/application-settings.ts';
import type { Services } from '../services.ts';
import type { Tenant } from '../store.ts';
import { type AuthenticatedClient, authenticate } from './client-authentication.ts';
import { clientCredentialsFlow } from './client-credentials-flow.ts';
import { codeFlow } from './code-flow.ts';
import { applicationOf } from './grants.ts';
import { jwtBearerFlow } from './jwt-bearer-flow.ts';
import { passwordFlow } from './password-flow.ts';
import { refreshFlow } from './refresh-flow.ts';
import { settingsOf } from './settings.ts';
import type { TokenCall } from './token-call.ts';
import { tokenExchangeFlow } from './token-exchange-flow.ts';
import { readWishes } from './wishes.ts';

type Flow = (call: TokenCall) => Promise<JsonObject>;

const FLOWS: Readonly<Record<GrantType, Flow | undefined>> = {
  password: passwordFlow,
  authorization_code: codeFlow,
  refresh_token: refreshFlow,
  client_credentials: clientCredentialsFlow,
  [JWT_BEARER]: jwtBearerFlow,
  [TOKEN_EXCHANGE]: tokenExchangeFlow,
  // A flow of the authorization endpoint alone.
  implicit: undefined,
};

/** What a client without a secret may do: it has no identity of its own (assumed beyond ias 01a0440, c135fc4). */
const PUBLIC_GRANT_TYPES: ReadonlySet<GrantType> = new Set(['authorization_code', 'refresh_token', 'password']);

/** `POST /oauth2/token` (ias 67f720d, 3a74ef8, 52b93b0, c62c09e, 01a0440, 632df37). @throws OAuthError */
export async function grantToken(services: Services, tenant: Tenant, request: Request): Promise<JsonObject> {
  const read = await readTokenRequest(request);
  const client = await authenticate(services, tenant, request, read);
  const grantType = grantTypeOf(tenant, client, read);
  const { params } = read;
  const flow = FLOWS[grantType];
  if (!flow) throw unsupported(grantType);
  return flow({ services, tenant, request, params, wishes: readWishes(params), grantType, ...client });
}

function grantTypeOf(tenant: Tenant, { client, method }: AuthenticatedClient, { params }: TokenRequest): GrantType {
  const asked = params.get('grant_type');
  if (asked === null || asked === '') throw new OAuthError(400, 'invalid_request', 'grant_type is missing');
  const grantType = GRANT_TYPES.find((known) => known === asked);
  if (grantType === undefined || FLOWS[grantType] === undefined) throw unsupported(asked);
  const application = applicationOf(client);
  // Systems and technical users have client credentials for the tenant's own APIs (ias 5be5692), nothing else (assumed).
  const allowed = application ? settingsOf(tenant, application).grantTypes : (['client_credentials'] as const);
  const may = allowed.some((one) => one === grantType) && (method !== 'none' || PUBLIC_GRANT_TYPES.has(grantType));
  if (!may) throw new OAuthError(400, 'unauthorized_client', `grant_type ${grantType} is not allowed for the client`);
  return grantType;
}

function unsupported(grantType: string): OAuthError {
  return new OAuthError(400, 'unsupported_grant_type', `grant_type ${grantType.slice(0, 100)} is not supported`);
}
