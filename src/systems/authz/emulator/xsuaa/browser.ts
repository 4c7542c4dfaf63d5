import { createHash } from 'node:crypto';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { TrustedIdentityProvider, Zone } from '../../../../emulation/world.ts';
import { type AuthzStore, type BrowserSession, keyOf, type OAuthClient } from '../store.ts';
import { canonicalOrigin, type ZoneDirectory } from '../zone/directory.ts';
import { xsuaaUrl } from './addresses.ts';
import type { AuthorizationCodes, Challenge } from './codes.ts';
import { invalidRequest, OAuthError, unauthorized } from './errors.ts';
import type { ExternalLogins } from './external-logins.ts';
import type { Logons } from './logons.ts';
import { isAllowedRedirect } from './redirects.ts';

/** Milliseconds without a request after which a session ends, and in which a sign-in must be over (assumed). */
const SESSION_IDLE = 30 * 60_000;
const SIGN_IN_PATIENCE = 15 * 60_000;

/** What the browser is to do next. `session` is the cookie that it gets. */
export type Next =
  | { readonly kind: 'go'; readonly location: string; readonly session?: string }
  | { readonly kind: 'choose'; readonly choices: readonly { readonly text: string; readonly href: string }[] };

export interface BrowserParts {
  readonly store: AuthzStore;
  readonly directory: ZoneDirectory;
  readonly external: ExternalLogins;
  readonly logons: Logons;
  readonly codes: AuthorizationCodes;
}

/** Sign-in in the browser: XSUAA lets the identity provider do it and gives the application a code. */
export interface BrowserLogon {
  /** `/oauth/authorize`. @throws OAuthError for what the application is not to be told of */
  authorize(zone: Zone, query: URLSearchParams, session: string | undefined): Promise<Next>;
  /** `/login/callback/<origin key>`, where the identity provider sends the browser back. */
  callback(zone: Zone, originKey: string, query: URLSearchParams, session: string | undefined): Promise<Next>;
  /** `/logout.do`, by way of the identity provider's; undefined = there is nowhere to go. */
  logOut(zone: Zone, query: URLSearchParams, session: string | undefined): Promise<string | undefined>;
}

export function createBrowserLogon(ctx: EmulatorContext, parts: BrowserParts): BrowserLogon {
  const { store, directory, external, logons, codes } = parts;
  const random = (bytes: number) => Buffer.from(ctx.random(bytes)).toString('base64url');

  function sessionOf(zone: Zone, id: string | undefined): BrowserSession | undefined {
    const session = id === undefined ? undefined : store.sessions.get(id);
    return session?.zone === zone.guid && session.expiresAt > ctx.now() ? session : undefined;
  }

  function clientOf(zone: Zone, query: URLSearchParams): OAuthClient {
    const id = query.get('client_id');
    const client = id === null ? undefined : store.clients.by('client', keyOf(zone.guid, id))[0];
    if (!client) throw unauthorized(`No client with requested id: ${(id ?? '').slice(0, 200)}`);
    return client;
  }

  function mayReturn(zone: Zone, client: OAuthClient, uri: string): boolean {
    const application = client.appId === undefined ? undefined : directory.application(zone.guid, client.appId);
    return isAllowedRedirect(application?.oauth2?.redirectUris ?? [], uri);
  }

  /** Who may sign in users here: the hinted one, else all that are offered for logon. */
  function providersFor(zone: Zone, query: URLSearchParams): readonly TrustedIdentityProvider[] {
    const active = directory.providers(zone.guid).filter((one) => one.active && one.type === 'Application');
    const hint = hintedOrigin(query);
    if (hint === undefined) return active.filter((one) => one.availableForUserLogon ?? true);
    return active.filter((one) => one.originKey === canonicalOrigin(hint));
  }

  async function signInAt(zone: Zone, provider: TrustedIdentityProvider, query: URLSearchParams): Promise<Next> {
    // SAML is not emulated: the tenant says so.
    if (provider.protocol === 'SAML') return { kind: 'go', location: `https://${provider.host}/saml2/idp/sso` };
    const { authorize } = await external.endpoints(provider);
    const [state, nonce, codeVerifier, session] = [random(24), random(24), random(32), random(24)];
    const expiresAt = ctx.now() + SIGN_IN_PATIENCE;
    store.sessions.set(session, { zone: zone.guid, expiresAt });
    store.signIns.set(state, {
      zone: zone.guid,
      session,
      originKey: provider.originKey,
      nonce,
      codeVerifier,
      query: query.toString(),
      expiresAt,
    });
    const url = new URL(authorize);
    url.search = new URLSearchParams({
      client_id: provider.relyingPartyId,
      response_type: 'code',
      redirect_uri: callbackAt(zone, provider.originKey),
      scope: 'openid email profile',
      state,
      nonce,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    return { kind: 'go', location: url.href, session };
  }

  return {
    async authorize(zone, query, sessionId) {
      const client = clientOf(zone, query);
      const redirectUri = query.get('redirect_uri') ?? '';
      if (!mayReturn(zone, client, redirectUri)) {
        throw invalidRequest(`The redirect_uri has an invalid domain: ${redirectUri.slice(0, 300)}`);
      }
      const back = (fields: Readonly<Record<string, string>>): Next => {
        const url = new URL(redirectUri);
        for (const [key, value] of Object.entries(fields)) url.searchParams.set(key, value);
        const state = query.get('state');
        if (state !== null) url.searchParams.set('state', state);
        return { kind: 'go', location: url.href };
      };
      const refused = (error: string, description: string) => back({ error, error_description: description });
      if (query.get('response_type') !== 'code') {
        return refused(
          'unsupported_response_type',
          `Unsupported response types: [${query.get('response_type') ?? ''}]`,
        );
      }
      const challenge = challengeOf(query);
      if (challenge === 'invalid') return refused('invalid_request', 'Code challenge parameter is not valid.');

      const session = sessionOf(zone, sessionId);
      const signedIn = query.get('prompt') === 'login' ? undefined : session?.signedIn;
      const user = signedIn && directory.userById(zone.guid, signedIn.userId);
      const hint = hintedOrigin(query);
      // A session with another identity provider than the hinted one is not what is asked for.
      if (
        user &&
        signedIn &&
        sessionId !== undefined &&
        (hint === undefined || canonicalOrigin(hint) === user.originKey)
      ) {
        store.sessions.set(sessionId, { zone: zone.guid, signedIn, expiresAt: ctx.now() + SESSION_IDLE });
        const code = codes.make(zone, client, {
          user,
          said: signedIn.said,
          redirectUri,
          scope: query.get('scope') ?? undefined,
          nonce: query.get('nonce') ?? undefined,
          challenge,
        });
        return back({ code });
      }
      if (query.get('prompt') === 'none') return refused('login_required', 'The user is not signed in.');
      const providers = providersFor(zone, query);
      const [only, ...others] = providers;
      if (!only) throw invalidRequest('No identity provider is available for logon.');
      const fresh = new URLSearchParams(query);
      fresh.delete('prompt');
      if (others.length === 0) return signInAt(zone, only, fresh);
      const choices = providers.map(({ originKey, linkText }) => {
        const chosen = new URLSearchParams(query);
        chosen.set('login_hint', JSON.stringify({ origin: originKey }));
        return { text: linkText ?? originKey, href: `/oauth/authorize?${chosen}` };
      });
      return { kind: 'choose', choices };
    },

    async callback(zone, originKey, query, sessionId) {
      const state = query.get('state') ?? '';
      const pending = store.signIns.get(state);
      const fits = pending?.zone === zone.guid && pending.originKey === originKey && pending.expiresAt > ctx.now();
      // The browser that comes back has to be the one that left.
      if (!pending || !fits || pending.session !== sessionId)
        throw invalidRequest('The sign-in is not known any more.');
      store.signIns.delete(state);
      store.sessions.delete(pending.session);
      const provider = directory.provider(zone.guid, originKey);
      if (!provider?.active) throw invalidRequest('The identity provider is not active any more.');
      const code = query.get('code');
      if (code === null) {
        const because = query.get('error_description') ?? query.get('error') ?? 'no code';
        throw new OAuthError(401, 'access_denied', `The identity provider refused: ${because.slice(0, 300)}`);
      }
      const { nonce, codeVerifier } = pending;
      const sent = { code, redirectUri: callbackAt(zone, originKey), codeVerifier, nonce };
      const found = await external.code(provider, sent);
      const user = logons.logOn(zone, provider, found);
      // A new id at sign-in: whoever knew the old one has nothing.
      const session = random(24);
      const said = { groups: found.groups, claims: found.claims };
      const expiresAt = ctx.now() + SESSION_IDLE;
      store.sessions.set(session, {
        zone: zone.guid,
        signedIn: { userId: user.id, said, idToken: found.idToken },
        expiresAt,
      });
      return { kind: 'go', location: `/oauth/authorize?${pending.query}`, session };
    },

    async logOut(zone, query, sessionId) {
      const session = sessionOf(zone, sessionId);
      if (session && sessionId !== undefined) store.sessions.delete(sessionId);
      const user = session?.signedIn && directory.userById(zone.guid, session.signedIn.userId);
      const provider = user && directory.provider(zone.guid, user.originKey);
      if (session?.signedIn && provider) {
        // Back here, where nobody is signed in any more: the tenant knows XSUAA's addresses, not the applications'.
        const here = `${xsuaaUrl(zone)}/logout.do${query.size > 0 ? `?${query}` : ''}`;
        const away = await external.farewell(provider, session.signedIn.idToken, here);
        if (away !== undefined) return away;
      }
      const target = query.get('redirect') ?? query.get('post_logout_redirect_uri');
      if (target === null || query.get('client_id') === null) return undefined;
      return mayReturn(zone, clientOf(zone, query), target) ? target : undefined;
    },
  };
}

function callbackAt(zone: Zone, originKey: string): string {
  return `${xsuaaUrl(zone)}/login/callback/${originKey}`;
}

/** `login_hint` as JSON, or the parameter that application URLs carry (btp:b8c0aac). */
function hintedOrigin(query: URLSearchParams): string | undefined {
  const named = query.get('sap_idp');
  if (named) return named;
  try {
    const hint: unknown = JSON.parse(decodeURIComponent(query.get('login_hint') ?? ''));
    const origin = typeof hint === 'object' && hint !== null && 'origin' in hint ? hint.origin : undefined;
    return typeof origin === 'string' ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** UAA takes challenges of 43 to 128 characters. */
function challengeOf(query: URLSearchParams): Challenge | 'invalid' | undefined {
  const value = query.get('code_challenge');
  if (value === null) return undefined;
  const method = query.get('code_challenge_method') ?? 'plain';
  if (!/^[\w.~-]{43,128}$/.test(value) || (method !== 'S256' && method !== 'plain')) return 'invalid';
  return { value, method };
}
