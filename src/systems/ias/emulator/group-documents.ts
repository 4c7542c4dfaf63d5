import type { Json, JsonObject } from '../../../kernel/json.ts';
import { isObject } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../wire.ts';
import type { StoredGroup } from './store.ts';

/** The name by which applications know a group; it never changes. */
export function groupNameOf({ resource }: StoredGroup): string {
  const custom = resource[IAS_SCHEMA.customGroup];
  return isObject(custom) ? String(custom.name) : '';
}

/** SCIM ids of the direct members of a group. */
export function memberIdsOf({ resource }: StoredGroup): readonly string[] {
  const members = Array.isArray(resource.members) ? resource.members : [];
  return members.flatMap((member: unknown) => (isObject(member as Json) ? [String((member as JsonObject).value)] : []));
}
