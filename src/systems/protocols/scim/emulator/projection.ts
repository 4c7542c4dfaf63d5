import type { JsonObject } from '../../../../kernel/json.ts';
import { attributeOf, isObject, withKey } from './document.ts';
import type { FilterOptions } from './filter.ts';
import { parseAttributePath } from './path.ts';

/** Always returned, whatever was asked for (RFC 7643 §7, `returned: always`). */
const ALWAYS = ['schemas', 'id', 'meta'];

/** The attributes that `?attributes=a,b.c` asks for; everything when it asks for nothing. */
export function project(document: JsonObject, attributes: string | undefined, options: FilterOptions): JsonObject {
  const wanted = (attributes ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  if (wanted.length === 0) return document;
  return [...ALWAYS, ...wanted].reduce<JsonObject>((shown, text) => {
    const { urn, names } = parseAttributePath(text, options.extensions);
    const steps = [...(urn === undefined ? [] : [urn]), ...names].slice(0, urn === undefined ? 1 : 2);
    return copied(document, shown, steps);
  }, {});
}

/** Copies what a path leads to. Sub-attributes of core attributes come whole: clients ask for `emails.value`. */
function copied(from: JsonObject, to: JsonObject, [step, ...rest]: readonly string[]): JsonObject {
  const value = step === undefined ? undefined : attributeOf(from, step);
  if (step === undefined || value === undefined) return to;
  if (rest.length === 0 || !isObject(value)) return withKey(to, step, value);
  const known = attributeOf(to, step);
  return withKey(to, step, copied(value, isObject(known) ? known : {}, rest));
}
