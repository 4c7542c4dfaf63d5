import { type Double, json, router } from './double.ts';

const BASE = 'https://bao.acme.example:8200';

/**
 * KV version 2 below `secret/`, and AppRole (openbao.org/api-docs/secret/kv/kv-v2, openbao.org/api-docs/auth/approle).
 * @param options.alone whether nobody else keeps a key at the path
 */
export function createOpenbao({ alone = false }: { readonly alone?: boolean } = {}): Double {
  let versions: Record<string, unknown>[] = alone ? [] : [{ note: 'somebody else wrote this' }];
  const allowed = (request: Request) =>
    request.headers.get('x-vault-token') === 'hvs.token-of-a-login' &&
    request.headers.get('x-vault-namespace') === 'team';
  return {
    fetch: router({
      [`POST ${BASE}/v1/auth/approle/login`]: async (request) => {
        const { role_id, secret_id } = (await request.json()) as Record<string, string>;
        if (role_id !== 'locum' || secret_id !== 'app-role-secret')
          return json(400, { errors: ['invalid role or secret ID'] });
        return json(200, { auth: { client_token: 'hvs.token-of-a-login', lease_duration: 3600, renewable: true } });
      },
      [`GET ${BASE}/v1/secret/data/acme/robot`]: (request) => {
        if (!allowed(request)) return json(403, { errors: ['permission denied'] });
        const data = versions.at(-1);
        if (!data) return json(404, { errors: [] });
        return json(200, {
          data: { data, metadata: { version: versions.length, destroyed: false, deletion_time: '' } },
        });
      },
      [`POST ${BASE}/v1/secret/data/acme/robot`]: async (request) => {
        if (!allowed(request)) return json(403, { errors: ['permission denied'] });
        const { options, data } = (await request.json()) as { options: { cas: number }; data: Record<string, unknown> };
        if (options.cas !== versions.length) {
          return json(400, { errors: ['check-and-set parameter did not match the current version'] });
        }
        versions.push(data);
        return json(200, {
          data: { version: versions.length, created_time: '2026-11-21T00:00:00Z', destroyed: false },
        });
      },
      [`DELETE ${BASE}/v1/secret/metadata/acme/robot`]: (request) => {
        if (!allowed(request)) return json(403, { errors: ['permission denied'] });
        versions = [];
        return new Response(null, { status: 204 });
      },
    }),
    connections: {
      openbao: {
        main: { url: BASE, namespace: 'team', appRole: { roleId: 'locum', secretId: 'env:BAO_SECRET_ID' } },
      },
    },
    secrets: { BAO_SECRET_ID: 'app-role-secret' },
    target: { to: 'openbao', path: 'acme/robot' },
    stored() {
      const { username, password } = (versions.at(-1) ?? {}) as Record<string, string>;
      return password === undefined
        ? undefined
        : { secret: password, ...(username === undefined ? {} : { login: username }) };
    },
    writes: () => versions.length - (alone ? 0 : 1),
    overwrite: (secret) => void versions.push({ ...versions.at(-1), password: secret }),
    neighbours: () => versions.at(-1)?.note,
  };
}
