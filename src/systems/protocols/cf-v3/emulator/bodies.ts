import { z } from 'zod';
import { parseError, unprocessable } from './errors.ts';

/** A GUID in a body: any text of 1 to 200 characters. */
export const guid = z
  .string({ error: 'must be a string' })
  .min(1, { error: 'must be between 1 and 200 characters' })
  .max(200, { error: 'must be between 1 and 200 characters' });

/** A text of a body that may not be absent: Rails says "can't be blank" for what is missing, null or empty. */
export function text(options: { readonly max?: number } = {}) {
  const { max = 255 } = options;
  return z
    .string({ error: ({ input }) => (input === undefined || input === null ? "can't be blank" : 'must be a string') })
    .min(1, { error: "can't be blank" })
    .max(max, { error: `is too long (maximum is ${max} characters)` });
}

/** A text that may be absent, but not empty. */
export function changedText(options: { readonly max?: number } = {}) {
  const { max = 255 } = options;
  return z
    .string({ error: 'must be a string' })
    .min(1, { error: 'is too short (minimum is 1 character)' })
    .max(max, { error: `is too long (maximum is ${max} characters)` })
    .nullish();
}

export const flag = z.boolean({ error: 'must be a boolean' }).nullish();
export const required = z.boolean({ error: 'must be a boolean' });
export const object = z.record(z.string(), z.unknown(), { error: 'must be an object' });

/** Validated by `metadataOf`, which has texts of its own. */
export const metadata = z.unknown().optional();

/** `{"data": {"guid": …}}`. */
export function toOne(name: string) {
  const error = `must be structured like this: "${name}: {"data": {"guid": "valid-guid"}}"`;
  return z.strictObject({ data: z.strictObject({ guid }, { error }) }, { error });
}

/** A relationship that may be taken away: `{"data": null}`. */
export function toOneOrNone(name: string) {
  const error = `must be structured like this: "${name}: {"data": {"guid": "valid-guid"}}"`;
  return z.strictObject({ data: z.strictObject({ guid: guid.nullable() }, { error }).nullable() }, { error });
}

/** `{"data": [{"guid": …}]}`. */
export function toMany(name: string) {
  const error = `must be structured like this: "${name}: {"data": [{"guid": "valid-guid"},{"guid": "valid-guid"}]}"`;
  return z.strictObject({ data: z.array(z.strictObject({ guid }, { error }), { error }) }, { error });
}

/** The body of a `relationships/…` call: `{"data": [{"guid": …}]}`. */
export const manyGuids = z.strictObject({
  data: z.array(z.strictObject({ guid }, { error: 'must be an array of guid hashes' }), { error: 'must be an array' }),
});

/**
 * @param first what is decided before the body is looked at: who may not call is not told what is wrong with it
 * @throws ApiError 400 for what is not JSON, 422 with all complaints.
 */
export function parseBody<T extends z.ZodType>(body: string, schema: T, first?: () => unknown): z.infer<T> {
  let sent: unknown;
  try {
    sent = body.trim() === '' ? {} : JSON.parse(body);
  } catch {
    throw parseError();
  }
  first?.();
  const result = schema.safeParse(typeof sent === 'object' && !Array.isArray(sent) ? (sent ?? {}) : {});
  if (result.success) return result.data;
  throw unprocessable([...new Set(result.error.issues.map(complaintOf))].join(', '));
}

/** A complaint as Rails words it: the attribute as the beginning of a sentence (ActiveModel, `full_messages`). */
function complaintOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.filter((part) => typeof part === 'string');
  if (issue.code === 'unrecognized_keys') {
    const unknown = `Unknown field(s): ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
    const [first] = path;
    if (first === undefined) return unknown;
    // Within a relationship only the whole structure is named.
    if (first === 'relationships' && path[1] !== undefined) {
      return `Relationships ${sentence(path[1])} must be structured like this: "${path[1]}: {"data": {"guid": "valid-guid"}}"`;
    }
    return `${sentence(first)} ${unknown}`;
  }
  const [first, second] = path;
  if (first === undefined) return issue.message;
  if (first === 'relationships') {
    if (second === undefined) {
      return issue.code === 'invalid_type' ? "Relationships 'relationships' is not an object" : issue.message;
    }
    const attribute = path.at(-1) === 'guid' ? `${second}_guid` : second;
    return `Relationships ${sentence(attribute)} ${issue.message}`;
  }
  return second === undefined || /^(data|lifecycle)$/.test(first)
    ? `${sentence(first)} ${issue.message}`
    : `${sentence(first)} ${sentence(second)} ${issue.message}`;
}

/** `service_plan` → `Service plan`. */
export function sentence(attribute: string): string {
  const words = attribute.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
