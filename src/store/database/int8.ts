import { InvariantError } from '../../kernel/errors.ts';

/** Type id of `int8` in PostgreSQL's catalogue. */
export const INT8 = 20;

/**
 * Reads an `int8` as a number on both drivers: as they come, PGlite gives a number or a BigInt and pg a string. Our
 * columns of that type hold epoch milliseconds and counters, so anything beyond 2^53 is a bug.
 */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvariantError(`the int8 ${text} does not fit a number`);
  return value;
}
