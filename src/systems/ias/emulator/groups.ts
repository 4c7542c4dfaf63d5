import { z } from 'zod';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import { isList, isObject } from '../../protocols/scim/emulator/document.ts';
import { ScimError } from '../../protocols/scim/emulator/errors.ts';
import { type Filter, matches } from '../../protocols/scim/emulator/filter.ts';
import { applyPatch } from '../../protocols/scim/emulator/patch.ts';
import type { PatchOperation } from '../../protocols/scim/wire.ts';
import { IAS_SCHEMA } from '../wire.ts';
import { groupNameOf, memberIdsOf } from './group-documents.ts';
import { POLICY_GROUPS } from './policy-groups.ts';
import { scimTime } from './resource.ts';
import { SCIM_OPTIONS } from './schemas.ts';
import type { Services } from './services.ts';
import { keyIn, type Store, type StoredGroup, type Tenant } from './store.ts';

const requested = z.looseObject({
  displayName: z.string().min(1),
  members: z.array(z.looseObject({ value: z.string() })).optional(),
  [IAS_SCHEMA.customGroup]: z
    .looseObject({ name: z.string().optional(), description: z.string().optional() })
    .optional(),
});

export function createGroup(services: Services, tenant: Tenant, document: JsonObject): StoredGroup {
  const { ctx } = services;
  const now = ctx.now();
  const head = { tenant: tenant.id, id: ctx.id(), version: ctx.id(), createdAt: now, changedAt: now };
  return save(services, tenant, { ...head, resource: read(services, tenant, document, undefined) });
}

export function replaceGroup(
  services: Services,
  tenant: Tenant,
  group: StoredGroup,
  document: JsonObject,
): StoredGroup {
  const { ctx } = services;
  const resource = read(services, tenant, document, group);
  return save(services, tenant, { ...group, version: ctx.id(), changedAt: ctx.now(), resource });
}

export function patchGroup(
  services: Services,
  tenant: Tenant,
  group: StoredGroup,
  operations: readonly PatchOperation[],
): StoredGroup {
  return replaceGroup(services, tenant, group, applyPatch(group.resource, operations, SCIM_OPTIONS));
}

export function groupById(store: Store, tenant: Tenant, id: string): StoredGroup {
  const group = store.groups.get(keyIn(tenant.id, id));
  if (!group) throw new ScimError(404, `Group ${id} not found`);
  return group;
}

export function deleteGroup(services: Services, tenant: Tenant, group: StoredGroup): void {
  removeMember(services, tenant, group.id);
  services.store.groups.delete(keyIn(tenant.id, group.id));
}

export function findGroups(store: Store, tenant: Tenant, filter: Filter | undefined): readonly StoredGroup[] {
  const all = store.groups.by('tenant', tenant.id);
  return filter ? all.filter((group) => matches(filter, renderGroup(tenant, group), SCIM_OPTIONS)) : all;
}

/** Takes a user or group out of every group. */
export function removeMember(services: Services, tenant: Tenant, id: string): void {
  for (const group of services.store.groups.by('member', keyIn(tenant.id, id))) {
    patchGroup(services, tenant, group, [{ op: 'remove', path: `members[value eq ${JSON.stringify(id)}]` }]);
  }
}

/** Without `type`, although the schema knows it (recorded). */
export interface Membership {
  readonly [key: string]: string;
  readonly value: string;
  readonly display: string;
  readonly $ref: string;
}

/** Groups of a user, first its own, then those that hold it through nested groups. */
export function groupsOf(store: Store, tenant: Tenant, userId: string): readonly Membership[] {
  const found = new Map<string, Membership>();
  let inside = [userId];
  while (inside.length > 0) {
    const around = inside
      .flatMap((id) => store.groups.by('member', keyIn(tenant.id, id)))
      .filter((group) => !found.has(group.id))
      // A change of a group does not move it: Terraform's provider compares the lists.
      .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    for (const group of around) {
      const $ref = `https://${tenant.host}/scim/Groups/${group.id}`;
      found.set(group.id, { value: group.id, display: displayName(group), $ref });
    }
    inside = [...new Set(around.map((group) => group.id))];
  }
  return [...found.values()];
}

/** So many members of a group, and groups of a user, an answer has; the others are there, but not shown (notes: SCIM). */
const MAX_MEMBERS = 20_000;
export const MAX_GROUPS_SHOWN = 1000;

/** As recorded: members without their names, and groups of policies with what may be done to them. */
export function renderGroup(tenant: Tenant, group: StoredGroup): JsonObject {
  const { members, ...resource } = group.resource;
  const policy = POLICY_GROUPS.includes(displayName(group));
  return {
    schemas: [IAS_SCHEMA.group, IAS_SCHEMA.customGroup, ...(policy ? [IAS_SCHEMA.sapGroup] : [])],
    id: group.id,
    meta: {
      created: scimTime(group.createdAt),
      lastModified: scimTime(group.changedAt),
      location: `https://${tenant.host}/scim/Groups/${group.id}`,
      resourceType: 'Group',
      version: group.version,
    },
    ...resource,
    ...(isList(members) ? { members: members.slice(0, MAX_MEMBERS).map(withoutName) } : {}),
    ...(policy ? { [IAS_SCHEMA.sapGroup]: { supportedOperations: 'userOnlyMembership', type: 'authorization' } } : {}),
  };
}

function withoutName(member: Json): Json {
  if (!isObject(member)) return member;
  const { display: _name, ...shown } = member;
  return shown;
}

function displayName(group: StoredGroup): string {
  return String(group.resource.displayName);
}

function read(services: Services, tenant: Tenant, document: JsonObject, before: StoredGroup | undefined): JsonObject {
  const { ctx, store } = services;
  const parsed = requested.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ScimError(400, `${issue?.path.join('.')} ${issue?.message}`, 'invalidValue');
  }
  const { displayName: display, members = [] } = parsed.data;
  const custom = parsed.data[IAS_SCHEMA.customGroup];
  const old = before?.resource[IAS_SCHEMA.customGroup];
  const oldName = before && groupNameOf(before);
  const name = oldName ?? custom?.name ?? display;
  if (oldName !== undefined && custom?.name !== undefined && custom.name !== oldName) {
    throw new ScimError(400, 'The name of a group cannot be changed', 'mutability');
  }
  if (store.groups.by('name', keyIn(tenant.id, name)).some((group) => group.id !== before?.id)) {
    throw new ScimError(409, `Group ${name} already exists`, 'uniqueness');
  }
  if (before) refuseCircle(store, tenant, before, members);
  const description = custom?.description;
  // 24 hexadecimal digits, as recorded.
  const additionalId = (isObject(old) && old.additionalId) || Buffer.from(ctx.random(12)).toString('hex');
  return {
    displayName: display,
    ...(members.length > 0 ? { members: members.map((member) => memberOf(store, tenant, member.value)) } : {}),
    [IAS_SCHEMA.customGroup]: { name, additionalId, ...(description === undefined ? {} : { description }) },
  };
}

/** A group that holds itself, also through others, holds nobody (assumed: the refusal is documented nowhere). */
function refuseCircle(
  store: Store,
  tenant: Tenant,
  group: StoredGroup,
  members: readonly { readonly value: string }[],
) {
  const seen = new Set<string>();
  let inside = members.map((member) => member.value);
  while (inside.length > 0) {
    if (inside.includes(group.id)) throw new ScimError(400, 'A group cannot be a member of itself', 'invalidValue');
    for (const id of inside) seen.add(id);
    inside = inside
      .flatMap((id) => {
        const nested = store.groups.get(keyIn(tenant.id, id));
        return nested ? memberIdsOf(nested) : [];
      })
      .filter((id) => !seen.has(id));
  }
}

/** Members are users or groups of the same tenant. */
function memberOf(store: Store, tenant: Tenant, id: string): JsonObject {
  // That a technical user is a member of type User is assumed: only that it can be one is documented (ias 14b36c2).
  const technicalUser = store.technicalUsers.get(keyIn(tenant.id, id));
  if (technicalUser) return { value: id, type: 'User', display: technicalUser.displayName };
  const user = store.users.get(keyIn(tenant.id, id));
  const group = store.groups.get(keyIn(tenant.id, id));
  if (!user && !group) throw new ScimError(400, `Member ${id} does not exist`, 'invalidValue');
  const type = user ? 'User' : 'Group';
  const display = user ? user.resource.displayName : group?.resource.displayName;
  return {
    value: id,
    type,
    $ref: `https://${tenant.host}/scim/${type}s/${id}`,
    ...(typeof display === 'string' ? { display } : {}),
  };
}

function save(services: Services, tenant: Tenant, group: StoredGroup): StoredGroup {
  services.store.groups.set(keyIn(tenant.id, group.id), group);
  return group;
}
