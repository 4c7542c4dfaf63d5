/** An error of the Cloud Controller, as semantics throw it and routes send it. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: number;

  constructor(status: number, title: string, code: number, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.title = title;
    this.code = code;
  }

  /** Key order as recorded. */
  body(): { errors: { detail: string; title: string; code: number }[] } {
    return { errors: [{ detail: this.message, title: this.title, code: this.code }] };
  }
}

// Names and codes: cloud_controller_ng, errors/v2.yml.
export const unauthenticated = () => new ApiError(401, 'CF-NotAuthenticated', 10002, 'Authentication error');
export const invalidToken = () => new ApiError(401, 'CF-InvalidAuthToken', 1000, 'Invalid Auth Token');
export const notAuthorized = () =>
  new ApiError(403, 'CF-NotAuthorized', 10003, 'You are not authorized to perform the requested action');
export const orgSuspended = () => new ApiError(403, 'CF-OrgSuspended', 10017, 'The organization is suspended');
export const notFound = (what: string) => new ApiError(404, 'CF-ResourceNotFound', 10010, `${what} not found`);
export const unprocessable = (detail: string) => new ApiError(422, 'CF-UnprocessableEntity', 10008, detail);
export const badQuery = (detail: string) =>
  new ApiError(400, 'CF-BadQueryParameter', 10005, `The query parameter is invalid: ${detail}`);
export const parseError = () =>
  new ApiError(400, 'CF-MessageParseError', 1001, 'Request invalid due to parse error: invalid request body');
export const rateLimited = () => new ApiError(429, 'CF-RateLimitExceeded', 10013, 'Rate Limit Exceeded');
/** Recorded for an empty origin in `POST /v3/users`. */
export const unknownError = () => new ApiError(500, 'UnknownError', 10001, 'An unknown error occurred.');

/** Query of a list after validation. */
export interface ListQuery {
  /** 1 or greater. */
  readonly page: number;
  readonly perPage: number;
  /** Every other parameter that takes effect, as it appears in the links of the page. */
  readonly effective: Readonly<Record<string, string>>;
}

/** The page of a list: links carry all effective parameters, sorted by name (cloud_controller_ng, PaginationPresenter). */
export function pageOf(
  address: string,
  query: ListQuery,
  total: number,
): {
  total_results: number;
  total_pages: number;
  first: { href: string };
  last: { href: string };
  next: { href: string } | null;
  previous: { href: string } | null;
} {
  const pages = Math.max(1, Math.ceil(total / query.perPage));
  const link = (page: number): { href: string } => {
    const params = { ...query.effective, page: String(page), per_page: String(query.perPage) };
    const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
    return { href: `${address}?${new URLSearchParams(sorted)}` };
  };
  return {
    total_results: total,
    total_pages: pages,
    first: link(1),
    last: link(pages),
    next: query.page < pages ? link(query.page + 1) : null,
    previous: query.page > 1 ? link(query.page - 1) : null,
  };
}

/** The part of all results that a page shows. */
export function slice<T>(all: readonly T[], query: ListQuery): readonly T[] {
  return all.slice((query.page - 1) * query.perPage, query.page * query.perPage);
}

export interface ListRules {
  /** Filters beside paging, `guids` and timestamps. */
  readonly filters: readonly string[];
  /** Values of `order_by` without sign. */
  readonly orders: readonly string[];
  /** Values of `include`. */
  readonly includes: readonly string[];
  /** Order when none is asked for and links show one all the same, e.g. `+created_at` of roles. */
  readonly shownOrder?: string;
  /** How a wrong query is answered: 400 on most lists, 422 on roles and users. */
  readonly refuse: (detail: string) => ApiError;
}

export interface ParsedQuery extends ListQuery {
  /** Values of a filter; undefined = not filtered. */
  values(name: string): readonly string[] | undefined;
  readonly include: readonly string[];
  /** Property and direction to sort by; undefined = in order of creation. */
  readonly order: { readonly by: string; readonly descending: boolean } | undefined;
}

const COMMON = ['guids', 'page', 'per_page', 'order_by'];
const MAX_PER_PAGE = 5000;

/** Validates the query of a list (cloud_controller_ng, ListMessage). Several complaints are joined. */
export function parseListQuery(params: URLSearchParams, rules: ListRules): ParsedQuery {
  const known = [...COMMON, ...rules.filters, ...(rules.includes.length > 0 ? ['include'] : [])].sort();
  const complaints: string[] = [];
  const strange = [...new Set(params.keys())].filter((key) => !known.includes(key));
  if (strange.length > 0) {
    const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');
    complaints.push(`Unknown query parameter(s): ${quoted(strange)}. Valid parameters are: ${quoted(known)}`);
  }
  const number = (name: string, fallback: number) => {
    const text = params.get(name);
    return text === null ? fallback : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  };
  const page = number('page', 1);
  const perPage = number('per_page', 50);
  if (!(page >= 1)) complaints.push('Page must be a positive integer');
  if (!(perPage >= 1 && perPage <= MAX_PER_PAGE)) complaints.push(`Per page must be between 1 and ${MAX_PER_PAGE}`);
  const orderText = params.get('order_by') ?? undefined;
  const orderName = orderText?.replace(/^[+\- ]/, '');
  if (orderName !== undefined && !rules.orders.includes(orderName)) {
    complaints.push(`Order by can only be: ${rules.orders.map((name) => `'${name}'`).join(', ')}`);
  }
  const include = listOf(params.get('include') ?? undefined) ?? [];
  if (include.some((name) => !rules.includes.includes(name))) {
    complaints.push(`Invalid included resource: '${include.find((name) => !rules.includes.includes(name))}'`);
  }
  if (complaints.length > 0) throw rules.refuse(complaints.join(', '));

  const shown = orderText?.replace(/^ /, '+') ?? rules.shownOrder;
  const effective: Record<string, string> = {};
  for (const [key, value] of params) if (key !== 'page' && key !== 'per_page') effective[key] = value;
  if (shown !== undefined) effective.order_by = shown;
  return {
    page,
    perPage,
    effective,
    include,
    order: orderName === undefined ? undefined : { by: orderName, descending: orderText?.startsWith('-') ?? false },
    values: (name) => listOf(params.get(name) ?? undefined),
  };
}

/** Comma-separated values, each percent-decoded after the split. */
function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').map((value) => {
    try {
      return decodeURIComponent(value);
    } catch {
      return value;
    }
  });
}
