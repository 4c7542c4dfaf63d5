import { z } from 'zod';
import { metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import {
  badQuery,
  notAuthorized,
  notFound,
  unknownError,
  unprocessable,
} from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { guid as guidText, isText, optional } from '../../../../protocols/cf-v3/emulator/rules.ts';
import { addShadowUser } from '../../uaa/login/shadow-users.ts';
import { type Acting, requireAdmin, type Shape } from '../acting.ts';
import { deletionJob } from '../jobs.ts';
import { list } from '../listing.ts';
import { membersOf } from '../roles/roles.ts';
import type { CfUser } from '../rows/organizations.ts';
import type { CfJob } from '../rows/platform.ts';
import { userView } from './view.ts';

const USER_QUERY: ListRules = {
  filters: ['usernames', 'partial_usernames', 'origins', 'label_selector'],
  refuse: unprocessable,
};

/** Body of `POST /v3/users`: by guid, or by name and origin. */
export const newUser = z.strictObject({
  guid: guidText.nullish(),
  origin: optional<string>(isText),
  username: optional<string>(isText),
  metadata,
});
export const changedUser = z.strictObject({ metadata });

/** All users that the caller sees, or the members of an org or space: then refusals are those of other lists. */
export function listUsers(
  acting: Acting,
  params: URLSearchParams,
  place?: { readonly org: string } | { readonly space: string },
): Shape {
  const { store, uaa, caller } = acting;
  const refuse = place ? badQuery : unprocessable;
  const named = params.has('usernames');
  const partly = params.get('partial_usernames');
  if (params.has('origins') && !named && partly === null) {
    throw refuse('Origins filter cannot be provided without usernames or partial_usernames filter.');
  }
  if (named && partly !== null) {
    throw refuse('Usernames filter cannot be provided with both usernames and partial_usernames filter.');
  }
  // UAA is asked for the names, as the Cloud Controller asks it; it compares them without case.
  const nameOf = (user: CfUser) => uaa.user(caller.landscape, user.guid)?.userName.toLowerCase();
  const parts = partly?.toLowerCase().split(',').map(decodeURIComponent) ?? [];
  const lowered = new URLSearchParams(params);
  if (named) lowered.set('usernames', params.get('usernames')?.toLowerCase() ?? '');
  const shown = { ...(named ? { usernames: params.get('usernames') ?? '' } : {}) };
  const members = (of: NonNullable<typeof place>) =>
    [...membersOf(acting, of)]
      .map((guid) => store.users.get(`${caller.landscape}/${guid}`))
      .filter((user) => user !== undefined);
  return list(acting, lowered, {
    path: pathOf(place),
    rules: { ...USER_QUERY, refuse },
    rows: place ? members(place) : visibleUsers(acting),
    where: {
      usernames: (user, has) => has(nameOf(user)),
      partial_usernames: (user) => parts.some((part) => nameOf(user)?.includes(part) ?? false),
      origins: (user, has) => has(uaa.user(caller.landscape, user.guid)?.origin),
    },
    show: (user) => userView(acting, user),
    shown,
  });
}

function pathOf(place: { readonly org: string } | { readonly space: string } | undefined): string {
  if (!place) return '/v3/users';
  return 'org' in place ? `/v3/organizations/${place.org}/users` : `/v3/spaces/${place.space}/users`;
}

/** Administrators create users, and Org Managers where the landscape lets them. */
export function requireCreator({ ctx, store, caller }: Acting): void {
  const { landscape, guid } = caller;
  const manager = store.rolesOfUser(landscape, guid).some((role) => role.type === 'organization_manager');
  const byManager = manager && ctx.switched('cf.allowUserCreationByOrgManager', false);
  if (!caller.admin && !byManager) throw notAuthorized();
}

/** `POST /v3/users`: for administrators, or Org Managers where the landscape lets them create users. */
export function createUser(acting: Acting, body: z.infer<typeof newUser>): CfUser {
  const { ctx, store, uaa, caller } = acting;
  const { landscape } = caller;
  requireCreator(acting);
  const { guid, username, origin } = {
    guid: body.guid ?? undefined,
    username: body.username ?? undefined,
    origin: body.origin ?? undefined,
  };
  const complaints = complaintsOf(guid, username, origin);
  if (complaints.length > 0) throw unprocessable(complaints.join(', '));
  const kept = metadataOf(body.metadata);
  if (!caller.admin && guid !== undefined) throw notAuthorized();
  const made = (id: string): CfUser => {
    const user = { ...store.ensureUser(landscape, id, ctx.now()), metadata: kept };
    store.users.set(`${landscape}/${id}`, user);
    return user;
  };
  if (guid !== undefined) {
    if (store.users.get(`${landscape}/${guid}`)) throw unprocessable(`User with guid '${guid}' already exists.`);
    return made(guid);
  }
  if (username === undefined || origin === undefined)
    throw unprocessable("Guid or 'username' and 'origin' must be provided");
  // Recorded: UAA refuses an empty origin and the Cloud Controller does not expect that.
  if (origin === '') throw unknownError();
  const { id } = addShadowUser(uaa, ctx, { landscape, origin }, username);
  if (store.users.get(`${landscape}/${id}`)) {
    throw unprocessable(`User with username '${username}' and origin '${origin}' already exists.`);
  }
  return made(id);
}

/** cloud_controller_ng, UserCreateMessage. */
function complaintsOf(guid: string | undefined, username: string | undefined, origin: string | undefined): string[] {
  if (guid !== undefined) {
    return [
      ...(username === undefined ? [] : ["Username cannot be provided with 'guid'"]),
      ...(origin === undefined ? [] : ["Origin cannot be provided with 'guid'"]),
    ];
  }
  if (username === undefined && origin === undefined) return ["Guid or 'username' and 'origin' must be provided"];
  return [
    ...(username === undefined ? ["Origin can only be provided together with 'username'"] : []),
    ...(origin === undefined ? ["Username can only be provided together with 'origin'"] : []),
    ...(origin === 'uaa' ? ["Origin cannot be 'uaa' when creating a user by username"] : []),
  ];
}

export function updateUser(acting: Acting, guid: string, body: z.infer<typeof changedUser>): CfUser {
  const user = editable(acting, guid);
  // Labels are rows of their own: the user stays as old as it was (recorded).
  const changed: CfUser = { ...user, metadata: metadataOf(body.metadata, user.metadata) };
  acting.store.users.set(`${acting.caller.landscape}/${guid}`, changed);
  return changed;
}

/** `DELETE /v3/users/{guid}`: takes the roles too, but leaves UAA's user alone. */
export function deleteUser(acting: Acting, guid: string): CfJob {
  const { store, caller } = acting;
  const user = editable(acting, guid);
  for (const role of store.rolesOfUser(caller.landscape, user.guid)) store.roles.delete(role.guid);
  store.users.delete(`${caller.landscape}/${user.guid}`);
  return deletionJob(acting, 'user', guid);
}

/** A user that the caller may change: as administrator. */
export function editable(acting: Acting, guid: string): CfUser {
  const user = userOf(acting, guid);
  requireAdmin(acting);
  return user;
}

/** A visible user: a member of an org of the caller's, or the caller. */
export function userOf({ store, caller, see }: Acting, guid: string): CfUser {
  const user = store.users.get(`${caller.landscape}/${guid}`);
  const visible = see.users();
  if (!user || (visible && !visible.has(guid))) throw notFound('User');
  return user;
}

/** All users that a caller sees, in order of creation. */
function visibleUsers({ store, caller, see }: Acting): readonly CfUser[] {
  const visible = see.users();
  const all = store.users.by('landscape', caller.landscape);
  return visible ? all.filter((user) => visible.has(user.guid)) : all;
}
