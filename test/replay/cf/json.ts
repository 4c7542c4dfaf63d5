import type { JsonObject } from '../../../src/kernel/json.ts';
import { type Metadata, NO_METADATA } from '../../../src/systems/protocols/cf-v3/emulator/metadata.ts';
import { isObject } from './compare.ts';

/** A resource as an answer shows it. */
export type Recorded = Readonly<Record<string, unknown>>;

/** The value at a path of keys; undefined where the way ends before. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = at(value, ...path);
  return isObject(found) ? (found as JsonObject) : {};
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).filter((one) => typeof one === 'string');
}

/** GUID of a relationship to one. */
export function relatedTo(value: unknown, name: string): string | undefined {
  return textAt(value, 'relationships', name, 'data', 'guid');
}

/** GUIDs of a relationship to many. */
export function relatedToMany(value: unknown, name: string): readonly string[] {
  return guidsIn(listAt(value, 'relationships', name, 'data'));
}

export function guidsIn(rows: readonly unknown[]): readonly string[] {
  return rows.map((row) => textAt(row, 'guid')).filter((guid) => guid !== undefined);
}

export function metadataIn(recorded: Recorded): Metadata {
  const { labels, annotations } = objectAt(recorded, 'metadata');
  if (!isObject(labels) || !isObject(annotations)) return NO_METADATA;
  return { labels: labels as Metadata['labels'], annotations: annotations as Metadata['annotations'] };
}

/** Part of an object, where it is there. */
export function given<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: T });
}
