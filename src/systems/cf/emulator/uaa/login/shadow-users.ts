import type { EmulatorContext } from '../../../../../emulation/emulator.ts';
import { invalidClient, unauthorized } from '../errors.ts';
import { applyExternalGroups } from '../groups.ts';
import type { UaaUser } from '../rows.ts';
import type { UaaStore } from '../store.ts';
import type { ExternalUser } from './proxied-login.ts';

/**
 * Finds the shadow user of somebody who logged in at an identity provider: by user name, then by e-mail, both with
 * the origin; creates it where the provider allows that (UAA ExternalLoginAuthenticationManager). Names that changed
 * at the identity provider are taken over.
 */
export function shadowUser(
  store: UaaStore,
  ctx: Pick<EmulatorContext, 'now' | 'id'>,
  place: { readonly landscape: string; readonly origin: string; readonly addOnLogin: boolean },
  external: ExternalUser,
): UaaUser {
  const { landscape, origin } = place;
  const now = ctx.now();
  const known =
    store.userByName(landscape, external.userName, origin) ?? store.userByEmail(landscape, external.email, origin);
  if (!known && !place.addOnLogin) {
    throw unauthorized('The user account must be pre-created. Please contact your system administrator.');
  }
  // Whom an administrator deactivated is not found, and cannot be made anew (UAA JdbcUaaUserDatabase).
  if (known && !known.active) throw invalidClient('Unable to register user in internal UAA store.');
  const { amr: _amr, groups, ...attributes } = external;
  const before = known ?? blankUser(ctx, landscape, origin);
  const changed =
    known === undefined || Object.entries(attributes).some(([key, value]) => Reflect.get(before, key) !== value);
  const user: UaaUser = {
    ...before,
    ...attributes,
    version: known && changed ? before.version + 1 : before.version,
    lastModifiedAt: changed ? now : before.lastModifiedAt,
    lastLogonAt: now,
    ...(before.lastLogonAt === undefined ? {} : { previousLogonAt: before.lastLogonAt }),
  };
  store.save(user);
  applyExternalGroups(store, user, groups);
  return user;
}

/** A user row as an administrator's action (the cockpit, `POST /v3/users`) makes it: known by name and origin only. */
export function addShadowUser(
  store: UaaStore,
  ctx: Pick<EmulatorContext, 'now' | 'id'>,
  place: { readonly landscape: string; readonly origin: string; readonly id?: string },
  userName: string,
): UaaUser {
  const known = store.userByName(place.landscape, userName, place.origin);
  if (known) return known;
  const blank = blankUser(ctx, place.landscape, place.origin);
  const user: UaaUser = { ...blank, id: place.id ?? blank.id, userName, email: userName };
  store.save(user);
  return user;
}

/** A row with everything that does not come from outside. */
export function blankUser(ctx: Pick<EmulatorContext, 'now' | 'id'>, landscape: string, origin: string): UaaUser {
  const now = ctx.now();
  return {
    id: ctx.id(),
    landscape,
    origin,
    userName: '',
    email: '',
    verified: false,
    active: true,
    version: 0,
    createdAt: now,
    lastModifiedAt: now,
    passwordLastModifiedAt: now,
  };
}
