import { decodeJwt } from 'jose';
import { PROFILE_PATH } from '../pages.ts';
import type { Services } from '../services.ts';
import { closeSession } from '../sessions.ts';
import { keyIn, type Session, type StoredApplication, type Tenant } from '../store.ts';
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
export function logOut(
  services: Services,
  tenant: Tenant,
  session: Session | undefined,
  params: URLSearchParams,
): Logout {
  const hint = hintOf(params.get('id_token_hint'));
  const clientId = params.get('client_id') ?? hint?.azp;
  if (clientId === undefined) throw new UnsafeRequest('Either id_token_hint or client_id must be there.');
  const application = services.store.applications.get(keyIn(tenant.id, clientId));
  if (!application) throw new UnsafeRequest('The client_id is unknown.');
  const location = locationOf(tenant, application, params);
  // "The token must be from the current session"; one of an earlier session ends nothing (assumed).
  const another = hint?.sid !== undefined && session?.sid !== undefined && hint.sid !== session.sid;
  if (!session || another) return { location, frontChannel: [] };
  const frontChannel = session.sid === undefined ? [] : frontChannelOf(services, tenant, session.sid, application);
  closeSession(services, session);
  return { location, frontChannel };
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

/** "The application that doesn't trigger the logout, but must be notified" (ias 2ae38a5). */
function frontChannelOf({ store, oidc }: Services, tenant: Tenant, sid: string, by: StoredApplication): string[] {
  const others = oidc.grants.by('sid', sid).filter((grant) => grant.clientId !== by.clientId);
  return [...new Set(others.map((grant) => grant.clientId))].flatMap((clientId) => {
    const application = store.applications.get(keyIn(tenant.id, clientId));
    if (!application) return [];
    const query = new URLSearchParams({ iss: issuerOf(tenant, application), sid });
    return settingsOf(tenant, application).frontChannelLogoutUris.map(
      (uri) => `${uri}${uri.includes('?') ? '&' : '?'}${query}`,
    );
  });
}
