/** One request as the landscape saw it: never a body, never a header. */
export interface LoggedRequest {
  /** Grows by one per request. */
  readonly seq: number;
  /** Epoch milliseconds of the landscape's clock. */
  readonly time: number;
  readonly method: string;
  /** Production URL; what could be a secret in it is `[secret]`. */
  readonly url: string;
  /** Absent = no answer left: see `outcome`. */
  readonly status?: number;
  readonly outcome: 'answered' | 'dropped' | 'refused' | 'unknown host' | 'failed';
  /** Real milliseconds. */
  readonly durationMs: number;
  /** Sent by one emulated service to another. */
  readonly internal: boolean;
  /** Ids of the fault rules that struck it. */
  readonly faults: readonly string[];
}

/** What reached the landscape since it was started, the newest of it. */
export interface RequestLog {
  /** The newest `limit` requests after `after`, oldest first. */
  list(options?: { readonly after?: number; readonly limit?: number }): readonly LoggedRequest[];
  clear(): void;
}

/** A log that forgets the oldest. It is not persisted: a write per read request would be the price of a diagnosis aid. */
export function createRequestLog(capacity = 1000): RequestLog & {
  add(request: Omit<LoggedRequest, 'seq' | 'url'> & { readonly url: string }): void;
} {
  let seq = 0;
  let kept: LoggedRequest[] = [];
  return {
    add(request) {
      kept.push({ ...request, seq: ++seq, url: withoutSecrets(request.url) });
      // Cut rarely: removing the first element each time would move all the others.
      if (kept.length >= 2 * capacity) kept = kept.slice(-capacity);
    },
    list({ after = 0, limit = capacity } = {}) {
      return kept
        .slice(-capacity)
        .filter((request) => request.seq > after)
        .slice(-limit);
    },
    clear() {
      kept = [];
    },
  };
}

const PUBLIC_PARAMETERS = new Set(
  [
    'action count startIndex filter attributes excludedAttributes sortBy sortOrder page per_page order_by include names',
    'guids types origins usernames organization_guids space_guids user_guids app_guids label_selector grant_type',
    'response_type scope redirect_uri origin login_hint zid zoneId client_id $skipTokenRetrieval globalAccount subaccount',
  ]
    .join(' ')
    .split(' '),
);

const JWT = /eyJ[\w-]{5,}\.[\w-]*\.?[\w-]*/g;

/**
 * Shows the values of known harmless query parameters only, and nothing that looks like a token: a list of secret
 * names would miss the one that the next service invents.
 */
function withoutSecrets(text: string): string {
  // Nothing but host and path, as most are: not worth a parser for each request.
  if (!/[?#@]/.test(text)) return text.replace(JWT, '[secret]');
  const url = new URL(text);
  const query = [...url.searchParams].map(([name, value]) => {
    if (value === '') return encodeURIComponent(name);
    const shown = PUBLIC_PARAMETERS.has(name) || name.startsWith('fields[') ? encodeURIComponent(value) : '[secret]';
    return `${encodeURIComponent(name)}=${shown}`;
  });
  return `${url.origin}${url.pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`.replace(JWT, '[secret]');
}
