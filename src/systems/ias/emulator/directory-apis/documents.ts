import type { Json, JsonObject } from '../../../../kernel/json.ts';
import { isObject } from '../../../protocols/scim/emulator/document.ts';

/** A document with another one over it: objects are merged, everything else is replaced. */
export function overlaid(below: JsonObject, above: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const before = merged[key];
    merged[key] = isObject(before) && isObject(value) ? overlaid(before, value) : value;
  }
  return merged;
}

/** A document without what is null, which means absent (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === null ? [] : [[key, isObject(inner) ? withoutNulls(inner) : inner]],
    ),
  );
}

/** What stands at a path of a document. */
export function at(document: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, step) => (isObject(inner) ? inner[step] : undefined), document);
}

/** A document without what stands at these paths. */
export function without(document: JsonObject, paths: readonly (readonly string[])[]): JsonObject {
  return paths.reduce<JsonObject>((current, [step = '', ...rest]) => {
    const { [step]: inner, ...others } = current;
    if (inner === undefined || rest.length === 0) return others;
    return isObject(inner) ? { ...others, [step]: without(inner, [rest]) } : current;
  }, document);
}

/** A time as these APIs write it (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}
