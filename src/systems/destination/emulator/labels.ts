import { z } from 'zod';
import { badRequest } from './errors.ts';
import { type Label, type Level, recordKey, type Store } from './store.ts';

/** At most so many labels of an entity, and values of a label (btp-connectivity:90f0f67). */
const MOST = 10;

export type Kind = 'destinations' | 'fragments' | 'certificates';

const label = z.object({ key: z.string().min(1), values: z.array(z.string()) });
const labels = z.array(label);
const patch = z.object({ action: z.enum(['ADD', 'DELETE']), labels });

// The OpenAPI file knows no labels: bodies and paths are those of SAP Cloud SDK for Python; texts of refusals are assumed.

export function labelsOf(store: Store, kind: Kind, level: Level, name: string): readonly Label[] {
  return store.labels.get(labelKey(kind, level, name))?.labels ?? [];
}

/** Replaces all of them. */
export function replaceLabels(store: Store, kind: Kind, level: Level, name: string, body: unknown): void {
  const given = labels.safeParse(body);
  if (!given.success) throw badRequest('Bad Request');
  keep(store, kind, level, name, given.data);
}

/** Adds values to labels, or takes them away; a label without values goes, one that was named without any goes as a whole. */
export function changeLabels(store: Store, kind: Kind, level: Level, name: string, body: unknown): void {
  const given = patch.safeParse(body);
  if (!given.success) throw badRequest('Bad Request');
  const now = new Map(labelsOf(store, kind, level, name).map(({ key, values }) => [key, values]));
  for (const { key, values } of given.data.labels) {
    const had = now.get(key) ?? [];
    if (given.data.action === 'ADD') now.set(key, [...had, ...values]);
    else now.set(key, values.length === 0 ? [] : had.filter((value) => !values.includes(value)));
    if (given.data.action === 'DELETE' && now.get(key)?.length === 0) now.delete(key);
  }
  keep(
    store,
    kind,
    level,
    name,
    [...now].map(([key, values]) => ({ key, values })),
  );
}

export function forgetLabels(store: Store, kind: Kind, level: Level, name: string): void {
  store.labels.delete(labelKey(kind, level, name));
}

function keep(store: Store, kind: Kind, level: Level, name: string, given: readonly Label[]): void {
  const distinct = given.map(({ key, values }) => ({ key, values: [...new Set(values)] }));
  if (new Set(distinct.map(({ key }) => key)).size !== distinct.length) throw badRequest('Duplicate label key');
  if (distinct.length > MOST || distinct.some(({ values }) => values.length > MOST))
    throw badRequest(`An entity can have up to ${MOST} labels with up to ${MOST} values each`);
  store.labels.set(labelKey(kind, level, name), { labels: distinct });
}

function labelKey(kind: Kind, level: Level, name: string): string {
  return `${kind} ${recordKey(level, name)}`;
}
