import { invalidToken, notAuthorized, unauthenticated } from '../../../protocols/cf-v3/emulator.ts';
import { accessTokenClaims } from '../../../protocols/cf-v3/wire.ts';
import type { Tokens } from '../uaa/tokens.ts';
import type { CloudControllerStore } from './store.ts';

/** Who calls the Cloud Controller. */
export interface Caller {
  readonly landscape: string;
  /** User id, or client id of a client's own token. */
  readonly guid: string;
  readonly admin: boolean;
  /** Reads everything: admin, read-only admin, global auditor. */
  readonly globalRead: boolean;
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
  const admin = claims.scope.includes('cloud_controller.admin');
  const globalRead =
    admin ||
    ['cloud_controller.admin_read_only', 'cloud_controller.global_auditor'].some((s) => claims.scope.includes(s));
  const reads = ['GET', 'HEAD'].includes(request.method);
  const allowed = reads
    ? globalRead || claims.scope.includes('cloud_controller.read')
    : admin || claims.scope.includes('cloud_controller.write');
  if (!allowed) throw notAuthorized();
  store.ensureUser(landscape, guid, now);
  return { landscape, guid, admin, globalRead };
}
