import { isObject } from '../../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import type { LinkPurpose } from '../rows/mail.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import { namesOf, userIdOf } from '../user-names.ts';
import { createLink } from './links.ts';
import { deliver } from './mailbox.ts';

/** A user gets at most 3 mails in 24 hours, until an administrator resets the counter (ias 08f634b). */
const MAX_MAILS = 3;
const WINDOW_MS = 24 * 3_600_000;

export type UserMail = 'activation' | 'registration' | 'verification' | 'welcome' | 'reset';

interface Wording {
  readonly subject: string;
  readonly text: string;
  readonly purpose?: LinkPurpose;
}

/** Wording is ours; which mails there are is ias 348deef, 08f634b. */
const WORDINGS: Readonly<Record<UserMail, Wording>> = {
  activation: {
    subject: 'Activate your account',
    text: 'An account has been created for you. Follow the link to activate it; it is valid for 14 days.',
    purpose: 'activation',
  },
  registration: {
    subject: 'Activate your registration',
    text: 'You have registered. Follow the link to activate your account; it is valid for 14 days.',
    purpose: 'activation',
  },
  verification: {
    subject: 'Verify your e-mail address',
    text: 'An application wants to know that this address is yours. Follow the link to verify it; it is valid for 14 days.',
    purpose: 'activation',
  },
  welcome: { subject: 'Your account', text: 'An account has been created for you. You can sign in.' },
  reset: {
    subject: 'Reset your password',
    text: 'Follow the link to set a new password; it is valid for 2 hours.',
    purpose: 'reset',
  },
};

/** Sends a mail to a user's address. Gives whether it was sent: beyond the limit it is not, and nobody is told. */
export function mailUser(services: Services, tenant: Tenant, user: StoredUser, kind: UserMail): boolean {
  const { ctx, store } = services;
  const to = namesOf(user.resource).emails[0];
  if (to === undefined) return false;
  const sent = mailsSent(services, tenant, user);
  if (sent.length >= MAX_MAILS) return false;
  store.mailCounters.set(keyIn(tenant.id, user.id), [...sent, ctx.now()]);
  const { subject, text, purpose } = WORDINGS[kind];
  deliver(services, tenant, {
    to,
    subject,
    text: `${text}\nAccount: ${userIdOf(user.resource)}`,
    ...(purpose === undefined ? {} : { link: createLink(services, tenant, user, purpose) }),
  });
  return true;
}

/** When mails were sent to a user within the last 24 hours. */
export function mailsSent({ ctx, store }: Services, tenant: Tenant, user: StoredUser): readonly number[] {
  const times = store.mailCounters.get(keyIn(tenant.id, user.id)) ?? [];
  return times.filter((time) => time > ctx.now() - WINDOW_MS);
}

export function resetMailCounter({ store }: Services, tenant: Tenant, user: StoredUser): void {
  store.mailCounters.delete(keyIn(tenant.id, user.id));
}

/** What a new user gets whose `sendMail` says so: with a verified address it needs no activation (matrix of the notes). */
export function mailNewUser(services: Services, tenant: Tenant, user: StoredUser): void {
  const extension = user.resource[IAS_SCHEMA.sap];
  const verified = isObject(extension) && extension.mailVerified === true;
  mailUser(services, tenant, user, verified ? 'welcome' : 'activation');
}
