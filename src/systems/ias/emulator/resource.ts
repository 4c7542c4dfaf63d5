import { z } from 'zod';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import { attributeOf, isObject } from '../../protocols/scim/emulator/document.ts';
import { ScimError } from '../../protocols/scim/emulator/errors.ts';
import { IAS_SCHEMA, USER_TYPES } from '../wire.ts';
import { namesOf } from './user-names.ts';

/** What a client wants a user to be: the visible attributes, and what IAS keeps to itself. */
export interface Wish {
  readonly resource: JsonObject;
  readonly password?: string;
  readonly passwordStatus?: 'initial' | 'enabled' | 'disabled';
  readonly policy?: string;
  /** 0 unlocks. */
  readonly failedAttempts?: number;
  readonly sendMail?: boolean;
}

/** Names may not hold these (btp-cloud-identity-services 348deef). */
const name = z.string().regex(/^[^<>:]*$/, 'may not contain < > :');
const dateTime = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'is no date and time');
const email = z.looseObject({
  value: z.string().regex(/^[^@\s]+@[^@\s]+$/, 'is no e-mail address'),
  type: z.string().optional(),
  primary: z.boolean().optional(),
});

const requested = z.looseObject({
  userName: z.string(),
  displayName: name.optional(),
  name: z.looseObject({ familyName: name.optional(), givenName: name.optional() }).optional(),
  userType: z.enum(USER_TYPES).optional(),
  active: z.boolean().optional(),
  password: z.string().optional(),
  emails: z.array(email).min(1),
  [IAS_SCHEMA.sap]: z
    .looseObject({
      status: z.enum(['new', 'active', 'inactive']).optional(),
      mailVerified: z.boolean().optional(),
      sendMail: z.boolean().optional(),
      emails: z.array(z.looseObject({ value: z.string(), verified: z.boolean().optional() })).optional(),
      validFrom: dateTime.optional(),
      validTo: dateTime.optional(),
      userUuid: z.string().optional(),
      passwordDetails: z
        .looseObject({
          status: z.enum(['initial', 'enabled', 'disabled']).optional(),
          policy: z.string().optional(),
          failedLoginAttempts: z.number().int().min(0).max(5).optional(),
        })
        .optional(),
    })
    .optional(),
  [IAS_SCHEMA.custom]: z
    .looseObject({
      attributes: z
        .array(
          z.looseObject({
            name: z.string().regex(/^customAttribute([1-9]|10)$/, 'is no custom attribute'),
            value: z.string().max(256),
          }),
        )
        .optional(),
    })
    .optional(),
});
type Requested = z.infer<typeof requested>;

/** Written by IAS alone, or kept apart from the visible attributes. */
const NOT_KEPT = new Set(['id', 'meta', 'groups', 'password', 'schemas', 'active', 'emails']);
const NOT_KEPT_IN_EXTENSION = new Set([
  'passwordDetails',
  'sendMail',
  'emailTemplateSetId',
  'targetUrl',
  'applicationId',
  'mailVerified',
  'emails',
  'status',
  'userId',
  'userUuid',
  'userUuidHistory',
  'loginTime',
  'totpEnabled',
  'webAuthEnabled',
  'mfaEnabled',
]);

/**
 * Reads what a client sent for a user.
 * @param before the user as it was; absent for a new one
 * @param ids what IAS gives a new user
 */
export function readWish(
  document: JsonObject,
  before: JsonObject | undefined,
  ids: { readonly id: string; readonly userId: string },
): Wish {
  const parsed = requested.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ScimError(400, `${issue?.path.join('.')} ${issue?.message}`, 'invalidValue');
  }
  const wanted = parsed.data;
  const extension = wanted[IAS_SCHEMA.sap];
  const details = extension?.passwordDetails;
  const emails = withPrimary(wanted.emails, before);
  const verified = verifiedEmails(emails, wanted, before);
  const status = statusOf(wanted, before);
  const custom = wanted[IAS_SCHEMA.custom];

  const resource = {
    ...kept(wanted, NOT_KEPT),
    userName: wanted.userName,
    // IAS shows a type for users that were created without one; `public` is the least it can be (assumed).
    userType: wanted.userType ?? 'public',
    active: status === 'active',
    emails,
    [IAS_SCHEMA.sap]: {
      ...kept(extension ?? {}, NOT_KEPT_IN_EXTENSION),
      ...(extension?.validFrom === undefined ? {} : { validFrom: scimTime(Date.parse(extension.validFrom)) }),
      ...(extension?.validTo === undefined ? {} : { validTo: scimTime(Date.parse(extension.validTo)) }),
      emails: verified,
      ...uuids(before, extension?.userUuid, ids.id),
      mailVerified: verified.some((one) => one.primary && one.verified),
      userId: ids.userId,
      status,
    },
    ...(custom?.attributes && custom.attributes.length > 0
      ? { [IAS_SCHEMA.custom]: { attributes: uniqueByName(custom.attributes) } }
      : {}),
  } as JsonObject;

  return {
    resource: custom?.attributes?.length === 0 ? without(resource, IAS_SCHEMA.custom) : resource,
    ...(wanted.password === undefined ? {} : { password: wanted.password }),
    ...(details?.status === undefined ? {} : { passwordStatus: details.status }),
    ...(details?.policy === undefined ? {} : { policy: details.policy }),
    ...(details?.failedLoginAttempts === undefined ? {} : { failedAttempts: details.failedLoginAttempts }),
    ...(extension?.sendMail === undefined ? {} : { sendMail: extension.sendMail }),
  };
}

/**
 * What a PATCH is applied to: the user without what counts only when the client says it in this very request
 * (a password's status says something about the password sent with it, `mailVerified` about the address sent with it).
 */
export function patchable(resource: JsonObject): JsonObject {
  const extension = resource[IAS_SCHEMA.sap];
  return isObject(extension) ? { ...resource, [IAS_SCHEMA.sap]: without(extension, 'mailVerified') } : resource;
}

/** A time as IAS writes it: no milliseconds (recordings of SAP/terraform-provider-sap-cloud-identity-services). */
export function scimTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

type Email = Requested['emails'][number] & { readonly primary?: boolean | undefined };

/** One entry without `primary` becomes the primary one. Addresses that were there before come first (recorded). */
function withPrimary(emails: readonly Email[], before: JsonObject | undefined): (Email & { primary: boolean })[] {
  const marked = emails.filter((one) => one.primary);
  if (marked.length > 1) throw new ScimError(400, 'emails has more than one primary value', 'invalidValue');
  const known = before ? namesOf(before).emails : [];
  const place = ({ value }: Email) => (known.includes(value) ? known.indexOf(value) : known.length);
  return emails
    .map((one, index) => ({ ...one, primary: marked.length === 1 ? one.primary === true : index === 0 }))
    .sort((a, b) => place(a) - place(b));
}

function verifiedEmails(emails: readonly (Email & { primary: boolean })[], wanted: Requested, before?: JsonObject) {
  const old = before?.[IAS_SCHEMA.sap];
  const known = [wanted[IAS_SCHEMA.sap]?.emails, isObject(old) ? old.emails : undefined].flatMap((list) =>
    Array.isArray(list) ? (list as readonly { value: string; verified?: boolean }[]) : [],
  );
  const said = wanted[IAS_SCHEMA.sap]?.mailVerified;
  return emails.map((one) => {
    // Verification belongs to the address: a new one starts unverified unless the same request says otherwise.
    const seen = known.find((other) => other.value.toLowerCase() === one.value.toLowerCase())?.verified ?? false;
    return {
      verified: one.primary && said !== undefined ? said : seen,
      ...(one.type === undefined ? {} : { type: one.type }),
      value: one.value,
      primary: one.primary,
    };
  });
}

/**
 * `active` and `status` are coupled; `new` is not active, and who is created with neither and without a password is
 * inactive (all recorded). That a password alone makes a new user is the removed reference's.
 */
function statusOf(wanted: Requested, before: JsonObject | undefined): 'new' | 'active' | 'inactive' {
  const status = wanted[IAS_SCHEMA.sap]?.status;
  if (before === undefined) {
    if (status !== undefined) return status;
    if (wanted.active !== undefined) return wanted.active ? 'active' : 'new';
    return wanted.password === undefined ? 'inactive' : 'new';
  }
  const extension = before[IAS_SCHEMA.sap];
  const oldStatus = isObject(extension) ? attributeOf(extension, 'status') : undefined;
  if (status !== undefined && status !== oldStatus) return status;
  if (wanted.active !== undefined && wanted.active !== before.active) return wanted.active ? 'active' : 'inactive';
  return oldStatus === 'new' || oldStatus === 'inactive' ? oldStatus : 'active';
}

/** The Global User ID, and those that it was before. */
function uuids(before: JsonObject | undefined, wanted: string | undefined, id: string) {
  const old = before?.[IAS_SCHEMA.sap];
  if (!isObject(old)) return { userUuid: wanted ?? id };
  const userUuid = wanted ?? String(old.userUuid);
  const history = Array.isArray(old.userUuidHistory) ? (old.userUuidHistory as readonly string[]) : [];
  const past = old.userUuid === userUuid ? history : [...history, String(old.userUuid)];
  return { userUuid, ...(past.length > 0 ? { userUuidHistory: past } : {}) };
}

function uniqueByName<T extends { readonly name: string }>(attributes: readonly T[]): T[] {
  return [...new Map(attributes.map((attribute) => [attribute.name, attribute])).values()];
}

function kept(object: object, dropped: ReadonlySet<string>): Record<string, Json> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !dropped.has(key)));
}

function without(object: JsonObject, key: string): JsonObject {
  return kept(object, new Set([key]));
}
