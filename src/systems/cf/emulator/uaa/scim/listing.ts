import type { Json, JsonObject } from '../../../../../kernel/json.ts';
import { scimFailure, scimRefusal } from '../errors.ts';
import { type Columns, checkAttributes, type Filter, FilterError, matchesFilter, parseFilter } from './filter.ts';

export const CORE_SCHEMA = 'urn:scim:schemas:core:1.0';

/** So many resources at most in one answer (UAA userMaxCount, groupMaxCount, clientMaxCount). */
const MAX_COUNT = 500;

export interface ListQuery {
  readonly filter: string | undefined;
  readonly sortBy: string;
  readonly ascending: boolean;
  readonly startIndex: number;
  readonly count: number;
  readonly attributes: readonly string[];
}

/** @param defaults.refused what is thrown for a number that is none; UAA is not prepared for it */
export function listQuery(
  params: URLSearchParams,
  defaults: { readonly sortBy: string; readonly refused?: () => Error },
): ListQuery {
  const integer = (name: string, fallback: number) =>
    integerIn(params, name, fallback, defaults.refused ?? scimFailure);
  return {
    filter: params.get('filter') || undefined,
    sortBy: params.get('sortBy') ?? defaults.sortBy,
    ascending: (params.get('sortOrder') ?? 'ascending').toLowerCase() === 'ascending',
    startIndex: Math.max(1, integer('startIndex', 1)),
    count: Math.min(MAX_COUNT, integer('count', 100)),
    attributes: (params.get('attributes') ?? '').split(',').flatMap((name) => name.trim() || []),
  };
}

function integerIn(params: URLSearchParams, name: string, fallback: number, refused: () => Error): number {
  const text = params.get(name);
  if (text === null || text === '') return fallback;
  if (!/^-?\d{1,9}$/.test(text)) throw refused();
  return Number(text);
}

/** What kind of resource is listed. */
export interface Kind<T> {
  columns(one: T): Columns;
  /** Names in lower case that filters may use. */
  readonly attributes: ReadonlySet<string>;
  readonly sortable: ReadonlySet<string>;
  /** Candidates for a filter, in order of creation; by an index where there is one. */
  candidates(filter: Filter | undefined): readonly T[];
  /** What is said of a filter that is not one. */
  refused(query: ListQuery): Error;
}

/** All that a query finds, in its order. */
export function found<T>(kind: Kind<T>, query: ListQuery): readonly T[] {
  let filter: Filter | undefined;
  const sortBy = query.sortBy.toLowerCase();
  try {
    if (query.filter !== undefined) {
      filter = parseFilter(query.filter);
      checkAttributes(filter, kind.attributes);
    }
    if (!kind.sortable.has(sortBy)) throw new FilterError('an unknown sort order');
  } catch (error) {
    if (error instanceof FilterError) throw kind.refused(query);
    throw error;
  }
  const wanted = filter;
  const all = kind.candidates(wanted);
  const matching = wanted ? all.filter((one) => matchesFilter(wanted, kind.columns(one))) : all;
  if (sortBy === 'created' && query.ascending) return matching;
  const keyed = matching.map((one) => ({ one, key: sortKey(kind.columns(one)[sortBy]) }));
  const sign = query.ascending ? 1 : -1;
  keyed.sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -sign : sign));
  return keyed.map(({ one }) => one);
}

function sortKey(value: Columns[string]): string | number {
  if (typeof value === 'string') return value.toLowerCase();
  return typeof value === 'number' ? value : String(value ?? '');
}

/** The answer with one page; `itemsPerPage` echoes what was asked for. */
export function page<T>(
  all: readonly T[],
  query: ListQuery,
  render: (one: T) => JsonObject,
  options: { readonly schema?: string; readonly mapping?: Readonly<Record<string, string>> } = {},
): JsonObject {
  const part = all.slice(query.startIndex - 1, query.startIndex - 1 + Math.max(0, query.count)).map(render);
  const resources =
    query.attributes.length === 0 ? part : part.map((one) => projected(one, query.attributes, options.mapping ?? {}));
  return {
    resources,
    startIndex: query.startIndex,
    itemsPerPage: query.count,
    totalResults: all.length,
    schemas: [options.schema ?? CORE_SCHEMA],
  };
}

/** Attributes under the names by which they were asked for; null where there are none (UAA SearchResultsFactory). */
function projected(
  one: JsonObject,
  attributes: readonly string[],
  mapping: Readonly<Record<string, string>>,
): JsonObject {
  return Object.fromEntries(
    attributes.map((name) => {
      if (!/^[A-Za-z_][\w.]{0,80}$/.test(name)) throw scimRefusal(`Invalid attributes: [${attributes.join(',')}]`);
      const path = Object.hasOwn(mapping, name) ? (mapping[name] ?? name) : name;
      return [name, valueAt(one, path.split('.')) ?? null];
    }),
  );
}

function valueAt(value: Json | undefined, [name, ...rest]: readonly string[]): Json | undefined {
  if (name === undefined) return value;
  if (Array.isArray(value)) return value.flatMap((one: Json) => valueAt(one, [name, ...rest]) ?? []);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return valueAt((value as JsonObject)[name], rest);
}

/** As UAA shows what a client sent inside of its own text (Spring HtmlUtils). */
export function htmlEscaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
