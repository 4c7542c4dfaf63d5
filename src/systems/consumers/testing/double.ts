import type { Context } from '../../../kernel/context.ts';

/** A service, as its documentation describes the few calls that a place makes: what is not described answers 501. */
export interface Double {
  readonly fetch: Context['fetch'];
  /** Under `connections` of the manifest. */
  readonly connections: Readonly<Record<string, unknown>>;
  /** What the manifest's `env:` references stand for. */
  readonly secrets: Readonly<Record<string, string>>;
  /** An entry of `deliverTo`. */
  readonly target: Readonly<Record<string, unknown>>;
  /** What whoever reads the place gets; undefined when there is nothing. */
  stored(): { readonly login?: string; readonly secret: string } | undefined;
  /** Mutations that took effect. */
  writes(): number;
  /** Somebody else writes here. */
  overwrite?(secret: string): void;
  /** What else is in the place and must stay as it is. */
  neighbours?(): unknown;
}

/** One answer of a double. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export type Handler = (request: Request, match: Readonly<Record<string, string>>) => Response | Promise<Response>;

/** Routes as `METHOD https://host/path/:name`; a name matches up to the next slash, decoded. */
export function router(routes: Readonly<Record<string, Handler>>): Context['fetch'] {
  const compiled = Object.entries(routes).map(([route, handle]) => {
    const [method = '', pattern = ''] = route.split(' ');
    const names = [...pattern.matchAll(/\/:(\w+)/g)].map(([, name = '']) => name);
    const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\/:\w+/g, '/([^/]+)');
    return { method, names, regex: new RegExp(`^${escaped}$`), handle };
  });
  return async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    for (const { method, names, regex, handle } of compiled) {
      const match = method === request.method ? regex.exec(origin + pathname) : null;
      if (!match) continue;
      return handle(
        request,
        Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? '')])),
      );
    }
    return json(501, { method: request.method, url: request.url });
  };
}
