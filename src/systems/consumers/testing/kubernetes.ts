import { type Double, json, router } from './double.ts';

const BASE = 'https://api.kyma.acme.example';
const SECRET = `${BASE}/api/v1/namespaces/app/secrets/robot`;

/** Secrets with server-side apply (kubernetes.io/docs/reference/using-api/server-side-apply): keys of others stay. */
export function createKubernetes(): Double {
  let data: Record<string, string> | undefined;
  let version = 0;
  const allowed = (request: Request) => request.headers.get('authorization') === 'Bearer kube-token';
  const forbidden = () => json(403, { kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403 });
  const conflict = () => json(409, { kind: 'Status', status: 'Failure', reason: 'Conflict', code: 409 });
  const stale = (of: { resourceVersion?: string }) => of.resourceVersion !== String(version);
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
        if (request.headers.get('content-type') === 'application/merge-patch+json') {
          const patch = (await request.json()) as { metadata: object; data: Record<string, string | null> };
          if (stale(patch.metadata)) return conflict();
          const kept = Object.entries({ ...data, ...patch.data }).filter(([, value]) => value !== null);
          data = Object.fromEntries(kept) as Record<string, string>;
          version++;
          return json(200, { kind: 'Secret', data });
        }
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
      [`DELETE ${SECRET}`]: async (request) => {
        if (!allowed(request)) return forbidden();
        const { preconditions } = (await request.json()) as { preconditions: object };
        if (stale(preconditions)) return conflict();
        data = undefined;
        version++;
        return json(200, { kind: 'Status', status: 'Success' });
      },
    }),
    connections: { kubernetes: { kyma: { url: BASE, token: 'env:KUBE_TOKEN' } } },
    secrets: { KUBE_TOKEN: 'kube-token' },
    target: { to: 'kubernetes', namespace: 'app', name: 'robot' },
    stored: () =>
      data?.password === undefined ? undefined : { login: text(data.username), secret: text(data.password) },
    writes: () => version,
    overwrite: (secret) => {
      data = { ...data, password: base64(secret) };
    },
    neighbours: () => data?.note,
  };
}
