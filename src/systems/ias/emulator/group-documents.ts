import type { Json, JsonObject } from '../../../kernel/json.ts';
import { isObject } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../wire.ts';

/** A row of groups. */
interface Documented {
  readonly resource: JsonObject;
}

/** The name by which applications know a group; it never changes. */
export function groupNameOf({ resource }: Documented): string {
  const custom = resource[IAS_SCHEMA.customGroup];
  return isObject(custom) ? String(custom.name) : '';
}

/** SCIM ids of the direct members of a group. */
export function memberIdsOf({ resource }: Documented): readonly string[] {
  const members = Array.isArray(resource.members) ? resource.members : [];
  return members.flatMap((member: unknown) => (isObject(member as Json) ? [String((member as JsonObject).value)] : []));
}
