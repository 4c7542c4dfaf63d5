import { type Double, type Handler, json, router } from './double.ts';

const BASE = 'https://api.kyma.acme.example';
const SECRET = `${BASE}/api/v1/namespaces/app/secrets/robot`;

/**
 * A Secret with server-side apply (kubernetes.io/docs/reference/using-api/server-side-apply): keys of others stay.
 * A kube-apiserver answers so too: `npm run conformance -- kube`.
 */
export function createKubernetes({ immutable = false } = {}): Double {
  let data: Record<string, string> | undefined = immutable ? { password: '' } : undefined;
  let version = 0;
  const refused = (code: number, reason: string) =>
    json(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: reason, reason, code });
  const allowed =
    (handle: Handler): Handler =>
    (request, match) =>
      request.headers.get('authorization') === 'Bearer kube-token'
        ? handle(request, match)
        : refused(401, 'Unauthorized');
  const view = () => ({
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: 'robot', namespace: 'app', uid: 'u-1', resourceVersion: String(version) },
    data,
    type: 'Opaque',
    ...(immutable ? { immutable } : {}),
  });
  const stale = (of: { resourceVersion?: string }) => of.resourceVersion !== String(version);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const text = (value = '') => Buffer.from(value, 'base64').toString('utf8');
  return {
    fetch: router({
      [`GET ${SECRET}`]: allowed(() => (data ? json(200, view()) : refused(404, 'NotFound'))),
      [`PATCH ${SECRET}`]: allowed(async (request) => {
        const query = new URL(request.url).searchParams;
        if (request.headers.get('content-type') === 'application/merge-patch+json') {
          const patch = (await request.json()) as { metadata: object; data: Record<string, string | null> };
          if (stale(patch.metadata)) return refused(409, 'Conflict');
          const kept = Object.entries({ ...data, ...patch.data }).filter(([, value]) => value !== null);
          data = Object.fromEntries(kept) as Record<string, string>;
          version++;
          return json(200, view());
        }
        if (request.headers.get('content-type') !== 'application/apply-patch+yaml')
          return refused(415, 'UnsupportedMediaType');
        // The manager is required for apply, and only for it.
        if (!query.get('fieldManager')) return refused(422, 'Invalid');
        const wanted = (await request.json()) as { kind: string; data: Record<string, string> };
        if (wanted.kind !== 'Secret') return refused(400, 'BadRequest');
        const next = { ...data, ...wanted.data };
        const created = data === undefined;
        const changed = JSON.stringify(next) !== JSON.stringify(data);
        if (changed && immutable) return refused(422, 'Invalid');
        if (changed) version++;
        data = next;
        return json(created ? 201 : 200, view());
      }),
      [`DELETE ${SECRET}`]: allowed(async (request) => {
        if (!data) return refused(404, 'NotFound');
        const { preconditions } = (await request.json()) as { preconditions: object };
        if (stale(preconditions)) return refused(409, 'Conflict');
        data = undefined;
        version++;
        return json(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
      }),
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
