import { expect, test } from 'vitest';
import { resourceTypes } from '../../../kernel/plan/graph.ts';
import { consumers } from '../index.ts';
import { keep, placeIn } from '../testing/acts.ts';
import { contextOn } from '../testing/context.ts';
import { json } from '../testing/double.ts';
import { createOpenbao } from '../testing/openbao.ts';

test('a path of OpenBao that nobody else uses is destroyed with all its versions', async () => {
  const double = createOpenbao({ alone: true });
  const ctx = await contextOn(double);
  await (await placeIn(ctx)).deliver('s1', 1);
  await (await placeIn(ctx)).deliver('s2', 2);
  expect(double.writes()).toBe(2);
  const [copy] = await ctx.copies.of('acme');
  const type = resourceTypes([consumers]).get('consumers/openbao');
  if (!copy || !type) throw new Error('no copy is remembered');
  // The vault keeps what it delivered.
  await keep(ctx, 's2');
  const resource = { ...copy, scope: copy.type, needs: [] };
  expect(await type.converge({ resource, action: 'delete', observed: undefined }, ctx)).toMatchObject({
    versions: 'destroyed',
  });
  expect(double.writes()).toBe(0);
});

test('somebody who writes at the same moment is not overwritten', async () => {
  const double = createOpenbao();
  let raced = false;
  const ctx = await contextOn({
    ...double,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (request.method === 'POST' && request.url.includes('/data/') && !raced) {
        raced = true;
        double.overwrite?.('written in between');
      }
      return double.fetch(request);
    },
  });
  await expect((await placeIn(ctx)).deliver('s1', 1)).rejects.toMatchObject({ status: 400 });
  expect(double.stored()?.secret).toBe('written in between');
});

test('a deleted version is written after, not before', async () => {
  const double = createOpenbao();
  let deleted = true;
  const ctx = await contextOn({
    ...double,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (request.method === 'GET' && deleted) {
        return json(404, { data: { data: null, metadata: { version: 1, deletion_time: '2026-11-20T00:00:00Z' } } });
      }
      if (request.url.includes('/data/')) deleted = false;
      return double.fetch(request);
    },
  });
  await (await placeIn(ctx)).deliver('s1', 1);
  expect(double.stored()?.secret).toBe('s1');
});

test.each([
  ['2026-12-01T00:00:00.123456789Z', { kind: 'at', at: Date.parse('2026-12-01T00:00:00.123Z') }],
  [null, { kind: 'never' }],
])('a token of OpenBao with the end %s is told by its lease', async (expire_time, end) => {
  const ctx = await contextOn({
    ...createOpenbao(),
    connections: { openbao: { main: { url: 'https://bao.acme.example:8200', token: 'env:BAO_TOKEN' } } },
    secrets: { BAO_TOKEN: 'hvs.given' },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (!request.url.endsWith('/v1/auth/token/lookup-self')) return new Response(null, { status: 501 });
      if (request.headers.get('x-vault-token') !== 'hvs.given') return json(403, { errors: ['permission denied'] });
      return json(200, { data: { expire_time, ttl: 0 } });
    },
  });
  const found = await consumers.expiries?.([], ctx);
  expect(found).toMatchObject([{ title: 'token of connections.openbao.main', end }]);
  expect(JSON.stringify(found)).not.toContain('hvs.given');
});
