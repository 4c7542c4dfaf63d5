import type { Emulators } from '../../../../emulation/compose.ts';
import { DEPLOY, robotToken } from './landscape.ts';

/** Talks to the deploy service as the MTA plug-in of the cf CLI does: a CSRF token before the first write. */
export interface MtaPlugin {
  readonly space: string;
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Headers that let a request in: token, session and its CSRF token. */
  readonly headers: Readonly<Record<string, string>>;
  /** Starts an operation; gives its id. */
  start(processType: string, parameters: Readonly<Record<string, unknown>>): Promise<string>;
  /** Reads an operation until it is over. */
  follow(id: string): Promise<{ readonly state: string; readonly messages: readonly { readonly text: string }[] }>;
}

export async function startMtaPlugin(
  landscape: Emulators,
  options: { token?: string; org?: string } = {},
): Promise<MtaPlugin> {
  const space = landscape.world.use('cloudFoundry').spaceGuid('eu10-004', options.org ?? 'acme-dev', 'app') ?? '';
  const authorization = `bearer ${options.token ?? (await robotToken(landscape))}`;
  const fetched = await landscape.fetch(`${DEPLOY}/api/v1/csrf-token`, {
    headers: { authorization, 'x-csrf-token': 'Fetch' },
  });
  const csrf = {
    [fetched.headers.get('x-csrf-header') ?? '']: fetched.headers.get('x-csrf-token') ?? '',
    cookie: fetched.headers.getSetCookie()[0]?.split(';')[0] ?? '',
  };
  const plugin: MtaPlugin = {
    space,
    headers: { authorization, ...csrf },
    call: (method, path, body, headers = csrf) =>
      landscape.fetch(path.startsWith('/') ? `${DEPLOY}${path}` : `${DEPLOY}/api/v1/spaces/${space}/${path}`, {
        method,
        headers: {
          authorization,
          ...headers,
          ...(body instanceof FormData || body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      }),
    async start(processType, parameters) {
      const response = await plugin.call('POST', 'operations', { processType, parameters });
      const location = response.headers.get('location') ?? '';
      if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
      return /operations\/([^?]+)/.exec(location)?.[1] ?? '';
    },
    async follow(id) {
      for (let poll = 0; ; poll++) {
        const response = await plugin.call('GET', `operations/${id}?embed=messages`);
        const operation = (await response.json()) as { state: string; messages: { text: string }[] };
        if (operation.state !== 'RUNNING' || poll > 10) return operation;
        await landscape.sleep(3000);
      }
    },
  };
  return plugin;
}
