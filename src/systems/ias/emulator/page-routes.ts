import { Hono } from 'hono';
import type { HostEnv } from '../../../emulation/mount.ts';
import { recordUserChange } from './change-log.ts';
import { PROFILE_PATH } from './pages.ts';
import { changePassword } from './password-change.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredUser, type Tenant } from './store.ts';
import { nameOf } from './user-names.ts';
import { STYLESHEET, STYLESHEET_PATH } from './web/stylesheet.ts';

/** What all pages share. The stylesheet is ours, not SAP's; that the bare host leads to the profile is assumed. */
export function pageRoutes(): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });

  app.get(STYLESHEET_PATH, (c) =>
    c.body(STYLESHEET, 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    }),
  );

  app.get('/', (c) => c.redirect(PROFILE_PATH));
  return app;
}

/**
 * Changes the password as a form of `changeFields` says; gives why not.
 * @param policyUri of the application that is signed in to. @default that of the User Profile
 */
export async function changed(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  fields: URLSearchParams,
  policyUri?: string,
): Promise<string | undefined> {
  const next = fields.get('newPassword') ?? '';
  if (next !== fields.get('newPasswordConfirm')) return 'The passwords differ';
  const problem = await changePassword(services, tenant, user, fields.get('currentPassword') ?? '', next, policyUri);
  if (problem !== undefined) return problem;
  const after = services.store.users.get(keyIn(tenant.id, user.id));
  recordUserChange(services, tenant, { kind: 'user', id: user.id, name: nameOf(user) }, user, after);
  return undefined;
}
