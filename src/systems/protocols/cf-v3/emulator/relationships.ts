import { z } from 'zod';
import { anything, complainOfGuid, isArray, isBlank, isHash, isObject, presence, type Rule, ruled } from './rules.ts';

export interface One {
  readonly data: { readonly guid: string };
}
export interface Many {
  readonly data: readonly { readonly guid: string }[];
}

/** `relationships` of a body (cloud_controller_ng, RelationshipValidator). */
export function relationships<S extends z.ZodRawShape>(shape: S) {
  const inner = z.strictObject(shape);
  return anything.transform((value, ctx): z.infer<typeof inner> => {
    if (!isHash(value)) ctx.addIssue({ code: 'custom', message: "'relationships' is not an object" });
    else if (Object.keys(value).length === 0) {
      ctx.addIssue({ code: 'custom', message: "'relationships' must include one or more valid relationships" });
    } else {
      const parsed = inner.safeParse(value);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) ctx.addIssue({ ...issue } as z.core.$ZodRawIssue);
    }
    return z.NEVER;
  });
}

/** `{"data": {"guid": …}}`, which has to be there. A null in it passes, as the GUID of nothing. */
export function toOne(name: string) {
  return toOneWith(name, (value) => presence(value));
}

/** The same without a complaint of its own when it is not there. */
export function toOneWithoutPresence(name: string) {
  return toOneWith(name, () => undefined);
}

/** A relationship that may be absent or null. */
export function toOneOrNone(name: string) {
  return anything.transform((value, ctx): One | undefined => (value == null ? undefined : oneOf(name, value, ctx)));
}

/** `{"data": [{"guid": …}]}`, or nothing. */
export function toMany(name: string) {
  return anything.transform((value, ctx): Many | undefined => {
    if (value == null) return undefined;
    const data = isHash(value) ? value.data : undefined;
    if (Array.isArray(data) && data.every((one) => isHash(one) && Object.keys(one).join() === 'guid')) {
      for (const one of data) complainOfGuid(one.guid, ['guids'], ctx);
      return { data };
    }
    ctx.addIssue({
      code: 'custom',
      message: `must be structured like this: "${name}: {"data": [{"guid": "valid-guid"},{"guid": "valid-guid"}]}"`,
    });
    return z.NEVER;
  });
}

function toOneWith(name: string, first: Rule) {
  return anything.transform((value, ctx): One => {
    const complaint = first(value);
    if (complaint !== undefined) ctx.addIssue({ code: 'custom', message: complaint });
    return oneOf(name, value, ctx);
  });
}

function oneOf(name: string, value: unknown, ctx: z.RefinementCtx): One {
  const data = isHash(value) && Object.keys(value).join() === 'data' ? value.data : undefined;
  if (data === null) return { data: { guid: '' } };
  if (isHash(data) && Object.keys(data).join() === 'guid') {
    complainOfGuid(data.guid, ['guid'], ctx);
    return { data: { guid: String(data.guid) } };
  }
  ctx.addIssue({
    code: 'custom',
    message: `must be structured like this: "${name}: {"data": {"guid": "valid-guid"}}"`,
  });
  return z.NEVER;
}

/** The body of a `relationships/…` call: `{"data": [{"guid": …}]}` (ToManyRelationshipMessage). */
export const manyGuids = z
  .strictObject({ data: ruled<Many['data']>(presence, isArray) })
  .superRefine(({ data }, ctx) => {
    if (!Array.isArray(data)) return;
    for (const [at, one] of data.entries()) {
      if (typeof one?.guid !== 'string') {
        ctx.addIssue({ code: 'custom', message: `Invalid data type: Data[${at}] guid should be a string.` });
      }
    }
  });

/** The body of a `relationships/…` call that sets one (RouteTransferOwnerMessage). */
export const oneGuid = z.strictObject({
  data: anything.transform((value, ctx): { readonly guid: string } => {
    const found = isHash(value) ? value.guid : undefined;
    const complaints = [
      presence(value),
      isObject(value),
      ...(isHash(value) ? complaintsOfKeys(value) : []),
      found === '' ? "guid can't be blank" : undefined,
    ];
    for (const message of complaints) if (message !== undefined) ctx.addIssue({ code: 'custom', message });
    return { guid: String(found) };
  }),
});

function complaintsOfKeys(value: Readonly<Record<string, unknown>>): readonly (string | undefined)[] {
  return [
    Object.keys(value).length === 1 ? undefined : 'can only accept one key',
    Object.hasOwn(value, 'guid') ? undefined : "can only accept key 'guid'",
    value.guid == null || typeof value.guid === 'string' ? undefined : `${value.guid} must be a string`,
  ];
}

/** The body of a `relationships/…` call that sets one, or takes it away with null. */
export const oneGuidOrNone = z.strictObject({
  data: anything.transform((value, ctx): { readonly guid: string | undefined } | undefined => {
    if (value == null) return undefined;
    const complaints = [
      isBlank(value) ? presence(value) : undefined,
      isObject(value),
      ...(isHash(value) ? complaintsOfKeys(value) : []),
    ];
    for (const message of complaints) if (message !== undefined) ctx.addIssue({ code: 'custom', message });
    const found = isHash(value) ? value.guid : undefined;
    return { guid: typeof found === 'string' ? found : undefined };
  }),
});
