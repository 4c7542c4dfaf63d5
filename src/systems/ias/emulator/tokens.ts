import type { JWTPayload } from 'jose';
import type { JsonObject } from '../../../kernel/json.ts';
import type { TokenRequest } from '../../protocols/oauth/emulator.ts';
import { isObject } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../wire.ts';
import { authenticateClient, type Client, clientIdOf } from './clients.ts';
import { OAuthError } from './errors.ts';
import { groupById, groupsOf } from './groups.ts';
import { logOn } from './logon.ts';
import { STANDARD } from './policies.ts';
import type { Services } from './services.ts';
import { namesOf, type StoredUser, type Tenant, userIdOf } from './store.ts';

/** Access and ID tokens live an hour unless the application says otherwise (ias c4ba52e). */
const LIFETIME_SECONDS = 3600;

/** Grants that IAS has (ias c297516) and this emulator does not. */
const NOT_EMULATED: ReadonlySet<string> = new Set([
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:token-exchange',
]);

/** `POST /oauth2/token` (ias 67f720d). */
export async function grantToken(services: Services, tenant: Tenant, request: TokenRequest): Promise<JsonObject> {
  const client = authenticate(services, tenant, request);
  const grantType = request.params.get('grant_type');
  if (grantType === null) throw new OAuthError(400, 'invalid_request', 'grant_type is missing');
  if (grantType === 'client_credentials') return forClient(services, tenant, client);
  if (grantType === 'password') return forUser(services, tenant, client, request.params);
  if (NOT_EMULATED.has(grantType)) throw new OAuthError(501, 'unsupported_grant_type', `${grantType} is not emulated`);
  throw new OAuthError(400, 'unsupported_grant_type', `grant_type ${grantType} is not supported`);
}

function authenticate(services: Services, tenant: Tenant, { client, contradictingClient }: TokenRequest): Client {
  const known = client?.secret !== undefined && authenticateClient(services, tenant, client.id, client.secret);
  if (!known || contradictingClient) throw new OAuthError(401, 'invalid_client', 'Client authentication failed');
  return known;
}

async function forClient(services: Services, tenant: Tenant, client: Client): Promise<JsonObject> {
  const clientId = clientIdOf(client);
  const claims = { ...commonClaims(services, tenant, clientId), sub: clientId, sap_id_type: 'app' };
  // Client credentials give a JWT, the password grant an opaque token (defaults of ias 67f720d).
  return tokenAnswer({ access_token: await services.tokenKeys(tenant).sign(claims) });
}

async function forUser(
  services: Services,
  tenant: Tenant,
  client: Client,
  params: URLSearchParams,
): Promise<JsonObject> {
  const userName = params.get('username');
  const password = params.get('password');
  if (userName === null || password === null) {
    throw new OAuthError(400, 'invalid_request', 'username and password are needed');
  }
  const policy = client.kind === 'application' ? client.application.policy : STANDARD.uri;
  const logon = await logOn(services, tenant, userName, password, policy);
  if (!logon.ok) throw new OAuthError(401, 'invalid_grant', logon.code ?? 'Bad credentials', logon.code);
  const claims = { ...commonClaims(services, tenant, clientIdOf(client)), ...userClaims(services, tenant, logon.user) };
  const token = await services.tokenKeys(tenant).sign(claims);
  const jwt = params.get('token_format') === 'jwt';
  const opaque = Buffer.from(services.ctx.random(24)).toString('hex');
  return tokenAnswer({ access_token: jwt ? token : opaque, id_token: token });
}

function tokenAnswer(tokens: Readonly<Record<string, string>>): JsonObject {
  return { ...tokens, token_type: 'Bearer', expires_in: LIFETIME_SECONDS };
}

function commonClaims({ ctx }: Services, tenant: Tenant, clientId: string): JWTPayload {
  const issuedAt = Math.floor(ctx.now() / 1000);
  const issuer = `https://${tenant.host}`;
  return {
    iss: issuer,
    ias_iss: issuer,
    aud: clientId,
    azp: clientId,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    jti: ctx.id(),
  };
}

/** Claims of ias c297516; `sub` is the user id, the default subject name identifier. */
function userClaims({ ctx, store }: Services, tenant: Tenant, user: StoredUser): JWTPayload {
  const { resource } = user;
  const extension = resource[IAS_SCHEMA.sap];
  const name = isObject(resource.name) ? resource.name : {};
  const { userName, emails } = namesOf(resource);
  const groups = groupsOf(store, tenant, user.id).map((membership) => {
    const custom = groupById(store, tenant, membership.value).resource[IAS_SCHEMA.customGroup];
    return isObject(custom) ? String(custom.name) : membership.display;
  });
  return {
    sub: userIdOf(resource),
    sap_id_type: 'user',
    auth_time: Math.floor(ctx.now() / 1000),
    scim_id: user.id,
    ...(isObject(extension) ? { user_uuid: String(extension.userUuid) } : {}),
    email: primaryOf(resource) ?? emails[0] ?? '',
    email_verified: isObject(extension) && extension.mailVerified === true,
    preferred_username: userName,
    ...(typeof name.givenName === 'string' ? { given_name: name.givenName } : {}),
    ...(typeof name.familyName === 'string' ? { family_name: name.familyName } : {}),
    groups,
  };
}

function primaryOf(resource: JsonObject): string | undefined {
  const emails = Array.isArray(resource.emails) ? (resource.emails as readonly JsonObject[]) : [];
  const primary = emails.find((email) => email.primary === true)?.value;
  return typeof primary === 'string' ? primary : undefined;
}
