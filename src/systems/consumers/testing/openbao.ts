import { type Data, type Engine, version } from '../../protocols/openbao/testing/kv.ts';
import { type BaoServer, createBaoServer } from '../../protocols/openbao/testing/server.ts';
import { PAYLOAD_POLICY, PLACE_POLICY, type Policy } from '../../protocols/openbao/testing/setup.ts';
import type { Double } from './double.ts';

const BASE = 'https://bao.acme.example:8200';
const NAMESPACE = 'team';
const PLACE = 'acme/robot';
const BEGUN = Date.UTC(2026, 10, 20);

/**
 * A server of OpenBao with KV version 2 at `secret/` of the namespace `team`, where Locum's vault and its places have the rights
 * that they need.
 * @param options.alone whether nobody else keeps a key at the path
 * @param options.rights of the place
 */
export function createOpenbao({
  alone = false,
  rights = PLACE_POLICY,
}: {
  readonly alone?: boolean;
  readonly rights?: Policy;
} = {}): Double & {
  readonly server: BaoServer;
  /** Somebody with rights there may change them. */
  readonly paths: Engine['paths'];
} {
  const policies = ['locum-vault', 'locum-place'];
  const locum = { roleId: 'locum', policies, ttl: 3600, secretIds: { 'app-role-secret': {} } };
  const server = createBaoServer(
    {
      namespaces: {
        '': { engines: {} },
        [NAMESPACE]: {
          engines: { secret: { version: 2 } },
          policies: { 'locum-vault': PAYLOAD_POLICY, 'locum-place': rights },
          appRoles: { locum },
        },
      },
    },
    () => BEGUN,
  );
  const { paths } = server.engine('secret', NAMESPACE);
  const kept = (data: Data) => version(data, new Date(BEGUN).toISOString());
  if (!alone) paths.set(PLACE, [kept({ note: 'somebody else wrote this' })]);
  const newest = () => paths.get(PLACE)?.at(-1)?.data ?? undefined;
  return {
    server,
    paths,
    // Names of hosts are the network's: elsewhere nobody answers.
    fetch: async (input, init) => {
      const request = new Request(input, init);
      return new URL(request.url).origin === BASE ? server.fetch(request) : new Response(null, { status: 501 });
    },
    connections: {
      openbao: {
        main: { url: BASE, namespace: NAMESPACE, appRole: { roleId: 'locum', secretId: 'env:BAO_SECRET_ID' } },
      },
    },
    secrets: { BAO_SECRET_ID: 'app-role-secret' },
    target: { to: 'openbao', path: PLACE },
    stored() {
      const { username, password } = (newest() ?? {}) as Record<string, string>;
      return password === undefined
        ? undefined
        : { secret: password, ...(username === undefined ? {} : { login: username }) };
    },
    writes: () => (paths.get(PLACE)?.length ?? 0) - (alone ? 0 : 1),
    overwrite: (secret) =>
      void paths.set(PLACE, [...(paths.get(PLACE) ?? []), kept({ ...newest(), password: secret })]),
    neighbours: () => newest()?.note,
  };
}
