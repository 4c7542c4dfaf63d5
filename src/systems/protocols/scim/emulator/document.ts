import type { Json, JsonObject } from '../../../../kernel/json.ts';
import { ScimError } from './errors.ts';

/** Names that would reach into JavaScript's object model. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Refuses names that no SCIM attribute has and JavaScript would take for its own. */
export function safeName(name: string): string {
  if (FORBIDDEN.has(name.toLowerCase())) throw new ScimError(400, `Attribute ${name} is invalid`, 'invalidPath');
  return name;
}

/** Refuses a document that has a forbidden name anywhere. */
export function safeDocument(value: unknown): Json {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const current = pending.pop();
    if (typeof current !== 'object' || current === null) continue;
    for (const [key, inner] of Object.entries(current)) {
      if (!Array.isArray(current)) safeName(key);
      pending.push(inner);
    }
  }
  return value as Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The own key of an object that a name means: attribute names have no case (RFC 7643 §2.1). */
function keyOf(object: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(object).find((key) => key.toLowerCase() === lower);
}

/** The value under a name, in any case. */
export function attributeOf(object: JsonObject, name: string): Json | undefined {
  const key = keyOf(object, name);
  return key === undefined ? undefined : object[key];
}

/** A copy with one key set, or without it when the value is undefined. */
export function withKey(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  const key = keyOf(object, name) ?? safeName(name);
  if (value !== undefined) return { ...object, [key]: value };
  const { [key]: _removed, ...rest } = object;
  return rest;
}

/** An object without the keys whose value is undefined. */
export function present(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
