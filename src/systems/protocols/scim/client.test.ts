import { expect, test } from 'vitest';
import { z } from 'zod';
import { listAll, patchBody } from './client.ts';

/** A service of `total` resources that gives at most `most` a page. */
function service(total: number, most = 100) {
  const urls: string[] = [];
  const http = async ({ url }: { url: string | URL }) => {
    const asked = new URL(url);
    urls.push(`${asked.pathname}${asked.search}`);
    const start = Number(asked.searchParams.get('startIndex'));
    const count = Math.min(most, Number(asked.searchParams.get('count')));
    const ids = Array.from({ length: Math.max(0, Math.min(count, total - start + 1)) }, (_, index) => start + index);
    return Response.json({ totalResults: total, Resources: ids.map((id) => ({ id: String(id) })) });
  };
  const read = (filter?: string) =>
    listAll(http, {
      operation: 'list',
      url: 'https://acme.example/scim/Users',
      headers: {},
      resource: z.looseObject({ id: z.string() }),
      ...(filter === undefined ? {} : { filter }),
    });
  return { urls, read };
}

test('reads every page once', async () => {
  const { urls, read } = service(250);
  expect((await read()).map(({ id }) => id)).toEqual(Array.from({ length: 250 }, (_, index) => String(index + 1)));
  expect(urls).toHaveLength(3);
  expect(urls[2]).toBe('/scim/Users?startIndex=201&count=100');
});

test('reads on where a service gives smaller pages than it was asked for', async () => {
  const { urls, read } = service(25, 10);
  expect(await read()).toHaveLength(25);
  expect(urls).toHaveLength(3);
});

test('stops where a service counts more than it shows', async () => {
  const http = async () => Response.json({ totalResults: 5, Resources: [] });
  const call = { operation: 'list', url: 'https://acme.example/scim/Users', headers: {}, resource: z.unknown() };
  expect(await listAll(http, call)).toEqual([]);
});

test('takes an answer without Resources for an empty one', async () => {
  const http = async () => Response.json({ totalResults: 0 });
  const call = { operation: 'list', url: 'https://acme.example/scim/Users', headers: {}, resource: z.unknown() };
  expect(await listAll(http, call)).toEqual([]);
});

test('sends the filter encoded', async () => {
  const { urls, read } = service(1);
  await read('userName eq "a+b & c"');
  expect(urls[0]).toContain('filter=userName+eq+%22a%2Bb+%26+c%22');
});

test('writes a PATCH body', () => {
  expect(patchBody([{ op: 'remove', path: 'members' }])).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'remove', path: 'members' }],
  });
});
