import { present } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import { Refusal } from '../console/refusal.ts';
import { mailUser } from '../mail/user-mails.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import { createUser } from '../users.ts';

export interface Registration {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Registers a person as P-user, who is active when the link in a mail was followed. Several accounts may share an address,
 * but nobody registers another one with it: that is how a P-user beside an S-user can't be had (reported by users).
 */
export async function register(services: Services, tenant: Tenant, wish: Registration): Promise<StoredUser> {
  if (services.store.users.by('identifier', keyIn(tenant.id, wish.email.toLowerCase())).length > 0) {
    throw new Refusal('This e-mail address is already tied to another account.');
  }
  const userId = nextUserId(services, tenant);
  const user = await createUser(
    services,
    tenant,
    {
      userName: userId,
      userType: 'public',
      displayName: `${wish.givenName} ${wish.familyName}`.trim(),
      name: present({ givenName: wish.givenName === '' ? undefined : wish.givenName, familyName: wish.familyName }),
      emails: [{ value: wish.email, primary: true }],
      password: wish.password,
      [IAS_SCHEMA.sap]: { sendMail: false, mailVerified: false, status: 'new', passwordDetails: { status: 'enabled' } },
    },
    { id: services.ctx.id(), userId },
  );
  mailUser(services, tenant, user, 'registration');
  return user;
}

/** P-users have a P and ten digits, as those that SAP's documents show. */
function nextUserId({ store }: Services, tenant: Tenant): string {
  const counter = `${tenant.id}/p-user`;
  let number = store.counters.get(counter) ?? 2_000_100_000;
  let id: string;
  do {
    number++;
    id = `P${number}`;
  } while (store.users.by('identifier', keyIn(tenant.id, id.toLowerCase())).length > 0);
  store.counters.set(counter, number);
  return id;
}
