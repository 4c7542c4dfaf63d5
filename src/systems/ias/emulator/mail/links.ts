import type { Link, LinkPurpose } from '../rows/mail.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';

/** Links of registrations and invitations are valid for 14 days, those that reset a password for 2 hours (ias 12b3395). */
const LIFETIME_MS: Readonly<Record<LinkPurpose, number>> = { activation: 14 * 24 * 3_600_000, reset: 2 * 3_600_000 };

/** Path of the page behind a link; its form is assumed. */
export const LINK_PATH = '/ui/activation';

/** A new link for a user, absolute. */
export function createLink({ ctx, store }: Services, tenant: Tenant, user: StoredUser, purpose: LinkPurpose): string {
  const token = Buffer.from(ctx.random(32)).toString('base64url');
  store.links.set(keyIn(tenant.id, token), {
    tenant: tenant.id,
    user: user.id,
    purpose,
    token,
    expiresAt: ctx.now() + LIFETIME_MS[purpose],
  });
  return `https://${tenant.host}${LINK_PATH}?token=${token}`;
}

/** Undefined when the link is unknown, used or too old, or its user is gone. */
export function linkOf(
  { ctx, store }: Services,
  tenant: Tenant,
  token: string,
): { readonly link: Link; readonly user: StoredUser } | undefined {
  const link = store.links.get(keyIn(tenant.id, token));
  if (!link || ctx.now() >= link.expiresAt) return undefined;
  const user = store.users.get(keyIn(tenant.id, link.user));
  return user && { link, user };
}

/** A used link ends the other ones of its user, too (assumed). */
export function spendLinks({ store }: Services, tenant: Tenant, user: StoredUser): void {
  for (const link of store.links.by('user', keyIn(tenant.id, user.id)))
    store.links.delete(keyIn(tenant.id, link.token));
}

export function forgetOldLinks({ ctx, store }: Services): void {
  for (const link of [...store.links.values()]) {
    if (ctx.now() >= link.expiresAt) store.links.delete(keyIn(link.tenant, link.token));
  }
}
