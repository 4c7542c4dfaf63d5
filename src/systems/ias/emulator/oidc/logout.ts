import { decodeJwt } from 'jose';
import { PROFILE_PATH } from '../pages.ts';
import type { Services } from '../services.ts';
import { closeSession } from '../sessions.ts';
import { applicationOfClient, type Session, type StoredApplication, type Tenant } from '../store.ts';
import { UnsafeRequest } from './authorization-request.ts';
import { issuerOf } from './claims.ts';
import { mayReturn } from './redirect-uris.ts';
import { settingsOf } from './settings.ts';

/** What the end of a session brings about. */
export interface Logout {
  /** Where the browser goes at last. */
  readonly location: string;
  /** Pages of other applications that are told by the browser (OpenID Connect Front-Channel Logout 1.0). */
  readonly frontChannel: readonly string[];
}

/**
 * RP-initiated logout (ias ec674f4): ends the session of the browser with all that it led to, but for offline access.
 * @throws UnsafeRequest
 */
export async function logOut(
  services: Services,
  tenant: Tenant,
  session: Session | undefined,
  params: URLSearchParams,
): Promise<Logout> {
  const hint = hintOf(params.get('id_token_hint'));
  const clientId = params.get('client_id') ?? hint?.azp;
  if (clientId === undefined) throw new UnsafeRequest('Either id_token_hint or client_id must be there.');
  const application = applicationOfClient(services.store, tenant.id, clientId);
  if (!application) throw new UnsafeRequest('The client_id is unknown.');
  const location = locationOf(tenant, application, params);
  // "The token must be from the current session"; one of an earlier session ends nothing (assumed).
  const another = hint?.sid !== undefined && session?.sid !== undefined && hint.sid !== session.sid;
  if (!session || another) return { location, frontChannel: [] };
  return { location, frontChannel: await endSession(services, tenant, session, application) };
}

/**
 * Ends a session of the browser with all that it led to, and tells the other applications that it led to.
 * @param by who wants it, and knows. @default the tenant's own pages
 * @returns the pages that the browser must load, so that their applications know
 */
export async function endSession(
  services: Services,
  tenant: Tenant,
  session: Session,
  by?: StoredApplication,
): Promise<readonly string[]> {
  const { sid } = session;
  const told = sid === undefined ? [] : applicationsOf(services, tenant, sid).filter((one) => one.id !== by?.id);
  const frontChannel = told.flatMap((one) => frontChannelOf(tenant, one, sid ?? ''));
  const notices = await Promise.all(told.map((one) => backChannelNotices(services, tenant, one, session)));
  closeSession(services, session);
  await Promise.all(notices.flat().map((send) => send()));
  return frontChannel;
}

/** Only tells whom it is from; what it proves does not matter for a logout. */
function hintOf(
  token: string | null,
): { readonly azp?: string | undefined; readonly sid?: string | undefined } | undefined {
  if (token === null) return undefined;
  try {
    const { azp, sid } = decodeJwt(token);
    return {
      azp: typeof azp === 'string' ? azp : undefined,
      sid: typeof sid === 'string' ? sid : undefined,
    };
  } catch {
    throw new UnsafeRequest('The id_token_hint is no token.');
  }
}

/** Without a page of the application's the browser ends at the user's profile (ias ec674f4). */
function locationOf(tenant: Tenant, application: StoredApplication, params: URLSearchParams): string {
  const wanted = params.get('post_logout_redirect_uri');
  if (wanted === null || wanted === '') return PROFILE_PATH;
  if (!mayReturn(application, settingsOf(tenant, application).postLogoutRedirectUris, wanted)) {
    throw new UnsafeRequest('The post_logout_redirect_uri is not registered.');
  }
  const state = params.get('state');
  if (state === null) return wanted;
  return `${wanted}${wanted.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`;
}

/** The applications that a session led to. */
function applicationsOf({ store, oidc }: Services, tenant: Tenant, sid: string): readonly StoredApplication[] {
  const ids = new Set(oidc.grants.by('sid', sid).map(({ clientId }) => clientId));
  return [...ids].flatMap((clientId) => applicationOfClient(store, tenant.id, clientId) ?? []);
}

/** "The application that doesn't trigger the logout, but must be notified" (ias 2ae38a5). */
function frontChannelOf(tenant: Tenant, application: StoredApplication, sid: string): readonly string[] {
  const query = new URLSearchParams({ iss: issuerOf(tenant, application), sid });
  return settingsOf(tenant, application).frontChannelLogoutUris.map(
    (uri) => `${uri}${uri.includes('?') ? '&' : '?'}${query}`,
  );
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const NOTICE_SECONDS = 120;

/**
 * The notices to an application that wants them from server to server (OpenID Connect Back-Channel Logout 1.0, which the
 * discovery document of IAS announces, c297516). Whether it listens is its own affair.
 */
async function backChannelNotices(
  { ctx, tokenKeys }: Services,
  tenant: Tenant,
  application: StoredApplication,
  { sid }: Session,
): Promise<readonly (() => Promise<void>)[]> {
  const { backChannelLogoutUris } = settingsOf(tenant, application);
  if (backChannelLogoutUris.length === 0) return [];
  const now = Math.floor(ctx.now() / 1000);
  const claims = {
    iss: issuerOf(tenant, application),
    aud: application.clientId,
    iat: now,
    exp: now + NOTICE_SECONDS,
    jti: ctx.id(),
    events: { [LOGOUT_EVENT]: {} },
    ...(sid === undefined ? {} : { sid }),
  };
  const body = new URLSearchParams({ logout_token: await tokenKeys(tenant).sign(claims, { typ: 'logout+jwt' }) });
  return backChannelLogoutUris.map((uri) => async () => {
    await ctx.fetch(uri, { method: 'POST', body }).catch(() => undefined);
  });
}
