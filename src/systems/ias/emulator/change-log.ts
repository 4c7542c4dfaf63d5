import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import { isObject } from '../../protocols/scim/emulator/document.ts';
import { recordAction } from './audit-log.ts';
import { addMonths } from './policies.ts';
import { scimTime } from './resource.ts';
import type { Actor, AttributeChange, ChangeLogEntry, ObjectType } from './rows/log-entries.ts';
import type { Services } from './services.ts';
import { keyIn, type Store, type StoredGroup, type StoredUser, type Tenant } from './store.ts';
import type { ClientCredentials } from './stored-credentials.ts';
import { nameOf } from './user-names.ts';

/** The change log keeps 24 months (notes: the only place that shows who changed passwords and status). */
const RETENTION_MONTHS = 24;
const MAX_TEXT = 256;

interface Change {
  readonly type: ObjectType;
  readonly id: string;
  readonly name: string;
  /** Absent = created. */
  readonly before?: JsonObject | undefined;
  /** Absent = deleted. */
  readonly after?: JsonObject | undefined;
}

/** Keeps who changed what, unless nothing changed. */
export function recordChange({ ctx, store }: Services, tenant: Tenant, actor: Actor, change: Change): void {
  const { before, after, ...object } = change;
  const changes = differences(before ?? {}, after ?? {});
  if (before && after && changes.length === 0) return;
  const entry: ChangeLogEntry = {
    tenant: tenant.id,
    id: ctx.id(),
    time: ctx.now(),
    actor,
    operation: before ? (after ? 'update' : 'delete') : 'create',
    object,
    changes: after ? changes : [],
  };
  store.changeLog.set(keyIn(tenant.id, entry.id), entry);
  // The change log is written to the audit log, too (ias ac5537b).
  recordAction({ ctx }, tenant, {
    caller: actor.name,
    action: entry.operation,
    objectType: object.type.replaceAll(' ', ''),
    objectId: object.name,
    state: 'successful',
    attributes: { attributes: changes.map(({ attribute }) => attribute).join(' ') },
  });
}

export function recordUserChange(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: StoredUser | undefined,
  after: StoredUser | undefined,
): void {
  const user = after ?? before;
  if (!user) return;
  recordChange(services, tenant, actor, {
    type: 'user',
    id: user.id,
    name: nameOf(user),
    before: before && shownUser(before),
    after: after && shownUser(after),
  });
}

export function recordGroupChange(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  before: StoredGroup | undefined,
  after: StoredGroup | undefined,
): void {
  const group = after ?? before;
  if (!group) return;
  const name = String(group.resource.displayName);
  recordChange(services, tenant, actor, {
    type: 'group',
    id: group.id,
    name,
    before: before?.resource,
    after: after?.resource,
  });
}

/** Secrets and certificates of a client, as far as the change log shows them. */
export function shownCredentials({ secrets = [], certificates = [] }: ClientCredentials) {
  return {
    secrets: secrets.map(({ hint, description }) => `${hint}… ${description}`.trim()),
    certificates: certificates.map(({ subject, serialNumber }) => `${subject} (${serialNumber})`),
  };
}

/** Newest first. */
export function changeLogOf(store: Store, tenant: Tenant): readonly ChangeLogEntry[] {
  return store.changeLog.by('tenant', tenant.id).toReversed();
}

export function forgetOldChanges({ ctx, store }: Services): void {
  for (const entry of [...store.changeLog.values()]) {
    // In order of time.
    if (addMonths(entry.time, RETENTION_MONTHS) > ctx.now()) return;
    store.changeLog.delete(keyIn(entry.tenant, entry.id));
  }
}

/** The hash stays out, the time of a new password tells that there is one. */
function shownUser({ resource, password, totp }: StoredUser): JsonObject {
  // The extension tells the addresses and whether they are verified.
  const { emails: _addresses, ...rest } = resource;
  return {
    ...rest,
    ...(password
      ? {
          password: {
            status: password.status,
            setTime: scimTime(password.setAt),
            locked: password.lockedAt !== undefined,
            ...(password.policy === undefined ? {} : { policy: password.policy }),
          },
        }
      : {}),
    totp: totp !== undefined,
  };
}

function differences(before: JsonObject, after: JsonObject): AttributeChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => key !== 'schemas')
    .flatMap((key) => differencesAt(key, before[key], after[key]));
}

function differencesAt(attribute: string, before: Json | undefined, after: Json | undefined): AttributeChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if ((isObject(before) || before === undefined) && (isObject(after) || after === undefined)) {
    return differences(before ?? {}, after ?? {}).map((inner) => ({ ...inner, attribute: nested(attribute, inner) }));
  }
  const [was, is] = Array.isArray(before) || Array.isArray(after) ? moved(before, after) : [before, after];
  const change = { attribute, ...worded('before', was), ...worded('after', is) };
  return change.before === undefined && change.after === undefined ? [] : [change];
}

/** Of lists only what went and what came. */
function moved(before: Json | undefined, after: Json | undefined): readonly [Json, Json] {
  const texts = (list: Json | undefined) => new Set(Array.isArray(list) ? (list as readonly Json[]).map(textOf) : []);
  const [old, fresh] = [texts(before), texts(after)];
  return [[...old].filter((one) => !fresh.has(one)), [...fresh].filter((one) => !old.has(one))];
}

function nested(attribute: string, inner: AttributeChange): string {
  return attribute.startsWith('urn:') ? inner.attribute : `${attribute}.${inner.attribute}`;
}

function worded<K extends 'before' | 'after'>(key: K, value: Json | undefined): { readonly [P in K]?: string } {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return {};
  const text = Array.isArray(value) ? (value as readonly Json[]).map(textOf).join(', ') : textOf(value);
  return { [key]: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text } as { readonly [P in K]?: string };
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return String(value);
  const name = [value.display, value.name, value.value].filter((part) => typeof part === 'string');
  const flags = ['primary', 'verified'].filter((flag) => value[flag] === true);
  const text = name.length > 0 ? name.join(': ') : JSON.stringify(value);
  return flags.length > 0 ? `${text} (${flags.join(', ')})` : text;
}
