import type { Emulators } from '../../../../emulation/compose.ts';
import { fileForm, KEY, mtar } from './landscape.ts';

/** An answer with its body read. */
interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
}

/** Talks to CTMS as Piper's client does (jenkins-library, pkg/tms). */
export interface Piper {
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  /** Uploads an archive into the queue of a node; gives the transport request's id. */
  upload(nodeName: string, archive?: Uint8Array): Promise<number>;
  /** Id of a node. */
  node(name: string): Promise<number>;
  /** Starts an import, and looks after it until it is over. */
  import(nodeName: string, request: number): Promise<ImportOutcome>;
  /** Status of a request in the queue of a node; undefined when it does not stand there. */
  status(nodeName: string, request: number): Promise<string | undefined>;
}

interface ImportOutcome {
  readonly action: number;
  /** Statuses that were seen while it ran, each once. */
  readonly seen: readonly string[];
  readonly status: string;
  /** Texts of the log of the request and its entries, oldest first. */
  readonly log: readonly string[];
}

interface Logged {
  readonly id: number;
  readonly message: string;
}
interface ActionLogs {
  readonly logs: readonly {
    readonly messages: readonly Logged[];
    readonly entities: readonly { readonly messages: readonly Logged[] }[];
  }[];
}

export async function startPiper(landscape: Emulators, credential = KEY): Promise<Piper> {
  const key = JSON.parse(landscape.credentials.get(credential) ?? '{}') as {
    readonly uri: string;
    readonly uaa: { readonly url: string; readonly clientid: string; readonly clientsecret: string };
  };
  const { url, clientid, clientsecret } = key.uaa;
  const granted = await landscape.fetch(`${url}/oauth/token/?grant_type=client_credentials&response_type=token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientid}:${clientsecret}`)}` },
    body: new URLSearchParams({ username: clientid, password: clientsecret, grant_type: 'password' }),
  });
  const { token_type, access_token } = (await granted.json()) as { token_type: string; access_token: string };

  const piper: Piper = {
    async call<T>(method: string, path: string, body?: unknown) {
      const form = body instanceof FormData;
      const response = await landscape.fetch(`${key.uri}/v2${path}`, {
        method,
        headers: {
          authorization: `${token_type} ${access_token}`,
          ...(form ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
    },
    async upload(nodeName, archive = mtar()) {
      const file = await piper.call(
        'POST',
        '/files/upload',
        fileForm('shop.mtar', archive, { namedUser: 'Piper-Pipeline' }),
      );
      const uploaded = await piper.call<{ transportRequestId: number }>('POST', '/nodes/upload', {
        contentType: 'MTA',
        storageType: 'FILE',
        nodeName,
        description: 'shop',
        namedUser: 'Piper-Pipeline',
        entries: [{ uri: String(file.body.fileId) }],
      });
      return uploaded.body.transportRequestId;
    },
    async node(name) {
      const { body } = await piper.call<{ nodes: { id: number; name: string }[] }>('GET', '/nodes');
      return body.nodes.find((node) => node.name === name)?.id ?? 0;
    },
    async import(nodeName, request) {
      const node = await piper.node(nodeName);
      const started = await piper.call<{ actionId: number; monitoringURL: string }>(
        'POST',
        `/nodes/${node}/transportRequests/import`,
        { transportRequests: [request], namedUser: 'basis' },
      );
      const path = started.body.monitoringURL.replace(/^\/v2/, '');
      const seen = new Set<string>();
      for (let poll = 0; poll < 20; poll++) {
        const { status } = (await piper.call<{ status: string }>('GET', path)).body;
        seen.add(status);
        if (status !== 'running') break;
        await landscape.sleep(3000);
      }
      const { logs } = (await piper.call<ActionLogs>('GET', `${path}/logs`)).body;
      const told = logs.flatMap(({ messages, entities }) => [...messages, ...entities.flatMap((one) => one.messages)]);
      return {
        action: started.body.actionId,
        seen: [...seen],
        status: [...seen].at(-1) ?? '',
        log: told.toSorted((a, b) => a.id - b.id).map(({ message }) => message),
      };
    },
    async status(nodeName, request) {
      const node = await piper.node(nodeName);
      const { body } = await piper.call<{ transportRequests: { id: number; status: string }[] }>(
        'GET',
        `/nodes/${node}/transportRequests?status=in,ru,re,su,sk,wa,er,fa,de`,
      );
      return body.transportRequests.find(({ id }) => id === request)?.status;
    },
  };
  return piper;
}
