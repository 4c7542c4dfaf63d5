import type { z } from 'zod';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import type { HttpCall } from '../http/client.ts';
import { listResponse, SCIM_SCHEMA } from './wire.ts';

type Http = (call: HttpCall) => Promise<Response>;

/** Largest page that IAS and XSUAA give (IAS: default and maximum 100). */
const PAGE_SIZE = 100;

/** Longest filter in characters as encoded in a URL: servers commonly cut request lines at 8 KiB. */
const MAX_FILTER_LENGTH = 6000;

/** A filter `path eq "value"`; the value is quoted as RFC 7644 §3.4.2.2 asks (JSON string rules). */
export function eq(path: string, value: string): string {
  return `${path} eq ${JSON.stringify(value)}`;
}

/** Joins filters with `or`. */
export function anyOf(filters: readonly string[]): string {
  return filters.join(' or ');
}

/**
 * Joins filters with `or` into as few queries as fit a URL. Each given filter stays whole; `most` bounds how many go
 * into one query, so that what one query finds fits a page.
 */
export function batchesOf(filters: readonly string[], most: number): string[] {
  const batches: string[][] = [];
  let length = 0;
  for (const filter of filters) {
    const encoded = encodeURIComponent(` or ${filter}`).length;
    const last = batches.at(-1);
    if (!last || last.length >= most || length + encoded > MAX_FILTER_LENGTH) {
      batches.push([filter]);
      length = encoded;
    } else {
      last.push(filter);
      length += encoded;
    }
  }
  return batches.map(anyOf);
}

export interface ListCall<T> {
  /** What is done, in words. */
  readonly operation: string;
  /** Address of the collection, e.g. `https://…/scim/Users`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly filter?: string;
  readonly resource: z.ZodType<T>;
}

/** Reads every page of a list. */
export async function listAll<T>(http: Http, call: ListCall<T>): Promise<T[]> {
  const schema = listResponse(call.resource);
  const found: T[] = [];
  for (;;) {
    const url = new URL(call.url);
    if (call.filter !== undefined) url.searchParams.set('filter', call.filter);
    url.searchParams.set('startIndex', String(found.length + 1));
    url.searchParams.set('count', String(PAGE_SIZE));
    const response = await http({ operation: call.operation, url, headers: call.headers });
    const page = schema.parse(await response.json());
    found.push(...page.Resources);
    // A service that counts users it does not show would otherwise be asked for ever.
    if (page.Resources.length === 0 || found.length >= page.totalResults) return found;
  }
}

/** One operation of a PATCH, as sent. */
export interface Patch {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: Json;
}

/** Body of a PATCH. */
export function patchBody(operations: readonly Patch[]): JsonObject {
  return {
    schemas: [SCIM_SCHEMA.patchOp],
    Operations: operations.map((operation) => ({ ...operation })),
  };
}
