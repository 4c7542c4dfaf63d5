import { sentence } from './bodies.ts';
import type { ApiError } from './errors.ts';
import { type LabelSelector, parseLabelSelector } from './label-selector.ts';

/** What the query of a list may say (cloud_controller_ng, app/messages/*_list_message.rb). */
export interface ListRules {
  /**
   * Parameters beside the common ones, in the order in which an error names them: filters, and `include`, `fields` and
   * `label_selector` where they are.
   */
  readonly filters: readonly string[];
  /**
   * Values of parameters that take no others; none where a boolean of Ruby's is wanted, which no query can give. @default any
   */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** Parameters that are known, but not here: in the lists of an app for instance. @default none */
  readonly misplaced?: readonly string[];
  /** Whether unknown parameters are passed over. @default false */
  readonly lenient?: boolean;
  /** Values of `order_by` beside `created_at` and `updated_at`. @default none */
  readonly orders?: readonly string[];
  /** All values of `order_by`, where those two are none. @default they are */
  readonly onlyOrders?: readonly string[];
  /** Values of `include`. @default none */
  readonly includes?: readonly string[];
  /** Keys of `fields[RESOURCE]`, by resource. @default none */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /** Order when none is asked for and links show one all the same, e.g. `created_at` of roles. @default none */
  readonly shownOrder?: string;
  /** How a wrong query is answered: 400 on most lists, 422 on roles and users. */
  readonly refuse: (detail: string) => ApiError;
}

export interface Order {
  readonly by: string;
  readonly descending: boolean;
}

/** Query of a list after validation. */
export interface ListQuery {
  /** 1 or greater. */
  readonly page: number;
  readonly perPage: number;
  /** Every other parameter that takes effect, as it appears in the links of the page. */
  readonly effective: Readonly<Record<string, string>>;
  /** Values of a filter; undefined = not filtered. */
  values(name: string): readonly string[] | undefined;
  readonly include: readonly string[];
  /** Keys by resource of `fields[…]`. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** Undefined = in order of creation. */
  readonly order: Order | undefined;
  /** Whether labels and times are those that are asked for. */
  takes(row: {
    readonly createdAt: number;
    readonly updatedAt: number;
    readonly metadata?: { readonly labels: Readonly<Record<string, string>> };
  }): boolean;
}

const COMMON = ['page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids'];
/** Parameters that are read as one text. */
const SINGLE = [
  'order_by',
  'label_selector',
  'fields',
  'isolation_segment_guid',
  'current',
  'app_guid',
  'package_guid',
];
/** Parameters that may have brackets. */
const HASHES = ['created_ats', 'updated_ats', 'fields', 'target_guids'];
const MAX_PER_PAGE = 5000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Validates the query of a list (cloud_controller_ng, ListMessage). Several complaints are joined. */
export function parseListQuery(params: URLSearchParams, rules: ListRules): ListQuery {
  const complaints: string[] = [];
  const page = numberOf(params, 'page', 1);
  if (!(page >= 1)) complaints.push('Page must be a positive integer');
  const perPage = numberOf(params, 'per_page', 50);
  if (!(perPage >= 1)) complaints.push('Per page must be a positive integer');
  else if (perPage > MAX_PER_PAGE) complaints.push(`Per page must be between 1 and ${MAX_PER_PAGE}`);

  // A plus sign that nobody encoded arrives as a space.
  const orderText = params.get('order_by')?.replace(/^ /, '+') || undefined;
  const orderName = orderText?.replace(/^[+-]/, '');
  const orders = rules.onlyOrders ?? ['created_at', 'updated_at', ...(rules.orders ?? [])];
  if (orderName !== undefined && !orders.includes(orderName)) {
    complaints.push(`Order by can only be: ${quoted(orders)}`);
  }
  const [created, updated] = [timesOf(params, 'created_ats', complaints), timesOf(params, 'updated_ats', complaints)];
  const selector = selectorOf(params, rules, complaints);
  complaintsOfKeys(params, rules, complaints);
  const include = includesOf(params, rules, complaints);
  const fields = fieldsOf(params, rules.fields, complaints);
  complaints.push(...complaintsOfValues(params, rules));
  if (complaints.length > 0) throw rules.refuse(complaints.join(', '));

  const effective: Record<string, string> = {};
  for (const [key, value] of params) {
    if (key === 'page' || key === 'per_page' || !isKnown(key, rules)) continue;
    effective[key] = isSingle(key, rules) ? value : (listOf(value) ?? []).map(withoutCommas).join(',');
  }
  const shown = orderText ?? rules.shownOrder;
  if (shown === undefined) delete effective.order_by;
  else effective.order_by = shown.replace(/^(?![+-])/, '+');
  return {
    page,
    perPage,
    effective,
    include,
    fields,
    order: shown === undefined ? undefined : { by: shown.replace(/^[+-]/, ''), descending: shown.startsWith('-') },
    values: (name) => listOf(params.get(name) ?? undefined),
    takes: ({ createdAt, updatedAt, metadata }) =>
      created(createdAt) && updated(updatedAt) && (selector?.matches(metadata?.labels ?? {}) ?? true),
  };
}

/** The query of a single resource: `include` and `fields`. */
export function parseShowQuery(
  params: URLSearchParams,
  rules: Pick<ListRules, 'includes' | 'fields' | 'lenient' | 'refuse'> & {
    /** Parameters that an error names, where there are more. @default fields, include */
    readonly named?: readonly string[];
  },
): Pick<ListQuery, 'include' | 'fields'> {
  const complaints: string[] = [];
  const known = rules.named ?? [...(rules.fields ? ['fields'] : []), ...(rules.includes ? ['include'] : [])];
  const strange = [...new Set(params.keys())].filter((key) => !known.includes(baseOf(key)));
  if (strange.length > 0 && !rules.lenient) complaints.push(unknownParameters(strange, known));
  const include = includesOf(params, rules, complaints);
  const fields = fieldsOf(params, rules.fields, complaints);
  if (complaints.length > 0) throw rules.refuse(complaints.join(', '));
  return { include, fields };
}

/** As Ruby reads a number: the digits at the beginning of a text, or 0. */
function numberOf(params: URLSearchParams, name: string, fallback: number): number {
  const text = params.get(name);
  return text === null ? fallback : Number.parseInt(/^\s*[+-]?\d+/.exec(text)?.[0] ?? '0', 10);
}

function isKnown(key: string, rules: ListRules): boolean {
  return [...COMMON, ...rules.filters].includes(baseOf(key));
}

/** Whether a parameter has one value, in which commas are nothing special. */
function isSingle(key: string, rules: ListRules): boolean {
  return SINGLE.includes(baseOf(key)) || Object.hasOwn(rules.choices ?? {}, key);
}

function complaintsOfKeys(params: URLSearchParams, rules: ListRules, complaints: string[]): void {
  const known = [...COMMON, ...rules.filters];
  const strange = [...new Set([...params.keys()].map(baseOf))].filter((key) => !known.includes(key));
  if (strange.length > 0 && !rules.lenient) complaints.push(unknownParameters(strange, known));
}

function unknownParameters(strange: readonly string[], known: readonly string[]): string {
  return `Unknown query parameter(s): ${quoted(strange)}. Valid parameters are: ${quoted(known)}`;
}

function complaintsOfValues(params: URLSearchParams, rules: ListRules): readonly string[] {
  const choices = Object.entries(rules.choices ?? {}).flatMap(([name, values]) => {
    const value = params.get(name);
    if (value === null || values.includes(value)) return [];
    if (values.length === 0) return [`${sentence(name)} must be a boolean`];
    if (name === 'lifecycle') return [`Lifecycle must be either ${values.map((one) => `"${one}"`).join(' or ')}`];
    return name === 'lifecycle_type'
      ? [`Invalid lifecycle_type: '${value}'`]
      : [
          `${sentence(name)} must be ${values.length === 2 && values[0] === 'true' ? "'true' or 'false'" : `one of ${quoted(values)}`}`,
        ];
  });
  const hashes = [...new Set([...params.keys()].filter((key) => key.includes('[')).map(baseOf))]
    .filter((name) => ['guids', ...rules.filters].includes(name) && !isSingle(name, rules) && !HASHES.includes(name))
    .map((name) => `${sentence(name)} must be an array`);
  const misplaced = (rules.misplaced ?? []).filter((name) => params.has(name));
  return [...choices, ...hashes, ...(misplaced.length > 0 ? [`Unknown query parameter(s): ${quoted(misplaced)}`] : [])];
}

function includesOf(
  params: URLSearchParams,
  { includes }: Pick<ListRules, 'includes'>,
  complaints: string[],
): readonly string[] {
  if (!includes) return [];
  const include = listOf(params.get('include') ?? undefined) ?? [];
  for (const [at, name] of include.entries()) {
    if (!includes.includes(name)) {
      complaints.push(`Invalid included resource: '${name}'. Valid included resources are: ${quoted(includes)}`);
    } else if (include.slice(0, at).filter((other) => other === name).length === 1) {
      complaints.push(`Duplicate included resource: '${name}'`);
    }
  }
  return include;
}

function fieldsOf(
  params: URLSearchParams,
  valid: ListRules['fields'],
  complaints: string[],
): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  if (!valid) return found;
  for (const [key, value] of params) {
    if (baseOf(key) !== 'fields') continue;
    const resource = /^fields\[(.*)\]$/.exec(key)?.[1];
    if (resource === undefined) {
      complaints.push('Fields must be an object');
      continue;
    }
    const allowed = valid[resource];
    const asked = listOf(value) ?? [];
    if (!allowed) complaints.push(`Fields [${resource}] valid resources are: ${quoted(Object.keys(valid))}`);
    else if (asked.some((name) => !allowed.includes(name))) {
      complaints.push(`Fields valid keys for '${resource}' are: ${quoted(allowed)}`);
    }
    found[resource] = asked;
  }
  return found;
}

function selectorOf(
  params: URLSearchParams,
  rules: ListRules,
  complaints: string[],
): Extract<LabelSelector, { complaints?: never }> | undefined {
  const text = params.get('label_selector');
  if (text === null || !rules.filters.includes('label_selector')) return undefined;
  const parsed = parseLabelSelector(text);
  if (parsed.complaints === undefined) return parsed;
  complaints.push(...parsed.complaints);
  return undefined;
}

const OPERATORS: Readonly<Record<string, (time: number, bound: number) => boolean>> = {
  lt: (time, bound) => time < bound,
  lte: (time, bound) => time <= bound,
  gt: (time, bound) => time > bound,
  gte: (time, bound) => time >= bound,
};

/** `created_ats=T1,T2` or `created_ats[gt]=T`; times count in whole seconds. */
function timesOf(params: URLSearchParams, name: string, complaints: string[]): (ms: number) => boolean {
  const label = name === 'created_ats' ? 'Created ats' : 'Updated ats';
  const tests: ((seconds: number) => boolean)[] = [];
  const time = (text: string) => {
    if (!TIME.test(text)) {
      complaints.push(
        `${label} has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'`,
      );
    }
    return Date.parse(text) / 1000;
  };
  for (const [key, value] of params) {
    if (baseOf(key) !== name) continue;
    const operator = /\[(.*)\]$/.exec(key)?.[1];
    if (operator === undefined) {
      const wanted = (listOf(value) ?? []).map(time);
      tests.push((seconds) => wanted.includes(seconds));
      continue;
    }
    const holds = OPERATORS[operator];
    if (!holds) complaints.push(`${label} Invalid relational operator: '${operator}'`);
    if (value.includes(',')) {
      complaints.push(`${label} only accepts one value when using a relational operator`);
      continue;
    }
    const bound = time(value);
    if (holds) tests.push((seconds) => holds(seconds, bound));
  }
  return (ms) => tests.every((test) => test(Math.floor(ms / 1000)));
}

/** `created_ats` of `created_ats[gt]`. */
function baseOf(key: string): string {
  return key.replace(/\[.*$/, '');
}

/** Commas within a value stay encoded in links. */
function withoutCommas(value: string): string {
  return value.replaceAll(',', '%2C');
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

/** Comma-separated values, each percent-decoded after the split. */
function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(/,\s*/).map((value) => {
    try {
      return decodeURIComponent(value);
    } catch {
      return value;
    }
  });
}
