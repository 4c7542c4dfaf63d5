import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import { badRequest, duplicate, Fault, notFound, preconditionFailed } from './errors.ts';
import { parseFilter, parseNames } from './filter.ts';
import { type DestinationRecord, type Level, levelKey, type Properties, recordKey, type Store } from './store.ts';

type Clock = Pick<EmulatorContext, 'now'>;

const MAX_NAME = 200;
const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 1000;

/** Result of one configuration of a bulk call (OpenAPI 1.0.0, `BulkResponse`). */
export interface BulkResult {
  readonly name: string;
  readonly status: number;
  readonly etag?: string;
  readonly cause?: string;
}

/** A destination as a client sends it. Values are strings (all samples are); what else happens is assumed: 400. */
export function readProperties(body: unknown): Properties {
  const properties = z.record(z.string(), z.string()).safeParse(body);
  if (!properties.success) throw badRequest('Bad Request');
  const { Name: name, Type: type } = properties.data;
  // Length from the docs on destination names; characters only as far as terraform-provider-btp checks them.
  if (!name || name.length > MAX_NAME || name.includes('/')) throw badRequest('Invalid value for property Name');
  if (!type) throw badRequest('Missing property Type');
  return properties.data;
}

export function create(store: Store, clock: Clock, level: Level, properties: Properties): DestinationRecord {
  const name = properties.Name ?? '';
  if (store.destinations.get(recordKey(level, name))) throw duplicate();
  return put(store, clock, level, properties, { version: 1, createdAt: clock.now() });
}

/** Overwrites everything; nothing is merged. `If-Match` is honoured though the OpenAPI file leaves it out (crossplane-provider-btp). */
export function replace(
  store: Store,
  clock: Clock,
  level: Level,
  properties: Properties,
  ifMatch?: string,
): DestinationRecord {
  const old = existing(store, level, properties.Name ?? '');
  assertMatch(old, ifMatch);
  return put(store, clock, level, properties, { version: old.version + 1, createdAt: old.createdAt });
}

/** Applies `change` to each of an array; one failure does not stop the others. */
export function bulk(
  bodies: readonly unknown[],
  change: (properties: Properties) => DestinationRecord,
  success: 200 | 201,
): { readonly status: 200 | 201 | 207; readonly results: readonly BulkResult[] } {
  const results = bodies.map((body): BulkResult => {
    const properties = readProperties(body);
    const name = properties.Name ?? '';
    try {
      return { name, status: success, etag: change(properties).etag };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { name, status: error.status, cause: error.message };
    }
  });
  return { status: results.every((result) => result.status === success) ? success : 207, results };
}

export function read(store: Store, level: Level, name: string): DestinationRecord {
  return existing(store, level, name);
}

export function remove(store: Store, level: Level, name: string, ifMatch?: string): void {
  assertMatch(existing(store, level, name), ifMatch);
  store.destinations.delete(recordKey(level, name));
}

/** OpenAPI 1.0.0, `BulkDelete`. */
export function removeMany(store: Store, level: Level, filter: string | undefined) {
  const names = filter === undefined ? undefined : parseNames(filter);
  if (!names) throw badRequest('Invalid filter expression');
  const summary = names.map((name) =>
    store.destinations.delete(recordKey(level, name))
      ? { name, status: 'DELETED' }
      : { name, status: 'NOT_FOUND', reason: 'Could not find configuration' },
  );
  return { Count: summary.filter((entry) => entry.status === 'DELETED').length, Summary: summary };
}

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

/** One of the three modes, which do not mix: filter (default), select, page (OpenAPI 1.0.0). */
export function list(store: Store, clock: Clock, level: Level, query: ListQuery, path: string): ListAnswer {
  const { filter, select, page, includeMetadata } = query;
  const modes = [select, page, filter ?? includeMetadata].filter((mode) => mode !== undefined);
  if (modes.length > 1) throw badRequest('Only one mode is allowed for a request');
  if (page === undefined && (query.pageSize ?? query.pageCount ?? query.entityCount) !== undefined)
    throw badRequest('Paging parameters are allowed only in pagination mode');

  const all = store.destinations.by('level', levelKey(level));
  if (select !== undefined) {
    if (select !== 'Name') throw badRequest('Only the Name field is supported');
    return { rows: all.map((record) => ({ Name: record.name })), headers: {} };
  }
  if (page !== undefined) return pageOf(all, query, page, path);
  const accepts = filter === undefined ? () => true : parseFilter(filter);
  const metadata = includeMetadata?.split(';').filter(Boolean) ?? [];
  if (metadata.some((name) => name !== 'modification_time' && name !== 'etag')) throw badRequest('Bad Request');
  const rows = all
    .filter((record) => accepts(record, clock.now()))
    .map((record) => (metadata.length === 0 ? record.properties : withMetadata(record, metadata)));
  return { rows, headers: {} };
}

function pageOf(all: readonly DestinationRecord[], query: ListQuery, pageText: string, path: string): ListAnswer {
  const page = wholeNumber(pageText, 1, Number.MAX_SAFE_INTEGER);
  const size = query.pageSize === undefined ? DEFAULT_PAGE_SIZE : wholeNumber(query.pageSize, 1, MAX_PAGE_SIZE);
  const pages = Math.ceil(all.length / size);
  const link = (number: number, rel: string) => `<${path}?$page=${number}&$pageSize=${size}>; rel='${rel}'`;
  const links = [...(page > 1 ? [link(page - 1, 'previous')] : []), ...(page < pages ? [link(page + 1, 'next')] : [])];
  return {
    rows: all.slice((page - 1) * size, page * size).map((record) => record.properties),
    headers: {
      ...(query.pageCount === 'true' ? { 'Page-Count': String(pages) } : {}),
      ...(query.entityCount === 'true' ? { 'Entity-Count': String(all.length) } : {}),
      ...(links.length > 0 ? { Link: links.join(', ') } : {}),
    },
  };
}

function withMetadata(record: DestinationRecord, wanted: readonly string[]) {
  const known = { modification_time: String(record.modifiedAt), etag: record.etag };
  const entries = Object.entries(known).filter(([name]) => wanted.includes(name));
  return { ...record.properties, $metadata: Object.fromEntries(entries) };
}

function wholeNumber(text: string, min: number, max: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) throw badRequest('Bad Request');
  return number;
}

function existing(store: Store, level: Level, name: string): DestinationRecord {
  const record = store.destinations.get(recordKey(level, name));
  if (!record) throw notFound();
  return record;
}

/** `If-Match`: one version or a list of them, quoted or bare; `*` is any. */
export function assertMatch(record: Pick<DestinationRecord, 'etag'>, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && !matches(record.etag, ifMatch)) throw preconditionFailed(record.etag);
}

export function matches(etag: string, header: string): boolean {
  const listed = header.split(',').map((entry) => entry.trim().replace(/^W\//, '').replaceAll('"', ''));
  return listed.includes('*') || listed.includes(etag);
}

function put(
  store: Store,
  clock: Clock,
  level: Level,
  properties: Properties,
  { version, createdAt }: Pick<DestinationRecord, 'version' | 'createdAt'>,
): DestinationRecord {
  const name = properties.Name ?? '';
  const record: DestinationRecord = {
    ...level,
    name,
    properties,
    version,
    // 64 hex digits as in the OpenAPI example; what goes into the hash is assumed.
    etag: createHash('sha256')
      .update(canonicalJson([levelKey(level), properties, version]))
      .digest('hex'),
    createdAt,
    modifiedAt: clock.now(),
  };
  store.destinations.set(recordKey(level, name), record);
  return record;
}
