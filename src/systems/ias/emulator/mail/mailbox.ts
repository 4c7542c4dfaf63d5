import type { Mail } from '../rows/mail.ts';
import type { Services } from '../services.ts';
import { keyIn, type Store, type Tenant } from '../store.ts';

/** So many mails of a tenant are kept; a new one takes the place of the oldest. */
const MAILBOX_SIZE = 1000;

export function deliver(
  { ctx, store }: Services,
  tenant: Tenant,
  mail: Pick<Mail, 'to' | 'subject' | 'text' | 'link'>,
): void {
  const counter = `${tenant.id}/mail`;
  const number = (store.counters.get(counter) ?? 0) + 1;
  store.counters.set(counter, number);
  store.mails.set(keyIn(tenant.id, String(number % MAILBOX_SIZE)), {
    tenant: tenant.id,
    number,
    sentAt: ctx.now(),
    ...mail,
  });
}

/**
 * Newest first.
 * @param to only mails to this address
 */
export function mailsOf(store: Store, tenant: Tenant, to?: string): readonly Mail[] {
  const wanted = to?.trim().toLowerCase() ?? '';
  return store.mails
    .by('tenant', tenant.id)
    .filter((mail) => wanted === '' || mail.to.toLowerCase() === wanted)
    .toSorted((a, b) => b.number - a.number);
}
