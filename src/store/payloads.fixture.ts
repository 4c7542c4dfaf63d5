import path from 'node:path';
import { Secret } from '../kernel/secret.ts';
import { createOpenbao } from '../systems/consumers/testing/openbao.ts';
import { payloadOptionsOf } from '../systems/protocols/openbao/payload-settings.ts';
import { createPayloads } from '../systems/protocols/openbao/payloads.ts';
import { type Data, version } from '../systems/protocols/openbao/testing/kv.ts';
import { realContext, temporaryDirectory, withDatabase } from './store.fixture.ts';
import { type OpenStore, openStore } from './store.ts';

export const AT = Date.UTC(2026, 10, 21);
export const fact = { at: AT, who: 'alice', why: 'CHG-9' };

export type Fault = (request: Request, send: () => Promise<Response>) => Promise<Response>;

/** A server of OpenBao, and what happens to requests on the way. */
export function aServer() {
  const bao = createOpenbao({ alone: true });
  let fault: Fault | undefined;
  const calls: string[] = [];
  const options = payloadOptionsOf({
    LOCUM_VAULT_URL: 'https://bao.acme.example:8200',
    LOCUM_VAULT_NAMESPACE: 'team',
    LOCUM_VAULT_ROLE_ID: 'locum',
    LOCUM_VAULT_SECRET_ID: 'app-role-secret',
  });
  if (!options) throw new Error('no options');
  const payloads = createPayloads(options, {
    ...realContext,
    sleep: async () => undefined,
    secret: async () => new Secret('app-role-secret'),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      calls.push(`${request.method} ${new URL(request.url).pathname}`);
      const send = () => bao.fetch(request);
      return fault ? fault(request, send) : send();
    },
  });
  return {
    payloads,
    calls,
    paths: () => [...bao.paths.keys()],
    revokeAll: () => bao.server.revokeAll(),
    text: () => JSON.stringify([...bao.paths.entries()]),
    change: (change: (paths: Paths) => void) => change(bao.paths),
    meet: (next: Fault | undefined) => {
      fault = next;
    },
  };
}

export type Paths = ReturnType<typeof createOpenbao>['paths'];

/** Somebody with rights there writes over every payload, or deletes it. */
export function replaceAll(paths: Paths, data: Data | null): void {
  for (const path of paths.keys()) paths.set(path, [version(data, '2026-11-21T00:00:00Z')]);
}

export const status =
  (code: number): Fault =>
  async () =>
    new Response('{"errors":["secret of the server"]}', { status: code });
export const away: Fault = async () => {
  throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
};
/** Its token lives, and may do nothing. */
export const refusing: Fault = (request, send) =>
  /\/(login|lookup-self)$/.test(request.url) ? send() : status(403)(request, send);
export const isWrite = ({ method, url }: Request) => method === 'POST' && url.includes('/data/');

/** A directory for each store of a file's tests. */
export function directories(): { readonly root: string; next(): Promise<string> } {
  const root = temporaryDirectory();
  let places = 0;
  return { root, next: () => withDatabase(path.join(root, `store-${places++}`)) };
}

export function openAt(directory: string, server?: ReturnType<typeof aServer>): Promise<OpenStore> {
  return openStore({ directory, ...(server ? { payloads: server.payloads } : {}) }, realContext);
}

/** Makes it the current secret of `acme/a`. */
export async function keep(store: OpenStore, secret: string): Promise<void> {
  const { version: made } = await store.vault.propose('acme/a', new Secret(secret), AT);
  await store.vault.promote('acme/a', made, AT);
}

export async function current(store: OpenStore): Promise<string | undefined> {
  return (await store.vault.open('acme/a', 'current'))?.secret.reveal();
}
