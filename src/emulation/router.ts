import type { HostMount } from './emulator.ts';
import { matchHost } from './mount.ts';

/** Finds the emulator of a request by host, then by route. */
export interface Router {
  /** `undefined` = no such host. A host that exists but lacks the route answers 501 with method and URL. */
  route(request: Request): Promise<Response | undefined>;
  /** Every host that exists now, in the order of the mounts. */
  hosts(): readonly string[];
}

export function createRouter(mounts: readonly HostMount[]): Router {
  /** Mounts whose pattern fits, by the hosts that have been there; whether a host is still there is asked each time. */
  const fitting = new Map<
    string,
    readonly { readonly mount: HostMount; readonly params: Readonly<Record<string, string>> }[]
  >();

  function servingOf(host: string) {
    const fits =
      fitting.get(host) ??
      mounts.flatMap((mount) => {
        const params = matchHost(mount.pattern, host);
        return params ? [{ mount, params }] : [];
      });
    const serving = fits.filter(({ mount, params }) => mount.serves(host, params));
    if (serving.length > 0) fitting.set(host, fits);
    return serving;
  }

  return {
    async route(request) {
      const serving = servingOf(new URL(request.url).host);
      if (serving.length === 0) return undefined;
      for (const [index, { mount, params }] of serving.entries()) {
        // A middleware may have read the body before its app turned out not to have the route.
        const attempt = index < serving.length - 1 ? request.clone() : request;
        const response = await mount.handle(attempt, params);
        if (response) return response;
      }
      return new Response(`not emulated: ${request.method} ${request.url}`, {
        status: 501,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
    },
    hosts: () => [...new Set(mounts.flatMap((mount) => mount.hosts()))],
  };
}

/** The error of a `fetch` that could not get an answer, as undici gives it; `code` such as `ENOTFOUND`. */
export function fetchError(code: string, message: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
}
