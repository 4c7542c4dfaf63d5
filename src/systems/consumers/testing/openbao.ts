import { type Double, json, router } from './double.ts';

const BASE = 'https://bao.acme.example:8200';
const PLACE = 'acme/robot';

type Data = Record<string, unknown>;

/**
 * KV version 2 below `secret/`, AppRole and the capabilities of a token (openbao.org/api-docs/secret/kv/kv-v2,
 * openbao.org/api-docs/auth/approle, openbao.org/api-docs/system/capabilities-self).
 * @param options.alone whether nobody else keeps a key at the path
 */
export function createOpenbao({ alone = false }: { readonly alone?: boolean } = {}): Double & {
  /** Versions by path; somebody with rights there may change them. */
  readonly paths: Map<string, (Data | null)[]>;
} {
  const paths = new Map<string, (Data | null)[]>();
  if (!alone) paths.set(PLACE, [{ note: 'somebody else wrote this' }]);
  const newest = () => paths.get(PLACE)?.at(-1) ?? undefined;
  const allowed = (request: Request) =>
    request.headers.get('x-vault-token') === 'hvs.token-of-a-login' &&
    request.headers.get('x-vault-namespace') === 'team';
  const ofEngine = (request: Request, path: string, kind: string): Response | Promise<Response> => {
    const versions = paths.get(path) ?? [];
    const query = new URL(request.url).searchParams;
    switch (`${request.method} ${kind}`) {
      case 'GET data': {
        const version = Number(query.get('version') ?? versions.length);
        const data = versions[version - 1];
        if (data === undefined) return json(404, { errors: [] });
        const metadata = { version, destroyed: false, deletion_time: data ? '' : '2026-11-21T00:00:00Z' };
        return json(data ? 200 : 404, { data: { data, metadata } });
      }
      case 'POST data':
        return written(request, path, versions);
      case 'DELETE metadata':
        paths.delete(path);
        return new Response(null, { status: 204 });
      case 'GET metadata': {
        const below = [...paths.keys()]
          .filter((key) => key.startsWith(`${path}/`))
          .map((key) => key.slice(path.length + 1));
        if (query.get('list') !== 'true' || below.length === 0) return json(404, { errors: [] });
        return json(200, { data: { keys: [...new Set(below.map((key) => key.replace(/\/.*$/, '/')))] } });
      }
    }
    return json(405, { errors: [] });
  };
  const written = async (request: Request, path: string, versions: readonly (Data | null)[]): Promise<Response> => {
    const { options, data } = (await request.json()) as { options: { cas: number }; data: Data };
    if (options.cas !== versions.length) {
      return json(400, { errors: ['check-and-set parameter did not match the current version'] });
    }
    paths.set(path, [...versions, data]);
    return json(200, {
      data: { version: versions.length + 1, created_time: '2026-11-21T00:00:00Z', destroyed: false },
    });
  };
  const system = router({
    [`POST ${BASE}/v1/auth/approle/login`]: async (request) => {
      const { role_id, secret_id } = (await request.json()) as Record<string, string>;
      if (role_id !== 'locum' || secret_id !== 'app-role-secret')
        return json(400, { errors: ['invalid role or secret ID'] });
      return json(200, { auth: { client_token: 'hvs.token-of-a-login', lease_duration: 3600, renewable: true } });
    },
    [`POST ${BASE}/v1/sys/capabilities-self`]: (request) =>
      allowed(request)
        ? json(200, { capabilities: ['create', 'delete', 'list', 'read', 'update'] })
        : json(403, { errors: ['permission denied'] }),
  });
  return {
    paths,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { origin, pathname } = new URL(request.url);
      const [, kind = '', path = ''] = /^\/v1\/secret\/(data|metadata)\/(.+)$/.exec(pathname) ?? [];
      if (origin !== BASE || kind === '') return system(request);
      if (!allowed(request)) return json(403, { errors: ['permission denied'] });
      return ofEngine(request, path.split('/').map(decodeURIComponent).join('/'), kind);
    },
    connections: {
      openbao: {
        main: { url: BASE, namespace: 'team', appRole: { roleId: 'locum', secretId: 'env:BAO_SECRET_ID' } },
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
    overwrite: (secret) => void paths.set(PLACE, [...(paths.get(PLACE) ?? []), { ...newest(), password: secret }]),
    neighbours: () => newest()?.note,
  };
}
