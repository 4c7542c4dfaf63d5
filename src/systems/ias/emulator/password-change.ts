import { excludedPassword } from './exclude-lists.ts';
import { renewed, tooNew } from './passwords.ts';
import { ENTERPRISE, policyOf, stronger, weakness } from './policies.ts';
import type { Services } from './services.ts';
import { keyIn, type StoredUser, type Tenant } from './store.ts';
import { activated } from './user-status.ts';

/**
 * The user changes the password in the browser.
 * @param policyUri policy of the application that is signed in to; the User Profile has the enterprise one (ias 12b3395)
 * @returns why it is refused; undefined when it is changed
 */
export async function changePassword(
  services: Services,
  tenant: Tenant,
  user: StoredUser,
  current: string,
  next: string,
  policyUri: string = ENTERPRISE.uri,
): Promise<string | undefined> {
  const { ctx, store, hashes } = services;
  const old = user.password;
  if (old?.hash === undefined || !(await hashes.verify(old.hash, current))) return 'Current password is wrong';
  const policy = stronger(policyOf(tenant, old.policy), policyOf(tenant, policyUri));
  if (tooNew(policy, old, ctx.now())) return 'Password was changed too recently';
  const weak = weakness(policy, next) ?? excludedPassword(tenant, next);
  if (weak !== undefined) return weak;
  if (await hashes.verify(old.hash, next)) return 'New password must differ from the current one';
  const password = await renewed(services, tenant, old, next, 'enabled', policy.uri);
  const unchanged = store.users.get(keyIn(tenant.id, user.id));
  if (unchanged?.password?.hash !== old.hash) return 'Password was changed meanwhile';
  store.users.set(keyIn(tenant.id, user.id), { ...activated(unchanged), password });
  return undefined;
}
