import { z } from 'zod';
import { scimRefusal } from '../errors.ts';

/** A body by its schema; 400 when it does not fit. */
export function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw scimRefusal(`JSON parse error: ${z.prettifyError(result.error).split('\n')[0] ?? ''}`);
}
