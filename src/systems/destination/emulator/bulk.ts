import { z } from 'zod';
import { badRequest, Fault } from './errors.ts';
import { parseNames } from './filter.ts';
import type { Versioned } from './store.ts';

/** Result of one configuration of a bulk call (OpenAPI 1.0.0, `BulkResponse`). */
export interface BulkResult {
  readonly name: string;
  readonly status: number;
  readonly etag?: string;
  readonly cause?: string;
}

const named = z.looseObject({ Name: z.string() });

/** Applies `change` to each of an array; one failure does not stop the others. What has no name can't be answered for: 400. */
export async function bulk(
  bodies: readonly unknown[],
  change: (body: unknown) => Promise<Versioned> | Versioned,
  success: 200 | 201,
): Promise<{ readonly status: 200 | 201 | 207; readonly results: readonly BulkResult[] }> {
  const names = bodies.map((body) => {
    const parsed = named.safeParse(body);
    if (!parsed.success) throw badRequest('Bad Request');
    return parsed.data.Name;
  });
  const results: BulkResult[] = [];
  for (const [index, name] of names.entries()) {
    try {
      results.push({ name, status: success, etag: (await change(bodies[index])).etag });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      results.push({ name, status: error.status, cause: error.message });
    }
  }
  return { status: results.every((result) => result.status === success) ? success : 207, results };
}

/** OpenAPI 1.0.0, `BulkDelete`. */
export function bulkDelete(filter: string | undefined, remove: (name: string) => boolean) {
  const summary = namesOf(filter).map((name) =>
    remove(name) ? { name, status: 'DELETED' } : { name, status: 'NOT_FOUND', reason: 'Could not find configuration' },
  );
  return { Count: summary.filter((entry) => entry.status === 'DELETED').length, Summary: summary };
}

/** Only an in-list condition deletes. */
export function namesOf(filter: string | undefined): readonly string[] {
  const names = filter === undefined ? undefined : parseNames(filter);
  if (!names) throw badRequest('Invalid filter expression');
  return names;
}
