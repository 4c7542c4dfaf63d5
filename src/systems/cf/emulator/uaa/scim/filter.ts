/**
 * The filter language of UAA: SCIM 1.x with `eq co sw pr gt ge lt le`, `and`, `or`, parentheses (UAA
 * SimpleSearchQueryConverter). It differs from SCIM 2 in what it knows and in what it takes for a string.
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'pr'; readonly attribute: string }
  | { readonly kind: Comparator; readonly attribute: string; readonly value: FilterValue };

export type Comparator = 'eq' | 'co' | 'sw' | 'gt' | 'ge' | 'lt' | 'le';

export type FilterValue = string | number | boolean;

/** Values of a resource by attribute in lower case; times are epoch milliseconds. */
export type Columns = Readonly<Record<string, string | number | boolean | undefined>>;

/** The filter is not one; the endpoints have texts of their own for it. */
export class FilterError extends Error {}

const COMPARATORS: ReadonlySet<string> = new Set(['eq', 'co', 'sw', 'gt', 'ge', 'lt', 'le']);
const MAX_DEPTH = 50;
/** So many comparisons at most; the Cloud Controller asks for 200 users at once. */
const MAX_TOKENS = 5000;

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+))/y;

type Token =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'word' | '(' | ')'; readonly text: string };

export function parseFilter(text: string): Filter {
  try {
    return parse(text);
  } catch (error) {
    // Single quotes are tolerated: UAA tries again with all of them turned into double ones.
    if (!(error instanceof FilterError) || !text.includes("'")) throw error;
    return parse(text.replaceAll("'", '"'));
  }
}

function parse(text: string): Filter {
  const tokens = tokensOf(text);
  let at = 0;
  const word = () => {
    const token = tokens[at];
    return token?.kind === 'word' ? token.text.toLowerCase() : undefined;
  };

  function chain(kind: 'and' | 'or', operand: (depth: number) => Filter, depth: number): Filter {
    let left = operand(depth);
    while (word() === kind) {
      at++;
      left = { kind, left, right: operand(depth) };
    }
    return left;
  }
  const any = (depth: number): Filter => chain('or', all, depth);
  const all = (depth: number): Filter => chain('and', one, depth);

  function one(depth: number): Filter {
    if (depth > MAX_DEPTH) throw new FilterError('too deep');
    const token = tokens[at++];
    if (token?.kind === '(') {
      const inner = any(depth + 1);
      if (tokens[at++]?.kind !== ')') throw new FilterError('no closing parenthesis');
      return inner;
    }
    if (token?.kind !== 'word') throw new FilterError('no attribute');
    const attribute = attributeOf(token.text);
    const operator = word();
    at++;
    if (operator === 'pr') return { kind: 'pr', attribute };
    if (operator === undefined || !COMPARATORS.has(operator)) throw new FilterError('no operator');
    return { kind: operator as Comparator, attribute, value: literalOf(tokens[at++]) };
  }

  const filter = any(0);
  if (at < tokens.length) throw new FilterError('more than a filter');
  return filter;
}

/** Attributes may have the URN of the core schema in front. */
function attributeOf(text: string): string {
  const name = text.toLowerCase().replace(/^urn:scim:schemas:core:1\.0:/, '');
  if (!/^[a-z][\w.]{0,60}$/.test(name)) throw new FilterError('no attribute');
  return name;
}

function literalOf(token: Token | undefined): FilterValue {
  if (token?.kind === 'string') return unescaped(token.text);
  if (token?.kind !== 'word') throw new FilterError('no value');
  const text = token.text.toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d{1,18}(?:\.\d{1,18})?$/.test(text)) return Number(text);
  throw new FilterError('an unquoted text');
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_all, character: string) => (character === 'n' ? '\n' : character));
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (!match || tokens.length > MAX_TOKENS) throw new FilterError('not a filter');
    const [, string, parenthesis, plain] = match;
    if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (parenthesis === '(' || parenthesis === ')') tokens.push({ kind: parenthesis, text: parenthesis });
    else tokens.push({ kind: 'word', text: plain ?? '' });
  }
  return tokens;
}

/** Refuses attributes that the resource does not have, and values of another type than theirs. */
export function checkAttributes(filter: Filter, known: ReadonlySet<string>): void {
  if ('left' in filter) {
    checkAttributes(filter.left, known);
    checkAttributes(filter.right, known);
    return;
  }
  if (!known.has(filter.attribute)) throw new FilterError('an unknown attribute');
  if (filter.kind !== 'pr' && !fitsColumn(filter)) throw new FilterError('a value of another type');
}

/** Types of columns that hold no text. */
const COLUMN_TYPES: Readonly<Record<string, 'number' | 'boolean' | 'time'>> = {
  active: 'boolean',
  verified: 'boolean',
  version: 'number',
  'meta.version': 'number',
  last_logon_success_time: 'number',
  previous_logon_success_time: 'number',
  access_token_validity: 'number',
  refresh_token_validity: 'number',
  created: 'time',
  'meta.created': 'time',
  lastmodified: 'time',
  'meta.lastmodified': 'time',
  passwd_lastmodified: 'time',
};

/** PostgreSQL, which SAP's UAA has too (recording resource_user_crud_invalid), compares nothing with another type (recorded). */
function fitsColumn({ kind, attribute, value }: Extract<Filter, { value: FilterValue }>): boolean {
  const type = COLUMN_TYPES[attribute];
  if (type === undefined) return typeof value === 'string';
  if (kind === 'co' || kind === 'sw') return false;
  return type === 'time' ? typeof value === 'string' && DATE.test(value) : typeof value === type;
}

export function matchesFilter(filter: Filter, columns: Columns): boolean {
  switch (filter.kind) {
    case 'and':
      return matchesFilter(filter.left, columns) && matchesFilter(filter.right, columns);
    case 'or':
      return matchesFilter(filter.left, columns) || matchesFilter(filter.right, columns);
    case 'pr':
      return columns[filter.attribute] !== undefined;
    default:
      return compare(filter.kind, columns[filter.attribute], filter.value);
  }
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function compare(kind: Comparator, found: Columns[string], wanted: FilterValue): boolean {
  if (found === undefined) return false;
  const value =
    typeof found === 'number' && typeof wanted === 'string' && DATE.test(wanted) ? Date.parse(wanted) : wanted;
  // Strings compare without case, as the SQL behind it does.
  const [left, right] =
    typeof found === 'string' && typeof value === 'string'
      ? [found.toLowerCase(), value.toLowerCase()]
      : [found, value];
  if (typeof left !== typeof right) return false;
  switch (kind) {
    case 'eq':
      return left === right;
    case 'co':
      return String(left).includes(String(right));
    case 'sw':
      return String(left).startsWith(String(right));
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
  }
}

/**
 * Comparisons by `eq` of which one must hold for anything that matches, for who has an index over these attributes;
 * undefined when there is no such set.
 */
export function anchors(
  filter: Filter,
  indexed: ReadonlySet<string>,
): readonly { readonly attribute: string; readonly value: string }[] | undefined {
  if (filter.kind === 'and') return anchors(filter.left, indexed) ?? anchors(filter.right, indexed);
  if (filter.kind === 'or') {
    const left = anchors(filter.left, indexed);
    const right = left && anchors(filter.right, indexed);
    return left && right && [...left, ...right];
  }
  if (filter.kind !== 'eq' || typeof filter.value !== 'string' || !indexed.has(filter.attribute)) return undefined;
  return [{ attribute: filter.attribute, value: filter.value }];
}
