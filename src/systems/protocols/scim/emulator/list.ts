import type { JsonObject } from '../../../../kernel/json.ts';
import { SCIM_SCHEMA } from '../wire.ts';

/** Which part of a list was asked for. */
export type PageRequest =
  | { readonly by: 'index'; readonly startIndex: number; readonly count: number }
  | { readonly by: 'id'; readonly startId: string; readonly count: number };

/** Default and largest page of IAS (notes ias §1.4). */
const MAX_COUNT = 100;

/** Reads paging parameters as IAS does: `count` 0 = totals only, negative = 0; `startIndex` below 1 = 1. */
export function pageRequest(query: URLSearchParams): PageRequest {
  const count = Math.min(MAX_COUNT, Math.max(0, integer(query.get('count'), MAX_COUNT)));
  const startId = query.get('startId');
  if (startId !== null) return { by: 'id', startId, count };
  return { by: 'index', startIndex: Math.max(1, integer(query.get('startIndex'), 1)), count };
}

function integer(text: string | null, fallback: number): number {
  if (text === null || !/^-?\d{1,9}$/.test(text)) return fallback;
  return Number(text);
}

/** One page of a list; only the documents on it are rendered. */
export function listPage<T extends { readonly id: string }>(
  found: readonly T[],
  page: PageRequest,
  render: (one: T) => JsonObject,
): JsonObject {
  const head = { schemas: [SCIM_SCHEMA.listResponse], totalResults: found.length };
  if (page.by === 'index') {
    const part = found.slice(page.startIndex - 1, page.startIndex - 1 + page.count);
    return { ...head, itemsPerPage: page.count, startIndex: page.startIndex, Resources: part.map(render) };
  }
  // Cursor by id (deprecated /service/scim reference, and SCI Terraform provider's list structs): `end` is the last page.
  const ordered = [...found].sort((a, b) => (a.id < b.id ? -1 : 1));
  const start = page.startId === 'initial' ? 0 : ordered.findIndex((one) => one.id >= page.startId);
  const from = start < 0 ? ordered.length : start;
  const next = ordered[from + page.count];
  return {
    ...head,
    itemsPerPage: page.count,
    startId: page.startId,
    nextId: next?.id ?? 'end',
    Resources: ordered.slice(from, from + page.count).map(render),
  };
}
