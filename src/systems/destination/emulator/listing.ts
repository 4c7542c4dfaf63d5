import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { badRequest } from './errors.ts';
import { type Filter, parseFilter, parseNarrowFilter } from './filter.ts';
import { type Kind, labelsOf } from './labels.ts';
import { type Level, levelKey, type Store, type Versioned } from './store.ts';

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 1000;
const METADATA: readonly string[] = ['modification_time', 'etag'];

export interface ListQuery {
  readonly filter?: string;
  readonly select?: string;
  readonly page?: string;
  readonly pageSize?: string;
  readonly pageCount?: string;
  readonly entityCount?: string;
  readonly includeMetadata?: string;
}

export interface ListAnswer {
  readonly rows: readonly unknown[];
  readonly headers: Readonly<Record<string, string>>;
}

/** What is listed, and how. */
export interface Listed<T extends Versioned> {
  readonly kind: Kind;
  readonly level: Level;
  /** Path that the links of pages name. */
  readonly path: string;
  row(record: T): Readonly<Record<string, unknown>>;
}

/** One of the three modes, which do not mix: filter (default), select, page (OpenAPI 1.0.0). */
export function list<T extends Versioned>(
  store: Store,
  clock: Pick<EmulatorContext, 'now'>,
  all: readonly T[],
  listed: Listed<T>,
  query: ListQuery,
): ListAnswer {
  const { filter, select, page, includeMetadata } = query;
  const modes = [select, page, filter ?? includeMetadata].filter((mode) => mode !== undefined);
  if (modes.length > 1) throw badRequest('Only one mode is allowed for a request');
  if (page === undefined && (query.pageSize ?? query.pageCount ?? query.entityCount) !== undefined)
    throw badRequest('Paging parameters are allowed only in pagination mode');

  if (select !== undefined) {
    if (select !== 'Name') throw badRequest('Only the Name field is supported');
    return { rows: all.map((record) => ({ Name: record.name })), headers: {} };
  }
  if (page !== undefined) return pageOf(all, listed, query, page);
  const wide = listed.kind === 'destinations';
  const metadata = includeMetadata?.split(';').filter(Boolean) ?? [];
  if (metadata.some((name) => !wide || !METADATA.includes(name))) throw badRequest('Bad Request');
  const accepts: Filter = filter === undefined ? () => true : wide ? parseFilter(filter) : parseNarrowFilter(filter);
  const rows = all
    .filter((record) => accepts(record, labelsOf(store, listed.kind, listed.level, record.name), clock.now()))
    .map((record) => ({ ...listed.row(record), ...(metadata.length === 0 ? {} : metadataOf(record, metadata)) }));
  return { rows, headers: {} };
}

/** Records of one level, in the order in which they were made. */
export function atLevel<T extends Versioned>(
  records: { by(name: string, value: string): readonly T[] },
  level: Level,
): readonly T[] {
  return records.by('level', levelKey(level));
}

function pageOf<T extends Versioned>(
  all: readonly T[],
  { path, row }: Listed<T>,
  query: ListQuery,
  pageText: string,
): ListAnswer {
  const page = wholeNumber(pageText, 1, Number.MAX_SAFE_INTEGER);
  const size = query.pageSize === undefined ? DEFAULT_PAGE_SIZE : wholeNumber(query.pageSize, 1, MAX_PAGE_SIZE);
  const pages = Math.ceil(all.length / size);
  const link = (number: number, rel: string) => `<${path}?$page=${number}&$pageSize=${size}>; rel='${rel}'`;
  const links = [...(page > 1 ? [link(page - 1, 'previous')] : []), ...(page < pages ? [link(page + 1, 'next')] : [])];
  return {
    rows: all.slice((page - 1) * size, page * size).map(row),
    headers: {
      ...(query.pageCount === 'true' ? { 'Page-Count': String(pages) } : {}),
      ...(query.entityCount === 'true' ? { 'Entity-Count': String(all.length) } : {}),
      ...(links.length > 0 ? { Link: links.join(', ') } : {}),
    },
  };
}

function metadataOf(record: Versioned, wanted: readonly string[]) {
  const known = { modification_time: String(record.modifiedAt), etag: record.etag };
  return { $metadata: Object.fromEntries(Object.entries(known).filter(([name]) => wanted.includes(name))) };
}

function wholeNumber(text: string, min: number, max: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) throw badRequest('Bad Request');
  return number;
}
