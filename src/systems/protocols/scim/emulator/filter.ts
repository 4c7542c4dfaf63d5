import type { Json } from '../../../../kernel/json.ts';
import { attributeOf, isList, isObject } from './document.ts';
import { ScimError } from './errors.ts';
import { type AttributePath, parseAttributePath } from './path.ts';

type Scalar = string | number | boolean | null;

/** A parsed filter. */
export type Filter =
  | { readonly kind: 'eq'; readonly path: AttributePath; readonly value: Scalar }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter };

export interface FilterOptions {
  /** URNs of the service's extension schemas. */
  readonly extensions: readonly string[];
  /** Attributes whose case counts (`id`, `externalId`), by last name in lower case. @default id, externalId */
  readonly caseExact?: ReadonlySet<string>;
}

/** Deepest nesting of parentheses that is read. */
const MAX_DEPTH = 50;
const CASE_EXACT: ReadonlySet<string> = new Set(['id', 'externalid']);
const OPERATORS: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'pr', 'gt', 'ge', 'lt', 'le']);

/** The filters that IAS documents: `eq` with `and`, `or` and parentheses (notes ias §1.4); others are refused. */
export function parseFilter(text: string, options: FilterOptions): Filter {
  const tokens = tokensOf(text);
  let at = 0;

  const word = () => {
    const token = tokens[at];
    return token?.kind === 'word' ? token.text : undefined;
  };
  const isWord = (expected: string) => word()?.toLowerCase() === expected;

  function chain(kind: 'and' | 'or', operand: (depth: number) => Filter, depth: number): Filter {
    let left = operand(depth);
    while (isWord(kind)) {
      at++;
      left = { kind, left, right: operand(depth) };
    }
    return left;
  }

  // `and` binds tighter than `or` (RFC 7644 §3.4.2.2).
  const any = (depth: number): Filter => chain('or', all, depth);
  const all = (depth: number): Filter => chain('and', one, depth);

  function one(depth: number): Filter {
    if (depth > MAX_DEPTH) throw invalid(text);
    if (tokens[at]?.kind === '(') {
      at++;
      const inner = any(depth + 1);
      if (tokens[at]?.kind !== ')') throw invalid(text);
      at++;
      return inner;
    }
    return comparison();
  }

  function comparison(): Filter {
    const name = word();
    if (name === undefined) throw invalid(text);
    at++;
    const operator = word()?.toLowerCase();
    at++;
    if (operator === undefined || !OPERATORS.has(operator)) throw invalid(text);
    if (operator !== 'eq') throw new ScimError(400, `Filter operator ${operator} is not supported`, 'invalidFilter');
    const token = tokens[at++];
    if (!token) throw invalid(text);
    return { kind: 'eq', path: pathOf(name, options), value: scalarOf(token, text) };
  }

  const filter = any(0);
  if (at < tokens.length) throw invalid(text);
  return filter;
}

/** Whether a resource (or one value of a multi-valued attribute) satisfies a filter. */
export function matches(filter: Filter, document: Json, options: FilterOptions): boolean {
  if (filter.kind !== 'eq') {
    const left = matches(filter.left, document, options);
    if (left === (filter.kind === 'or')) return left;
    return matches(filter.right, document, options);
  }
  const { path, value } = filter;
  const start = path.urn === undefined || !isObject(document) ? document : attributeOf(document, path.urn);
  const exact = (options.caseExact ?? CASE_EXACT).has((path.names.at(-1) ?? '').toLowerCase());
  const found = path.names.reduce<Json[]>(
    (values, name) => values.flatMap((one) => spread(isObject(one) ? attributeOf(one, name) : undefined)),
    spread(start),
  );
  return found.some((one) => equal(simple(one), value, exact));
}

export type Comparison = Extract<Filter, { kind: 'eq' }>;

/** The comparisons of which one must hold; undefined when the filter has an `and`. For services with an index. */
export function alternatives(filter: Filter): readonly Comparison[] | undefined {
  if (filter.kind === 'eq') return [filter];
  if (filter.kind === 'and') return undefined;
  const left = alternatives(filter.left);
  const right = alternatives(filter.right);
  return left && right && [...left, ...right];
}

/** The values themselves: a multi-valued attribute matches when any of its values does. */
function spread(value: Json | undefined): Json[] {
  if (value === undefined) return [];
  return isList(value) ? value.flatMap(spread) : [value];
}

/** `emails eq "x"` means the `value` of the complex attribute (RFC 7644 §3.4.2.2). */
function simple(value: Json): Json | undefined {
  return isObject(value) ? attributeOf(value, 'value') : value;
}

function equal(found: Json | undefined, wanted: Scalar, exact: boolean): boolean {
  if (typeof found === 'string' && typeof wanted === 'string' && !exact) {
    return found.toLowerCase() === wanted.toLowerCase();
  }
  // Clients write booleans as strings too; `active eq "true"` is common.
  if (typeof found === 'boolean' && typeof wanted === 'string') return String(found) === wanted.toLowerCase();
  return found === wanted;
}

function pathOf(name: string, options: FilterOptions): AttributePath {
  try {
    return parseAttributePath(name, options.extensions);
  } catch {
    throw new ScimError(400, `Filter attribute ${name} is invalid`, 'invalidFilter');
  }
}

interface Token {
  readonly kind: 'word' | 'string' | '(' | ')';
  readonly text: string;
}

/** A double-quoted JSON string, a parenthesis, or a run of anything else. */
const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([()])|([^\s()"]+))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    if (text.slice(TOKEN.lastIndex).trim() === '') break;
    const match = TOKEN.exec(text);
    if (!match) throw invalid(text);
    const [, string, parenthesis, plain] = match;
    if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (parenthesis === '(' || parenthesis === ')') tokens.push({ kind: parenthesis, text: parenthesis });
    else tokens.push({ kind: 'word', text: plain ?? '' });
  }
  if (tokens.length === 0) throw invalid(text);
  return tokens;
}

function scalarOf(token: Token, text: string): Scalar {
  if (token.kind === '(' || token.kind === ')') throw invalid(text);
  try {
    const value: unknown = JSON.parse(token.text);
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Scalar;
  } catch {
    // Not JSON: an unquoted word.
  }
  throw invalid(text);
}

function invalid(text: string): ScimError {
  return new ScimError(400, `The filter ${text.slice(0, 200)} is invalid`, 'invalidFilter');
}
