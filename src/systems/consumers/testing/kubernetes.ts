import { type Double, json, router } from './double.ts';

const BASE = 'https://api.kyma.acme.example';
const SECRET = `${BASE}/api/v1/namespaces/app/secrets/robot`;

/** Secrets with server-side apply (kubernetes.io/docs/reference/using-api/server-side-apply): keys of others stay. */
export function createKubernetes(): Double {
  let data: Record<string, string> | undefined;
  let version = 0;
  const allowed = (request: Request) => request.headers.get('authorization') === 'Bearer kube-token';
  const forbidden = () => json(403, { kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 });
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const text = (value = '') => Buffer.from(value, 'base64').toString('utf8');
  return {
    fetch: router({
      [`GET ${SECRET}`]: (request) => {
        if (!allowed(request)) return forbidden();
        if (!data) return json(404, { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 });
        return json(200, { kind: 'Secret', metadata: { name: 'robot', resourceVersion: String(version) }, data });
      },
      [`PATCH ${SECRET}`]: async (request) => {
        if (!allowed(request)) return forbidden();
        const query = new URL(request.url).searchParams;
        if (request.headers.get('content-type') !== 'application/apply-patch+yaml' || !query.get('fieldManager')) {
          return json(415, { kind: 'Status', status: 'Failure', reason: 'UnsupportedMediaType', code: 415 });
        }
        const wanted = (await request.json()) as { kind: string; data: Record<string, string> };
        if (wanted.kind !== 'Secret') return json(400, { kind: 'Status', reason: 'BadRequest', code: 400 });
        const next = { ...data, ...wanted.data };
        const created = data === undefined;
        if (JSON.stringify(next) !== JSON.stringify(data)) version++;
        data = next;
        return json(created ? 201 : 200, { kind: 'Secret', data });
      },
    }),
    connections: { kubernetes: { kyma: { url: BASE, token: 'env:KUBE_TOKEN' } } },
    secrets: { KUBE_TOKEN: 'kube-token' },
    target: { to: 'kubernetes', namespace: 'app', name: 'robot' },
    stored: () => data && { login: text(data.username), secret: text(data.password) },
    writes: () => version,
    overwrite: (secret) => {
      data = { ...data, password: base64(secret) };
    },
    neighbours: () => data?.note,
  };
}
