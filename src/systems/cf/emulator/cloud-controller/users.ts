import { z } from 'zod';
import { notAuthorized, notFound, unknownError, unprocessable } from '../../../protocols/cf-v3/emulator.ts';
import { addShadowUser } from '../uaa/shadow-users.ts';
import type { Caller } from './caller.ts';
import { startJob } from './jobs.ts';
import { metadataOf, newMetadata } from './metadata.ts';
import type { Parts } from './roles.ts';
import type { CfJob, CfUser } from './store.ts';
import { visibilityOf } from './visibility.ts';

/** Body of `POST /v3/users`: by guid, or by name and origin. */
export const newUser = z.strictObject({
  guid: z.string().min(1).max(200).optional(),
  username: z.string().optional(),
  origin: z.string().optional(),
  metadata: newMetadata,
});

/** `POST /v3/users`: for administrators, or Org Managers where the landscape lets them create users. */
export function createUser({ ctx, store, uaa }: Parts, caller: Caller, body: z.infer<typeof newUser>): CfUser {
  const { landscape } = caller;
  const manager = store.rolesOfUser(landscape, caller.guid).some((role) => role.type === 'organization_manager');
  const byManager = manager && body.username !== undefined && ctx.switched('cf.allowUserCreationByOrgManager', false);
  if (!caller.admin && !byManager) throw notAuthorized();
  const metadata = metadataOf(body.metadata);
  const made = (guid: string): CfUser => {
    const user = { ...store.ensureUser(landscape, guid, ctx.now()), metadata };
    store.users.set(`${landscape}/${guid}`, user);
    return user;
  };
  if (body.guid !== undefined) {
    if (store.users.get(`${landscape}/${body.guid}`)) {
      throw unprocessable(`User with guid '${body.guid}' already exists.`);
    }
    return made(body.guid);
  }
  const { username, origin } = body;
  if (username === undefined || origin === undefined) {
    throw unprocessable('User must have a username or guid specified');
  }
  if (origin === 'uaa') throw unprocessable("Origin cannot be 'uaa' when creating a user by username");
  // Recorded: UAA refuses an empty origin and the Cloud Controller does not expect that.
  if (origin === '') throw unknownError();
  const { id } = addShadowUser(uaa, ctx, { landscape, origin }, username);
  if (store.users.get(`${landscape}/${id}`)) {
    throw unprocessable(`User with username '${username}' and origin '${origin}' already exists.`);
  }
  return made(id);
}

/** `DELETE /v3/users/{guid}`: takes the roles too, but leaves UAA's user alone. */
export function deleteUser(parts: Parts, caller: Caller, guid: string): CfJob {
  const { store } = parts;
  const user = userOf(parts, caller, guid);
  if (!caller.admin) throw notAuthorized();
  for (const role of store.rolesOfUser(caller.landscape, user.guid)) store.roles.delete(role.guid);
  store.users.delete(`${caller.landscape}/${user.guid}`);
  return startJob(parts, caller.landscape, 'user.delete');
}

/** A visible user: a member of an org of the caller's, or the caller. */
export function userOf({ store }: Pick<Parts, 'store'>, caller: Caller, guid: string): CfUser {
  const user = store.users.get(`${caller.landscape}/${guid}`);
  const visible = visibilityOf(store, caller).users();
  if (!user || (visible && !visible.has(guid))) throw notFound('User');
  return user;
}

/** All users that a caller sees, in order of creation. */
export function visibleUsers({ store }: Pick<Parts, 'store'>, caller: Caller): readonly CfUser[] {
  const visible = visibilityOf(store, caller).users();
  const all = store.users.by('landscape', caller.landscape);
  return visible ? all.filter((user) => visible.has(user.guid)) : all;
}
