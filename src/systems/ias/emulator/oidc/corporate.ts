import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { JsonObject } from '../../../../kernel/json.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import { emailOf } from './claims.ts';
import type { Authentication, CorporateProvider, Subject } from './store.ts';

/** Why a corporate identity provider did not authenticate. */
export class FederationError extends Error {
  override readonly name = 'FederationError';
}

const MINUTES = 60_000;
/** What the browser has for its sign-in (assumed). */
const PATIENCE = 15 * MINUTES;

const metadata = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
});
type Metadata = z.infer<typeof metadata>;

export function corporateProvider({ oidc }: Services, tenant: Tenant, name: string): CorporateProvider | undefined {
  return oidc.corporateProviders.get(keyIn(tenant.id, name));
}

/** Redirect URI that the provider must know (ias 8ff83a1). */
export function callbackOf(tenant: Tenant): string {
  return `https://${tenant.host}/oauth2/callback`;
}

/** Sends a browser to the provider. @returns its authorization URL */
export async function beginFederation(
  services: Services,
  tenant: Tenant,
  provider: CorporateProvider,
  of: { readonly session: string; readonly target: string; readonly loginHint: string | undefined },
): Promise<string> {
  const { ctx, oidc } = services;
  const { authorization_endpoint: endpoint } = await discover(services, provider);
  const secret = () => Buffer.from(ctx.random(32)).toString('base64url');
  const [state, nonce, verifier] = [secret(), secret(), secret()];
  const { session, target, loginHint } = of;
  oidc.federations.set(state, {
    tenant: tenant.id,
    provider: provider.name,
    session,
    target,
    nonce,
    verifier,
    expiresAt: ctx.now() + PATIENCE,
  });
  const url = new URL(endpoint);
  const query: Record<string, string> = {
    client_id: provider.clientId,
    redirect_uri: callbackOf(tenant),
    response_type: 'code',
    scope: 'openid email profile groups',
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    // The identifier that was typed, so that nobody has to type it again (ias 0143dce).
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** The browser came back from the provider. @throws FederationError */
export async function finishFederation(
  services: Services,
  tenant: Tenant,
  session: string | undefined,
  params: URLSearchParams,
): Promise<{ readonly authentication: Authentication; readonly target: string }> {
  const { ctx, oidc } = services;
  const state = params.get('state') ?? '';
  const pending = oidc.federations.get(state);
  oidc.federations.delete(state);
  const known = pending && pending.tenant === tenant.id && pending.session === session && ctx.now() < pending.expiresAt;
  const provider = known ? corporateProvider(services, tenant, pending.provider) : undefined;
  if (!known || !provider) throw new FederationError('no sign-in of this browser is under way');
  const code = params.get('code');
  if (code === null) throw new FederationError('the identity provider refused');
  const claims = await idTokenOf(services, provider, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callbackOf(tenant),
    code_verifier: pending.verifier,
  });
  if (claims.nonce !== pending.nonce) throw new FederationError('the nonce is another one');
  return { authentication: authenticated(services, tenant, provider, claims), target: pending.target };
}

/** The password grant goes on to the provider; a second factor there is not possible (ias 8ff83a1). @throws FederationError */
export async function passwordAtProvider(
  services: Services,
  tenant: Tenant,
  provider: CorporateProvider,
  username: string,
  password: string,
): Promise<Authentication> {
  if (provider.protocol !== 'oidc' || !provider.passwordGrant) {
    throw new FederationError('the identity provider takes no passwords');
  }
  const claims = await idTokenOf(services, provider, {
    grant_type: 'password',
    username,
    password,
    scope: 'openid email profile groups',
  });
  return authenticated(services, tenant, provider, claims);
}

/**
 * Whom a token of a trusted provider is about (ias 01a0440): its audience is us or our client id there.
 * @returns undefined when no provider of the tenant issued it
 * @throws FederationError when one did and it is not good
 */
export async function subjectOfForeignToken(
  services: Services,
  tenant: Tenant,
  token: string,
  claimed: JWTPayload,
  issuer: string,
): Promise<{ readonly subject: Subject; readonly provider: CorporateProvider } | undefined> {
  const audience = [claimed.aud ?? []].flat();
  const candidates = services.oidc.corporateProviders
    .by('tenant', tenant.id)
    .filter((one) => one.protocol === 'oidc' && one.issuer === claimed.iss);
  if (candidates.length === 0) return undefined;
  const provider = candidates.find((one) => audience.includes(one.clientId)) ?? candidates[0];
  if (!provider || !(audience.includes(provider.clientId) || audience.includes(issuer))) {
    throw new FederationError('the audience is another one');
  }
  const claims = await verified(services, provider, token);
  return { subject: subjectOf(services, tenant, provider, claims), provider };
}

function authenticated(
  services: Services,
  tenant: Tenant,
  provider: CorporateProvider,
  claims: JWTPayload,
): Authentication {
  const subject = subjectOf(services, tenant, provider, claims);
  return { subject, authenticatedAt: services.ctx.now(), amr: ['ext'] };
}

function subjectOf(services: Services, tenant: Tenant, provider: CorporateProvider, claims: JWTPayload): Subject {
  const email = typeof claims.email === 'string' ? claims.email : claims.sub;
  const user = provider.useLocalUsers ? userByEmail(services, tenant, email) : undefined;
  return user
    ? { kind: 'user', id: user.id }
    : { kind: 'corporate', provider: provider.name, claims: passedOn(claims) };
}

function userByEmail({ store }: Services, tenant: Tenant, email: string | undefined): StoredUser | undefined {
  if (email === undefined) return undefined;
  const wanted = email.toLowerCase();
  const found = store.users.by('identifier', keyIn(tenant.id, wanted));
  return found.find((user) => emailOf(user) === wanted);
}

const PASSED_ON = [
  'sub',
  'email',
  'email_verified',
  'given_name',
  'family_name',
  'name',
  'preferred_username',
  'groups',
];

/** Tokens then say what the provider said (ias f19e580). */
function passedOn(claims: JWTPayload): JsonObject {
  return Object.fromEntries(PASSED_ON.flatMap((name) => (name in claims ? [[name, claims[name]]] : []))) as JsonObject;
}

const answer = z.looseObject({ id_token: z.string() });

/** How the client secret is sent is configured at the provider. */
async function idTokenOf(
  services: Services,
  provider: CorporateProvider,
  fields: Readonly<Record<string, string>>,
): Promise<JWTPayload> {
  const { token_endpoint: endpoint } = await discover(services, provider);
  const { clientId, clientSecret } = provider;
  const basic = provider.clientAuthentication === 'basic';
  const body = new URLSearchParams(basic ? fields : { client_id: clientId, client_secret: clientSecret, ...fields });
  // Both parts form-encoded (RFC 6749 §2.3.1).
  const headers: Record<string, string> = basic
    ? { authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}` }
    : {};
  const response = await services.ctx.fetch(endpoint, { method: 'POST', body, headers }).catch(() => undefined);
  if (response?.status !== 200) throw new FederationError(`the identity provider answered ${response?.status}`);
  const parsed = answer.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw new FederationError('the identity provider gave no ID token');
  const claims = await verified(services, provider, parsed.data.id_token);
  if (![claims.aud ?? []].flat().includes(provider.clientId)) throw new FederationError('the audience is another one');
  return claims;
}

async function verified(services: Services, provider: CorporateProvider, token: string): Promise<JWTPayload> {
  const { jwks_uri: keys } = await discover(services, provider);
  const claims = await services.verifyForeign(token, keys).catch(() => undefined);
  if (!claims || claims.iss !== provider.issuer || claims.exp === undefined) {
    throw new FederationError('the ID token is not good');
  }
  return claims;
}

async function discover({ ctx }: Services, { address }: CorporateProvider): Promise<Metadata> {
  const response = await ctx.fetch(`${address}/.well-known/openid-configuration`).catch(() => undefined);
  const parsed = metadata.safeParse(
    response?.status === 200 ? await response.json().catch(() => undefined) : undefined,
  );
  if (!parsed.success) throw new FederationError('the identity provider cannot be reached');
  return parsed.data;
}
