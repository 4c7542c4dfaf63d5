import {
  type ListQuery,
  type ListRules,
  type Order,
  parseListQuery,
} from '../../../protocols/cf-v3/emulator/list-query.ts';
import { pageOf, slice } from '../../../protocols/cf-v3/emulator/pages.ts';
import type { Acting, Shape } from './acting.ts';
import type { Row } from './rows/row.ts';

type Listed = Pick<Row, 'guid' | 'createdAt' | 'updatedAt'> & {
  readonly metadata?: { readonly labels: Readonly<Record<string, string>> };
};

/** A list of the Cloud Controller: what is visible, and how it is filtered and shown. */
export interface Listing<T extends Listed> {
  /** Path of the API, as links have it. */
  readonly path: string;
  readonly rules: ListRules;
  /** What the caller sees, in order of creation. */
  readonly rows: readonly T[];
  /** Filters by the name of their parameter; `has` tells whether a value is among those that are asked for. */
  readonly where?: Readonly<Record<string, (row: T, has: (value: string | undefined | null) => boolean) => boolean>>;
  readonly show: (row: T) => Shape;
  /** What `include` and `fields` add for the rows of the page; undefined = nothing was asked for. */
  readonly included?: (shown: readonly T[], query: ListQuery) => Shape | undefined;
  /** More parameters that links show. @default none */
  readonly shown?: Readonly<Record<string, string>>;
  /** Property by which `order_by` sorts, where it is not called alike. */
  readonly sortBy?: Readonly<Record<string, (row: T) => string | number>>;
}

/** Filters, sorts and cuts a list into the page that is asked for. */
export function list<T extends Listed>(
  { api }: Pick<Acting, 'api'>,
  params: URLSearchParams,
  listing: Listing<T>,
): Shape {
  const query = parseListQuery(params, listing.rules);
  const found = sorted(filtered(listing, query), query.order, listing.sortBy ?? {});
  const shown = slice(found, query);
  const included = listing.included?.(shown, query);
  const effective = { ...query.effective, ...listing.shown };
  return {
    pagination: pageOf(`${api}${listing.path}`, { ...query, effective }, found.length),
    resources: shown.map(listing.show),
    ...(included === undefined ? {} : { included }),
  };
}

function filtered<T extends Listed>({ rows, where = {} }: Listing<T>, query: ListQuery): readonly T[] {
  const tests: ((row: T) => boolean)[] = [];
  const filters: NonNullable<Listing<T>['where']> = { guids: (row, has) => has(row.guid), ...where };
  for (const [name, test] of Object.entries(filters)) {
    const values = query.values(name);
    if (values === undefined) continue;
    const wanted = new Set(values);
    tests.push((row) => test(row, (value) => value !== undefined && value !== null && wanted.has(value)));
  }
  return rows.filter((row) => query.takes(row) && tests.every((test) => test(row)));
}

export function byCreation<T extends Listed>(rows: Iterable<T | undefined>): readonly T[] {
  const there = [...rows].filter((row) => row !== undefined);
  return sorted(there, { by: 'created_at', descending: false }, {});
}

/** Ties are broken by GUID, in the same direction; without an order the order of creation holds. */
function sorted<T extends Listed>(
  rows: readonly T[],
  order: Order | undefined,
  sortBy: NonNullable<Listing<T>['sortBy']>,
): readonly T[] {
  if (!order) return rows;
  const key = sortBy[order.by] ?? PROPERTIES[order.by] ?? ((row: T) => String(Reflect.get(row, order.by)));
  const sign = order.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, by: key(row) }))
    .sort((a, b) => {
      if (a.by !== b.by) return a.by < b.by ? -sign : sign;
      return a.row.guid < b.row.guid ? -sign : sign;
    })
    .map(({ row }) => row);
}

const PROPERTIES: Readonly<Record<string, (row: Listed) => number>> = {
  created_at: (row) => row.createdAt,
  updated_at: (row) => row.updatedAt,
};
