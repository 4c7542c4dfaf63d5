import { IAS_SCHEMA } from '../../wire.ts';
import { recordGroupChange } from '../change-log.ts';
import { createGroup, deleteGroup, patchGroup } from '../groups.ts';
import { POLICY_GROUPS } from '../policy-groups.ts';
import type { Actor } from '../rows/log-entries.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredGroup, type Tenant } from '../store.ts';
import { Refusal } from './refusal.ts';

export function addGroup(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  data: { readonly displayName: string; readonly description: string },
): StoredGroup {
  const { displayName, description } = data;
  const group = createGroup(services, tenant, {
    displayName,
    [IAS_SCHEMA.customGroup]: {
      name: displayName,
      ...(description === '' ? {} : { description }),
    },
  });
  recordGroupChange(services, tenant, actor, undefined, group);
  return group;
}

/** @param identifier login name, e-mail or user id; display name of a technical user or group */
export function addMember(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  group: StoredGroup,
  identifier: string,
): void {
  const found = membersCalled(services, tenant, identifier.trim());
  const [id] = found;
  if (id === undefined) throw new Refusal(`Nobody is called “${identifier}”.`);
  if (found.length > 1) throw new Refusal(`“${identifier}” is not unique. Use the login name or the SCIM id.`);
  patch(services, tenant, actor, group, { op: 'add', path: 'members', value: [{ value: id }] });
}

export function dropMember(services: Services, tenant: Tenant, actor: Actor, group: StoredGroup, id: string): void {
  patch(services, tenant, actor, group, { op: 'remove', path: `members[value eq ${JSON.stringify(id)}]` });
}

export function dropGroup(services: Services, tenant: Tenant, actor: Actor, group: StoredGroup): void {
  if (POLICY_GROUPS.includes(String(group.resource.displayName))) {
    throw new Refusal('The group assigns a policy. It cannot be deleted.');
  }
  deleteGroup(services, tenant, group);
  recordGroupChange(services, tenant, actor, group, undefined);
}

function patch(
  services: Services,
  tenant: Tenant,
  actor: Actor,
  group: StoredGroup,
  operation: Parameters<typeof patchGroup>[3][number],
): void {
  recordGroupChange(services, tenant, actor, group, patchGroup(services, tenant, group, [operation]));
}

function membersCalled({ store }: Services, tenant: Tenant, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  const users = store.users.by('identifier', keyIn(tenant.id, wanted)).map((user) => user.id);
  const technicalUsers = store.technicalUsers
    .by('tenant', tenant.id)
    .filter((user) => [user.displayName, user.id, user.clientId].some((one) => one.toLowerCase() === wanted))
    .map((user) => user.id);
  const groups = store.groups
    .by('tenant', tenant.id)
    .filter((group) => String(group.resource.displayName).toLowerCase() === wanted || group.id === wanted)
    .map((group) => group.id);
  const byId = store.users.get(keyIn(tenant.id, wanted));
  return [...new Set([...users, ...(byId ? [byId.id] : []), ...technicalUsers, ...groups])];
}
