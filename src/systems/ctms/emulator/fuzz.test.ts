import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CTMS, DEPLOY, KEY, robotToken, startLandscape } from './testing/landscape.ts';
import { startMtaPlugin } from './testing/mta-plugin.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom('', '[]', 'null', '{"transportRequests":[1]}'),
);
const query = fc
  .dictionary(
    fc.constantFrom('status', 'owner', 'createdAtFrom', 'mtaId', 'last', 'state', 'namespace', 'actionId', 'embed'),
    fc.string(),
  )
  .map((pairs) => new URLSearchParams(pairs).toString());
const segment = fc.oneof(
  fc.constantFrom('1', '9007199254740993', '-1', '..', '%2F', '%', '+'),
  fc.string({ minLength: 1 }).map(encodeURIComponent),
);
const type = fc.constantFrom(
  'application/json',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/xml',
  '',
);

test('whatever is sent to CTMS, it answers and does not break', async () => {
  const landscape = await startLandscape();
  const { uaa } = JSON.parse(landscape.credentials.get(KEY) ?? '{}') as { uaa: Readonly<Record<string, string>> };
  const form = {
    grant_type: 'client_credentials',
    client_id: uaa.clientid ?? '',
    client_secret: uaa.clientsecret ?? '',
  };
  const granted = await landscape.fetch(`${uaa.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  const authorization = `Bearer ${((await granted.json()) as { access_token: string }).access_token}`;
  const path = fc.oneof(
    fc.constantFrom('nodes', 'routes', 'files/upload', 'nodes/upload', 'nodes/export', 'nodes/1/transportRequests'),
    fc.tuple(fc.constantFrom('nodes', 'actions', 'files'), segment).map((parts) => parts.join('/')),
    fc
      .tuple(fc.constantFrom('import', 'importAll', 'reset', 'remove', 'forward'))
      .map(([step]) => `nodes/1/transportRequests/${step}`),
    fc.tuple(segment, segment).map(([a, b]) => `nodes/${a}/mtaExtDescriptors/${b}`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      path,
      query,
      text,
      type,
      async (method, to, search, body, kind) => {
        const response = await landscape.fetch(`${CTMS}/v2/${to}?${search}`, {
          method,
          headers: { authorization, ...(kind === '' ? {} : { 'content-type': kind }) },
          ...(method === 'GET' ? {} : { body }),
        });
        expect([200, 201, 204, 400, 404, 405, 413, 422, 501]).toContain(response.status);
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever is sent to the deploy service, it answers and does not break', async () => {
  const landscape = await startLandscape();
  const plugin = await startMtaPlugin(landscape, { token: await robotToken(landscape) });
  const path = fc.oneof(
    fc.constantFrom(
      'files',
      'files/async',
      'operations',
      'mtas',
      '/slprot/acme-dev/app/slp/services/CTS_DEPLOY/processes',
    ),
    fc.tuple(fc.constantFrom('operations', 'mtas', 'files/jobs'), segment).map((parts) => parts.join('/')),
    fc.tuple(segment, segment).map(([org, space]) => `/slprot/${org}/${space}/slp/metadata`),
    segment.map((space) => `/api/v2/spaces/${space}/mtas`),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('GET', 'POST', 'DELETE'), path, query, text, async (method, to, search, body) => {
      const url = to.startsWith('/') ? to : `/api/v1/spaces/${plugin.space}/${to}`;
      const response = await plugin.call(method, `${url}?${search}`, method === 'GET' ? undefined : new FormData());
      expect([200, 201, 202, 204, 303, 400, 401, 403, 404, 413, 500, 501]).toContain(response.status);
      if (method === 'GET') return;
      const raw = await landscape.fetch(`${DEPLOY}${url}?${search}`, {
        method,
        headers: plugin.headers,
        body,
      });
      expect([200, 201, 202, 204, 303, 400, 403, 404, 413, 500, 501]).toContain(raw.status);
    }),
    { numRuns: 200 },
  );
});
