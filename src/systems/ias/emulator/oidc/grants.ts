import { createHash, createHmac } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { JsonObject } from '../../../../kernel/json.ts';
import { type Client, clientIdOf } from '../clients.ts';
import { OAuthError } from '../errors.ts';
import type { GrantType, TokenPolicy } from '../rows/application-settings.ts';
import type { Services } from '../services.ts';
import type { StoredApplication, Tenant } from '../store.ts';
import { issuerOf, subjectClaims } from './claims.ts';
import { settingsOf } from './settings.ts';
import { digestOf, type Grant, grantKey, type OidcStore } from './store.ts';
import type { Wishes } from './wishes.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long an old refresh token is good in "online scenarios" (ias c4ba52e). */
const ONLINE_MS = 5 * MINUTE;

/** Grant types whose access tokens are JWTs unless somebody wants otherwise (ias c4ba52e). */
const JWT_BY_DEFAULT: ReadonlySet<GrantType> = new Set(['authorization_code', 'client_credentials', 'implicit']);

/** What a request gets tokens for. */
export interface Issue {
  readonly client: Client;
  readonly grantType: GrantType;
  readonly wishes: Wishes;
  readonly nonce?: string | undefined;
  /** SHA-256 thumbprint of the certificate that the client used (RFC 8705). */
  readonly thumbprint?: string | undefined;
  /** Claims of the access token alone: audience and APIs of another application. */
  readonly extra?: JWTPayload;
  /** Of the access token. @default by policy */
  readonly lifetimeSeconds?: number;
}

export function applicationOf(client: Client): StoredApplication | undefined {
  return client.kind === 'application' ? client.application : undefined;
}

function tokenPolicyOf(tenant: Tenant, client: Client): TokenPolicy {
  return settingsOf(tenant, applicationOf(client)).tokenPolicy;
}

/** Begins what a client may do for a user in a session, or goes on with it. */
export function openGrant(
  { ctx, oidc }: Services,
  tenant: Tenant,
  issue: Pick<Issue, 'client' | 'grantType' | 'wishes'>,
  of: Pick<Grant, 'subject' | 'authenticatedAt' | 'amr' | 'scope' | 'clientAuthMethod'> &
    Partial<Pick<Grant, 'sid' | 'bound' | 'exchangeUntil'>>,
): Grant {
  const { client, grantType, wishes } = issue;
  const { maxExchangePeriod } = tokenPolicyOf(tenant, client);
  const longest = Math.min(maxExchangePeriod, wishes.maxExchangePeriod ?? maxExchangePeriod);
  const grant: Grant = {
    ...of,
    tenant: tenant.id,
    clientId: clientIdOf(client),
    sid: of.sid ?? `S-SP-${ctx.id()}`,
    bound: of.bound === true && !of.scope.includes('offline_access'),
    grantType,
    exchangeUntil: Math.min(of.exchangeUntil ?? Number.MAX_SAFE_INTEGER, of.authenticatedAt + longest * 1000),
    createdAt: ctx.now(),
    expiresAt: 0,
    seed: Buffer.from(ctx.random(32)).toString('base64url'),
    ...(wishes.tokenFormat === undefined ? {} : { tokenFormat: wishes.tokenFormat }),
    ...(wishes.appTid === undefined ? {} : { appTid: wishes.appTid }),
  };
  const known = oidc.grants.get(grantKey(grant));
  const kept = known ? { ...grant, createdAt: known.createdAt, expiresAt: known.expiresAt, seed: known.seed } : grant;
  oidc.grants.set(grantKey(kept), kept);
  return kept;
}

/** Ends a grant; its tokens are worth nothing from now on. */
export function endGrant(oidc: OidcStore, key: string): void {
  oidc.grants.delete(key);
  for (const token of oidc.refreshTokens.by('grant', key)) oidc.refreshTokens.delete(token.id);
}

/** Ends what the session of a browser led to, except for offline access. */
export function endSessionGrants(oidc: OidcStore, sid: string): void {
  for (const grant of oidc.grants.by('sid', sid)) if (grant.bound) endGrant(oidc, grantKey(grant));
}

/** The answer of the token endpoint for a user: access and ID token, and a refresh token where there is one. */
export async function issueTokens(
  services: Services,
  tenant: Tenant,
  grant: Grant,
  issue: Issue,
  refreshToken: string | undefined,
): Promise<JsonObject> {
  const { ctx, oidc } = services;
  const application = applicationOf(issue.client);
  const about = subjectClaims(services, tenant, application, grant.subject, grant.scope);
  if (!about) throw new OAuthError(400, 'invalid_grant', 'The user does not exist any more');
  const lifetime = tokenPolicyOf(tenant, issue.client).jwtValidity * MINUTE;
  const session = {
    ...about,
    sid: grant.sid,
    auth_time: Math.floor(grant.authenticatedAt / 1000),
    amr: [...grant.amr],
    ...(grant.appTid === undefined ? {} : { app_tid: grant.appTid }),
  };
  const wish = { ...issue, ...formatWish(grant, issue) };
  const access = await accessToken(services, tenant, wish, { ...session, ...issue.extra });
  const idToken = await services.tokenKeys(tenant).sign({
    ...commonClaims(services, tenant, issue.client),
    ...session,
    at_hash: halfHash(access.token),
    ...(issue.nonce === undefined ? {} : { nonce: issue.nonce }),
  });
  const key = grantKey(grant);
  const refreshEnd = refreshToken === undefined ? 0 : (oidc.refreshTokens.get(digestOf(refreshToken))?.expiresAt ?? 0);
  oidc.grants.set(key, { ...grant, expiresAt: Math.max(grant.expiresAt, ctx.now() + lifetime, refreshEnd) });
  return {
    access_token: access.token,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    id_token: idToken,
    token_type: 'Bearer',
    expires_in: access.expiresIn,
    ...(grant.scope.length > 0 ? { scope: grant.scope.join(' ') } : {}),
  };
}

function formatWish(grant: Grant, { wishes, grantType }: Issue): { readonly wishes: Wishes } {
  // "If token_format was specified before, this format is re-used in the refresh token endpoint" (ias c62c09e).
  const remembered = grantType === 'refresh_token' ? grant.tokenFormat : undefined;
  const tokenFormat = wishes.tokenFormat ?? remembered;
  return { wishes: tokenFormat === undefined ? wishes : { ...wishes, tokenFormat } };
}

/** An access token with these claims, opaque or as a JWT. */
export async function accessToken(
  services: Services,
  tenant: Tenant,
  issue: Issue,
  claims: JWTPayload,
): Promise<{ readonly token: string; readonly expiresIn: number }> {
  const policy = tokenPolicyOf(tenant, issue.client);
  const common = commonClaims(services, tenant, issue.client);
  const expiresIn = issue.lifetimeSeconds ?? policy.jwtValidity * 60;
  const payload = {
    ...common,
    exp: common.iat + expiresIn,
    ...claims,
    ...(issue.thumbprint === undefined ? {} : { cnf: { 'x5t#S256': issue.thumbprint } }),
  };
  const byPolicy = policy.accessTokenFormat === 'default' ? undefined : policy.accessTokenFormat;
  const format = issue.wishes.tokenFormat ?? byPolicy ?? (JWT_BY_DEFAULT.has(issue.grantType) ? 'jwt' : 'opaque');
  if (format === 'jwt') return { token: await services.tokenKeys(tenant).sign(payload), expiresIn };
  const token = Buffer.from(services.ctx.random(24)).toString('hex');
  services.oidc.opaqueTokens.set(digestOf(token), {
    tenant: tenant.id,
    claims: payload as JsonObject,
    expiresAt: services.ctx.now() + expiresIn * 1000,
  });
  return { token, expiresIn };
}

function commonClaims({ ctx }: Services, tenant: Tenant, client: Client) {
  const clientId = clientIdOf(client);
  const application = applicationOf(client);
  const iat = Math.floor(ctx.now() / 1000);
  return {
    iss: issuerOf(tenant, application),
    // Names the tenant wherever the issuer comes from (ias 7bf3c18).
    ias_iss: `https://${tenant.host}`,
    aud: clientId,
    azp: clientId,
    iat,
    exp: iat + settingsOf(tenant, application).tokenPolicy.jwtValidity * 60,
    jti: ctx.id(),
  };
}

/** `at_hash` of OpenID Connect Core §3.1.3.6 for RS256. */
function halfHash(token: string): string {
  return createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');
}

/** A new refresh token of a grant; undefined where none is due. */
export function newRefreshToken(
  { ctx, oidc }: Services,
  tenant: Tenant,
  grant: Grant,
  issue: Issue,
): string | undefined {
  const expiresAt = refreshEnd(ctx.now(), tenant, grant, issue);
  if (expiresAt === undefined) return undefined;
  const key = grantKey(grant);
  const { refreshParallel } = tokenPolicyOf(tenant, issue.client);
  // "Max sessions per user": so many tokens of one session in parallel; that the oldest has to go is assumed.
  const current = oidc.refreshTokens.by('grant', key);
  const line = current.filter((token) => !token.used);
  for (const old of line.slice(0, Math.max(0, line.length - refreshParallel + 1))) {
    endLine(oidc, current, old);
  }
  const token = Buffer.from(ctx.random(16)).toString('hex');
  keep(oidc, tenant, key, token, { issuedAt: ctx.now(), expiresAt });
  return token;
}

function refreshEnd(now: number, tenant: Tenant, grant: Grant, { client, wishes }: Issue): number | undefined {
  const settings = settingsOf(tenant, applicationOf(client));
  if (!settings.grantTypes.includes('refresh_token')) return undefined;
  if (wishes.refreshExpiry !== undefined && wishes.refreshExpiry <= 0) return undefined;
  const longest = settings.tokenPolicy.refreshValidity * HOUR;
  const wished = wishes.refreshExpiry === undefined ? longest : Math.min(longest, wishes.refreshExpiry * 1000);
  const expiresAt = Math.min(now + wished, grant.exchangeUntil);
  return expiresAt > now ? expiresAt : undefined;
}

function keep(
  oidc: OidcStore,
  tenant: Tenant,
  grant: string,
  token: string,
  more: { readonly issuedAt: number; readonly expiresAt: number; readonly replaces?: string },
): void {
  const id = digestOf(token);
  oidc.refreshTokens.set(id, { id, tenant: tenant.id, grant, ...more });
}

/** Forgets a refresh token with those before it that are still good. */
function endLine(
  oidc: OidcStore,
  all: ReturnType<OidcStore['refreshTokens']['by']>,
  last: { id: string; replaces?: string },
): void {
  let next: { id: string; replaces?: string } | undefined = last;
  while (next) {
    oidc.refreshTokens.delete(next.id);
    const { replaces }: { replaces?: string } = next;
    next = all.find((token) => token.id === replaces);
  }
}

/**
 * Takes a refresh token and gives the one that follows; undefined where the application gets none any more.
 * @throws OAuthError `invalid_grant`
 */
export function rotateRefreshToken(
  services: Services,
  tenant: Tenant,
  token: string,
  issue: Issue,
): { readonly grant: Grant; readonly next: string | undefined } {
  const { ctx, oidc } = services;
  const stored = oidc.refreshTokens.get(digestOf(token));
  const grant = stored && oidc.grants.get(stored.grant);
  const refused = new OAuthError(400, 'invalid_grant', 'The refresh token is invalid or expired');
  if (!stored || !grant || stored.tenant !== tenant.id || grant.clientId !== clientIdOf(issue.client)) throw refused;
  if (ctx.now() >= stored.expiresAt || ctx.now() >= grant.exchangeUntil) throw refused;
  // Its use shows that the one it replaced has done its duty (ias c4ba52e).
  if (stored.replaces !== undefined) oidc.refreshTokens.delete(stored.replaces);

  const { refreshTokenRotationScenario: scenario } = tokenPolicyOf(tenant, issue.client);
  const expiresAt = refreshEnd(ctx.now(), tenant, grant, issue);
  if (scenario === 'off') {
    oidc.refreshTokens.delete(stored.id);
  } else {
    const until = scenario === 'online' && !stored.used ? ctx.now() + ONLINE_MS : stored.expiresAt;
    oidc.refreshTokens.set(stored.id, { ...stored, used: true, expiresAt: Math.min(stored.expiresAt, until) });
  }
  if (expiresAt === undefined) return { grant, next: undefined };
  // Made from the old one, so that whoever calls with the old one again gets the same new one, and no text is kept.
  const next = createHmac('sha256', grant.seed).update(token).digest('hex').slice(0, 32);
  const known = oidc.refreshTokens.get(digestOf(next));
  if (!known) keep(oidc, tenant, stored.grant, next, { issuedAt: ctx.now(), expiresAt, replaces: stored.id });
  return { grant, next };
}
