import type { JsonObject } from '../../../../../kernel/json.ts';
import { type Caller, mayAny, requireOwnScope, requireScopeInZone } from '../callers.ts';
import { matchesHash } from '../clients/hashes.ts';
import { invalidPassword, refusedBearer, ScimReport, scimFailure, scimRefusal } from '../errors.ts';
import { unlock } from '../login/internal-login.ts';
import { setPassword } from '../login/passwords.ts';
import type { UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { issueVerification } from '../tokens/codes.ts';
import { alreadyVerified, userAt } from './users.ts';
import { versionOf } from './versions.ts';

/** `PUT /Users/{id}/password` (UAA PasswordChangeEndpoint). */
export async function changePassword(
  uaa: Uaa,
  caller: Caller,
  id: string,
  change: { readonly oldPassword?: string | null | undefined; readonly password?: string | null | undefined },
): Promise<JsonObject> {
  requireOwnScope(caller, 'password.write');
  const user = uaa.store.user(uaa.landscape, id);
  const { oldPassword } = change;
  const wrong = () => refusedBearer('unauthorized', 'Old password is incorrect');
  const matches = async () => user !== undefined && (await matchesHash(oldPassword ?? '', user.password));
  // A client that acts for itself is trusted; so is an administrator, except for its own password.
  if (caller.user && mayAny(caller, 'uaa.admin')) {
    if (caller.user.id === id && !oldPassword) {
      throw invalidPassword('Previous password is required even for admin');
    }
  } else if (caller.user) {
    if (caller.user.id !== id) throw invalidPassword("Not permitted to change another user's password");
    if (!oldPassword) throw invalidPassword('Previous password is required');
    if (!(await matches())) throw wrong();
  }
  if (!user) throw new ScimReport(401, 'bad_credentials', 'Invalid password change request');
  if (oldPassword != null && !(await matches())) throw wrong();
  await setPassword(uaa, user, change.password ?? '');
  return { status: 'ok', message: 'password updated' };
}

/** `PATCH /Users/{id}/status`: unlocks, or demands a new password; only internal users (UAA ScimUserEndpoints). */
export function changeStatus(
  uaa: Uaa,
  caller: Caller,
  id: string,
  status: {
    readonly locked?: boolean | null | undefined;
    readonly passwordChangeRequired?: boolean | null | undefined;
  },
): JsonObject {
  requireScopeInZone(caller, 'scim.write', 'uaa.account_status.write');
  const user = userAt(uaa, id);
  const { locked, passwordChangeRequired } = status;
  if (user.origin !== 'uaa') throw scimRefusal('Can only manage users from the internal user store.');
  if (locked) {
    throw scimRefusal(
      'Cannot set user account to locked. User accounts only become locked through exceeding the allowed failed login attempts.',
    );
  }
  if (passwordChangeRequired === false) {
    throw scimRefusal('The requirement that this user change their password cannot be removed via API.');
  }
  if (locked === false) unlock(uaa, user);
  if (passwordChangeRequired) uaa.store.save({ ...user, passwordChangeRequired: true });
  return {
    ...(locked == null ? {} : { locked }),
    ...(passwordChangeRequired == null ? {} : { passwordChangeRequired }),
  };
}

/** `GET /Users/{id}/verify` */
export function verifyUser(uaa: Uaa, caller: Caller, id: string, ifMatch: string | undefined): UaaUser {
  requireScopeInZone(caller, 'scim.write', 'scim.create');
  const user = userAt(uaa, id);
  if (ifMatch !== undefined) {
    const version = versionOf(ifMatch, user.version, 'PUT');
    if (version !== user.version) {
      const text = `Attempt to update a user (${id}) with wrong version: expected=${user.version} but found=${version}`;
      throw scimRefusal(text, 422);
    }
  }
  const verified = { ...user, verified: true };
  uaa.store.save(verified);
  return verified;
}

/** `GET /Users/{id}/verify-link`: an address that verifies whoever opens it within the hour. */
export function verificationLink(
  uaa: Uaa,
  caller: Caller,
  id: string,
  asked: {
    readonly clientId: string | undefined;
    readonly redirectUri: string | undefined;
    /** Where the caller asked: the link leads there. */
    readonly origin: string;
  },
): JsonObject {
  requireScopeInZone(caller, 'scim.create');
  if (asked.redirectUri === undefined) throw scimFailure();
  const user = userAt(uaa, id);
  if (user.verified) throw alreadyVerified();
  const code = issueVerification(uaa, {
    userId: user.id,
    authTime: 0,
    amr: [],
    clientId: asked.clientId ?? caller.client.id,
    redirectUri: asked.redirectUri,
  });
  return { verify_link: `${asked.origin}/verify_user?code=${code}` };
}
