import type { Json } from '../../../../kernel/json.ts';
import { isObject, present } from '../../../protocols/scim/emulator/document.ts';
import type { PatchOperation } from '../../../protocols/scim/wire.ts';
import { IAS_SCHEMA } from '../../wire.ts';
import { recordUserChange } from '../change-log.ts';
import { groupsOf } from '../groups.ts';
import { sendResetMail } from '../mail/forgotten-password.ts';
import { mailsSent, mailUser, resetMailCounter } from '../mail/user-mails.ts';
import { unlockTotp } from '../oidc/second-factor.ts';
import { removeSecret } from '../profile/totp-enrolment.ts';
import type { Actor } from '../rows/log-entries.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredUser, type Tenant } from '../store.ts';
import { fullNameOf, namesOf, userIdOf } from '../user-names.ts';
import { createUser, deleteUser, patchUser } from '../users.ts';
import { Refusal } from './refusal.ts';

/** How an administrator lets a new user in (ias 348deef). */
export const ACTIVATIONS = ['mail', 'initial-password', 'active'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** What an administrator writes of a user; empty = not there. */
export interface UserData {
  readonly givenName: string;
  readonly familyName: string;
  readonly userName: string;
  readonly email: string;
  readonly userType: string;
  readonly validFrom: string;
  readonly validTo: string;
}

/** Users whose names, e-mail or user id have a text in them, in order of creation. */
export function searchUsers({ store }: Services, tenant: Tenant, text: string): readonly StoredUser[] {
  const wanted = text.trim().toLowerCase();
  const all = store.users.by('tenant', tenant.id);
  if (wanted === '') return all;
  return all.filter(({ resource }) => {
    const { userName, emails } = namesOf(resource);
    const texts = [userName, ...emails, userIdOf(resource), fullNameOf(resource)];
    return texts.some((one) => one.toLowerCase().includes(wanted));
  });
}

/** The user is new, or active with an initial password, or active without one. The password is told once. */
export async function addUser(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  data: UserData,
  activation: Activation,
): Promise<{ readonly user: StoredUser; readonly password?: string }> {
  const password = activation === 'initial-password' ? makePassword(services) : undefined;
  const user = await createUser(
    services,
    tenant,
    present({
      userName: data.userName,
      userType: data.userType,
      displayName: `${data.givenName} ${data.familyName}`.trim(),
      name: present({ givenName: filled(data.givenName), familyName: filled(data.familyName) }),
      emails: [{ value: data.email, primary: true }],
      password,
      [IAS_SCHEMA.sap]: present({
        status: activation === 'mail' ? 'new' : 'active',
        sendMail: activation === 'mail',
        validFrom: filled(data.validFrom),
        validTo: filled(data.validTo),
      }),
    }),
  );
  recordUserChange(services, tenant, actor, undefined, user);
  return { user, ...(password === undefined ? {} : { password }) };
}

/** Actions of an administrator on a user. Each is in the change log. */
export function userAdministration(services: Services, tenant: Tenant, actor: Actor, user: StoredUser) {
  const patch = async (...operations: readonly PatchOperation[]) => {
    const after = await patchUser(services, tenant, user, operations);
    recordUserChange(services, tenant, actor, user, after);
  };
  const extension = (attribute: string) => `${IAS_SCHEMA.sap}:${attribute}`;
  return {
    async edit(data: UserData): Promise<void> {
      // Another address starts unverified; the same one stays as it is.
      const sameMail = namesOf(user.resource).emails[0] === data.email;
      await patch(
        set('userName', data.userName),
        set('userType', data.userType),
        setOrRemove('name.givenName', data.givenName),
        setOrRemove('name.familyName', data.familyName),
        set('displayName', `${data.givenName} ${data.familyName}`.trim()),
        ...(sameMail ? [] : [set('emails', [{ value: data.email, primary: true }])]),
        setOrRemove(extension('validFrom'), data.validFrom),
        setOrRemove(extension('validTo'), data.validTo),
      );
    },
    verifyMail: () => patch(set(extension('mailVerified'), true)),
    activate: () => patch(set('active', true)),
    deactivate: () => patch(set('active', false)),
    /** Whoever has too many failed logons may try again (ias 9172552). */
    unlock: () => patch(set(extension('passwordDetails.failedLoginAttempts'), 0)),
    /** Gives the password, which nobody can see again (ias 16149d5). */
    async setInitialPassword(): Promise<string> {
      if (statusOf(user) === 'inactive') {
        throw new Refusal('An inactive user gets no initial password. Activate the user first.');
      }
      const password = makePassword(services);
      await patch(set('password', password));
      return password;
    },
    /** Whether a mail was sent: beyond three a day it is not. */
    sendMail(): boolean {
      const before = mailsSent(services, tenant, user).length;
      if (statusOf(user) === 'new') mailUser(services, tenant, user, 'activation');
      else {
        const refusal = sendResetMail(services, tenant, user);
        if (refusal !== undefined) throw new Refusal(`No mail is sent: ${refusal}.`);
      }
      return mailsSent(services, tenant, user).length > before;
    },
    resetMailCounter: () => resetMailCounter(services, tenant, user),
    /** Whoever typed too many wrong passcodes may try again (ias cb6615d). */
    unlockPasscodes: () => unlockTotp(services, tenant, user),
    removeDevice(): void {
      recordUserChange(services, tenant, actor, user, removeSecret(services, user));
    },
    delete(): void {
      if (actor.id === user.id) throw new Refusal('You cannot delete yourself.');
      deleteUser(services, tenant, user);
      recordUserChange(services, tenant, actor, user, undefined);
    },
  };
}

export function statusOf({ resource }: StoredUser): string {
  const extension = resource[IAS_SCHEMA.sap];
  return isObject(extension) ? String(extension.status) : '';
}

export function isAdministrator({ store }: Services, tenant: Tenant, user: StoredUser): boolean {
  return store.humanAdministrators.get(keyIn(tenant.id, user.id)) !== undefined;
}

export function groupNamesOf({ store }: Services, tenant: Tenant, id: string): readonly string[] {
  return groupsOf(store, tenant, id).map((group) => group.display);
}

/** Good enough for every policy: four groups of characters, 144 random bits. */
function makePassword({ ctx }: Services): string {
  return `Pw1-${Buffer.from(ctx.random(18)).toString('base64url')}`;
}

function set(path: string, value: Json): PatchOperation {
  return { op: 'replace', path, value };
}

function setOrRemove(path: string, value: string): PatchOperation {
  return value === '' ? { op: 'remove', path } : set(path, value);
}

function filled(text: string): string | undefined {
  return text === '' ? undefined : text;
}
