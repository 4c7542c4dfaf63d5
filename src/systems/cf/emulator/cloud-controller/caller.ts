import { invalidToken, notAuthorized, unauthenticated } from '../../../protocols/cf-v3/emulator/errors.ts';
import { accessTokenClaims } from '../../../protocols/cf-v3/wire.ts';
import type { Tokens } from '../uaa/tokens/tokens.ts';
import type { CloudControllerStore } from './store.ts';

/** Who calls the Cloud Controller. */
export interface Caller {
  readonly landscape: string;
  /** User id, or client id of a client's own token. */
  readonly guid: string;
  /** User name, as events show it; empty for clients. */
  readonly name: string;
  readonly admin: boolean;
  /** Reads everything: admin, read-only admin, global auditor. */
  readonly globalRead: boolean;
  /** Reads credentials everywhere: admin and read-only admin, not the global auditor. */
  readonly readsSecrets: boolean;
}

/**
 * Checks a bearer token as the Cloud Controller does: genuine, unexpired, meant for it, with the scope that the method
 * needs (cloud_controller_ng, UaaTokenDecoder). The first good one of a user makes its row.
 */
export async function authenticate(
  request: Request,
  landscape: string,
  tokens: Tokens,
  store: CloudControllerStore,
  now: number,
): Promise<Caller> {
  const header = request.headers.get('authorization');
  if (header === null) throw unauthenticated();
  const text = /^bearer\s+(.+)$/i.exec(header)?.[1];
  if (text === undefined) throw invalidToken();
  const payload = await tokens.read(text).catch(() => {
    throw invalidToken();
  });
  if (![payload.aud ?? []].flat().includes('cloud_controller')) throw invalidToken();
  const claims = accessTokenClaims.parse(payload);
  const guid = claims.user_id ?? claims.client_id ?? '';
  const has = (scope: string) => claims.scope.includes(scope);
  const admin = has('cloud_controller.admin');
  const readsSecrets = admin || has('cloud_controller.admin_read_only');
  const globalRead = readsSecrets || has('cloud_controller.global_auditor');
  const reads = ['GET', 'HEAD'].includes(request.method);
  const allowed = reads ? globalRead || has('cloud_controller.read') : admin || has('cloud_controller.write');
  if (!allowed) throw notAuthorized();
  store.ensureUser(landscape, guid, now);
  return { landscape, guid, name: claims.user_name ?? '', admin, globalRead, readsSecrets };
}

/** Somebody without a token, for what is open to all. */
export function strangerIn(landscape: string): Caller {
  return { landscape, guid: '', name: '', admin: false, globalRead: false, readsSecrets: false };
}

export function isStranger(caller: Caller): boolean {
  return caller.guid === '';
}
