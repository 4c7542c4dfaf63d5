import type { Json, JsonObject } from '../../../../kernel/json.ts';
import { type Columns, checkAttributes, type Filter, FilterError, matchesFilter, parseFilter } from './filter.ts';

export const CORE_SCHEMA = 'urn:scim:schemas:core:1.0';

/** So many resources at most in one answer (UAA userMaxCount, groupMaxCount). */
const MAX_COUNT = 500;

export interface ListQuery {
  readonly filter: string | undefined;
  readonly sortBy: string;
  readonly ascending: boolean;
  readonly startIndex: number;
  readonly count: number;
  readonly attributes: readonly string[];
}

/** A query that is not one; its message is UAA's. */
export class ListQueryError extends Error {}

export function listQuery(params: URLSearchParams, defaults: { readonly sortBy: string }): ListQuery {
  return {
    filter: params.get('filter') || undefined,
    sortBy: params.get('sortBy') ?? defaults.sortBy,
    ascending: (params.get('sortOrder') ?? 'ascending').toLowerCase() === 'ascending',
    startIndex: Math.max(1, integer(params, 'startIndex', 1)),
    count: Math.min(MAX_COUNT, Math.max(0, integer(params, 'count', 100))),
    attributes: (params.get('attributes') ?? '').split(',').flatMap((name) => name.trim() || []),
  };
}

function integer(params: URLSearchParams, name: string, fallback: number): number {
  const text = params.get(name);
  if (text === null || text === '') return fallback;
  if (!/^-?\d{1,9}$/.test(text)) throw new ListQueryError(`Failed to convert value of '${name}' to a number`);
  return Number(text);
}

/** What kind of resource is listed. */
export interface Kind<T> {
  columns(one: T): Columns;
  /** Names in lower case that filters and sort orders may use. */
  readonly attributes: ReadonlySet<string>;
  /** Candidates for a filter, in order of creation; by an index where there is one. */
  candidates(filter: Filter | undefined): readonly T[];
}

/** All that a query finds, in its order. @throws ListQueryError */
export function matching<T>(kind: Kind<T>, query: ListQuery): readonly T[] {
  const filter = filterOf(kind.attributes, query);
  const all = kind.candidates(filter);
  const found = filter ? all.filter((one) => matchesFilter(filter, kind.columns(one))) : all;
  const sortBy = query.sortBy.toLowerCase();
  const keyed = found.map((one) => ({ one, key: sortKey(kind.columns(one)[sortBy]) }));
  const sign = query.ascending ? 1 : -1;
  keyed.sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -sign : sign));
  return keyed.map(({ one }) => one);
}

function filterOf(attributes: ReadonlySet<string>, query: ListQuery): Filter | undefined {
  try {
    if (!attributes.has(query.sortBy.toLowerCase())) throw new FilterError('an unknown sort order');
    if (query.filter === undefined) return undefined;
    const filter = parseFilter(query.filter);
    checkAttributes(filter, attributes);
    return filter;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new ListQueryError(`Invalid filter expression: [${query.filter ?? 'id pr'}] [${query.sortBy}]`);
  }
}

function sortKey(value: Columns[string]): string | number {
  if (typeof value === 'string') return value.toLowerCase();
  return typeof value === 'number' ? value : String(value ?? '');
}

/** The answer with one page; `itemsPerPage` echoes what was asked for. */
export function page<T>(all: readonly T[], query: ListQuery, render: (one: T) => JsonObject): JsonObject {
  const part = all.slice(query.startIndex - 1, query.startIndex - 1 + query.count).map(render);
  return {
    resources: query.attributes.length === 0 ? part : part.map((one) => projected(one, query.attributes)),
    startIndex: query.startIndex,
    itemsPerPage: query.count,
    totalResults: all.length,
    schemas: [CORE_SCHEMA],
  };
}

/** Attributes under the names by which they were asked for; null where there are none (UAA SearchResultsFactory). */
function projected(one: JsonObject, attributes: readonly string[]): JsonObject {
  return Object.fromEntries(
    attributes.map((name) => {
      if (!/^[A-Za-z_][\w.]{0,80}$/.test(name)) {
        throw new ListQueryError(`Invalid attributes: [${attributes.join(',')}]`);
      }
      return [name, valueAt(one, name.split('.')) ?? null];
    }),
  );
}

function valueAt(value: Json | undefined, [name, ...rest]: readonly string[]): Json | undefined {
  if (name === undefined) return value;
  if (Array.isArray(value)) return value.flatMap((one: Json) => valueAt(one, [name, ...rest]) ?? []);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return valueAt((value as JsonObject)[name], rest);
}
