import type { ListQuery } from './list-query.ts';

interface Link {
  readonly href: string;
}

export interface Pagination {
  readonly total_results: number;
  readonly total_pages: number;
  readonly first: Link;
  readonly last: Link;
  readonly next: Link | null;
  readonly previous: Link | null;
}

/** The page of a list: links carry all effective parameters, sorted by name (cloud_controller_ng, PaginatedListPresenter). */
export function pageOf(
  address: string,
  query: Pick<ListQuery, 'page' | 'perPage' | 'effective'>,
  total: number,
): Pagination {
  const pages = Math.max(1, Math.ceil(total / query.perPage));
  const link = (page: number): Link => {
    const params = { ...query.effective, page: String(page), per_page: String(query.perPage) };
    const parts = Object.entries(params).map(([key, value]) => `${escaped(key)}=${escaped(value)}`);
    return { href: `${address}?${parts.sort().join('&')}` };
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
export function slice<T>(all: readonly T[], query: Pick<ListQuery, 'page' | 'perPage'>): readonly T[] {
  return all.slice((query.page - 1) * query.perPage, query.page * query.perPage);
}

/** As Ruby's `CGI.escape` writes it. */
function escaped(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
