import { randomUUID } from 'node:crypto';

/** An answer with the headers that every answer of the server has. */
export function answer(status: number, body?: unknown): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

/** Refused: one text for each error, or none where something is not there. */
export function refuse(status: number, ...errors: readonly string[]): Response {
  return answer(status, { errors });
}

/** What the server sends around the data of an answer. */
export function enveloped(
  part: { readonly data?: unknown; readonly auth?: unknown } & Readonly<Record<string, unknown>>,
) {
  return {
    request_id: randomUUID(),
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: null,
    wrap_info: null,
    warnings: null,
    auth: null,
    ...part,
  };
}

export const ok = (data: unknown): Response => answer(200, enveloped({ data }));
export const done = (): Response => answer(204);

/** A request whose session and namespace are clear by now. */
export interface BaoCall {
  readonly operation: 'read' | 'write' | 'delete' | 'list';
  /** Decoded, below the namespace. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly now: number;
}
