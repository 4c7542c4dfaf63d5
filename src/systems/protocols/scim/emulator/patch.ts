import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../../../kernel/json.ts';
import type { PatchOperation } from '../wire.ts';
import { attributeOf, isList, isObject, safeDocument, withKey } from './document.ts';
import { ScimError } from './errors.ts';
import { type Filter, type FilterOptions, matches, parseFilter } from './filter.ts';
import { type AttributePath, parseAttributePath } from './path.ts';

export interface PatchOptions extends FilterOptions {
  /** Attributes that hold lists, by lower-case name: adding to one that is absent starts a list. */
  readonly multiValued: ReadonlySet<string>;
}

/** Target of an operation: an attribute, or the values of one that satisfy a filter, or a part of those. */
interface Target {
  readonly path: AttributePath;
  readonly filter?: Filter;
  readonly sub?: string;
}

/** Applies the operations of a PATCH in order (RFC 7644 §3.5.2). Pure: gives a new document. */
export function applyPatch(
  document: JsonObject,
  operations: readonly PatchOperation[],
  options: PatchOptions,
): JsonObject {
  return operations.reduce((current, operation) => applyOne(current, operation, options), document);
}

function applyOne(document: JsonObject, { op, path, value }: PatchOperation, options: PatchOptions): JsonObject {
  if (value !== undefined) safeDocument(value);
  if (op !== 'remove' && value === undefined) throw new ScimError(400, `${op} needs a value`, 'invalidValue');
  if (path === undefined || path === '') {
    if (op === 'remove') throw new ScimError(400, 'remove needs a path', 'noTarget');
    if (!isObject(value)) throw new ScimError(400, `${op} without a path needs an object`, 'invalidValue');
    return Object.entries(value).reduce<JsonObject>(
      (current, [name, inner]) => applyOne(current, { op, path: name, value: inner }, options),
      document,
    );
  }
  return change(document, targetOf(path, options), op, value, options);
}

const VALUE_PATH = /^(.+?)\[(.*)\](?:\.([A-Za-z$][\w$-]*))?$/s;

function targetOf(text: string, options: PatchOptions): Target {
  const match = VALUE_PATH.exec(text);
  if (!match) return { path: parseAttributePath(text, options.extensions) };
  const [, attribute = '', filter = '', sub] = match;
  const path = parseAttributePath(attribute, options.extensions);
  if (path.names.length !== 1) throw new ScimError(400, `Path ${text} is invalid`, 'invalidPath');
  return { path, filter: parseFilter(filter, options), ...(sub === undefined ? {} : { sub }) };
}

function change(
  document: JsonObject,
  target: Target,
  op: PatchOperation['op'],
  value: Json | undefined,
  options: PatchOptions,
): JsonObject {
  const { urn, names } = target.path;
  if (urn !== undefined) {
    const extension = attributeOf(document, urn);
    const inside = isObject(extension) ? extension : {};
    if (names.length === 0) {
      if (op === 'remove') return withKey(document, urn, undefined);
      if (!isObject(value)) throw new ScimError(400, `${urn} needs an object`, 'invalidValue');
      // What is not named stays: clients send the extension with the one attribute that they mean.
      const merged = Object.entries(value).reduce<JsonObject>(
        (current, [name, inner]) => change(current, { path: { names: [name] } }, op, inner, options),
        inside,
      );
      return withKey(document, urn, merged);
    }
    return withKey(document, urn, change(inside, { ...target, path: { names } }, op, value, options));
  }
  const [name = '', inner] = names;
  const current = attributeOf(document, name);
  if (target.filter) {
    return withKey(document, name, changeValues(current, target.filter, target.sub, op, value, options));
  }
  if (inner !== undefined) return withKey(document, name, changeInner(current, inner, op, value, options));
  if (op === 'remove') return withKey(document, name, undefined);
  return withKey(document, name, op === 'add' ? added(current, value, name, options) : replaced(value, name, options));
}

/** `name.familyName`; on a list (`emails.type`) every value is changed, as RFC 7644 §3.5.2.3 says. */
function changeInner(
  current: Json | undefined,
  inner: string,
  op: PatchOperation['op'],
  value: Json | undefined,
  options: PatchOptions,
): Json | undefined {
  const one = (object: JsonObject) => change(object, { path: { names: [inner] } }, op, value, options);
  if (isList(current)) return current.map((element) => (isObject(element) ? one(element) : element));
  if (isObject(current)) return one(current);
  return op === 'remove' ? current : one({});
}

function changeValues(
  current: Json | undefined,
  filter: Filter,
  sub: string | undefined,
  op: PatchOperation['op'],
  value: Json | undefined,
  options: PatchOptions,
): Json | undefined {
  const list = isList(current) ? current : [];
  const chosen = list.map((element) => matches(filter, element, options));
  if (op === 'remove' && sub === undefined) {
    const left = list.filter((_element, index) => !chosen[index]);
    return left.length > 0 ? left : undefined;
  }
  // RFC 7644 §3.5.2.3: a replace whose filter finds nothing has no target; scim-patch adds instead, IAS is not known to.
  if (!chosen.includes(true)) {
    if (op === 'remove') return current;
    throw new ScimError(400, 'The path of the operation finds no value', 'noTarget');
  }
  return list.map((element, index) => {
    if (!chosen[index] || !isObject(element)) return element;
    if (sub !== undefined) return change(element, { path: { names: [sub] } }, op, value, options);
    if (!isObject(value)) throw new ScimError(400, 'The operation needs an object', 'invalidValue');
    return { ...element, ...value };
  });
}

function added(current: Json | undefined, value: Json | undefined, name: string, options: PatchOptions): Json {
  if (isList(current) || options.multiValued.has(name.toLowerCase())) {
    const list = isList(current) ? current : [];
    const fresh = (isList(value) ? value : [value ?? null]).filter(
      (element) => !list.some((known) => isDeepStrictEqual(known, element)),
    );
    return [...list, ...fresh];
  }
  if (isObject(current) && isObject(value)) return { ...current, ...value };
  return value ?? null;
}

function replaced(value: Json | undefined, name: string, options: PatchOptions): Json {
  const multi = options.multiValued.has(name.toLowerCase());
  return multi && !isList(value) ? [value ?? null] : (value ?? null);
}
