import { beforeAll, expect, test } from 'vitest';
import { type Landscape, startLandscape } from './testing/landscape.ts';

let landscape: Landscape;
const A = { Name: 'A', Type: 'HTTP', URL: 'https://a', Authentication: 'NoAuthentication' };
beforeAll(async () => {
  landscape = await startLandscape();
  await landscape.call('POST', 'subaccountDestinations', { body: [A, { ...A, Name: 'B' }] });
});

async function call(method: string, path: string, body?: unknown) {
  const response = await landscape.call(method, path, body === undefined ? {} : { body });
  const text = await response.text();
  return { status: response.status, body: text === '' ? '' : JSON.parse(text) };
}
const labels = (name: string) => `subaccountDestinations/${name}/labels`;

test('labels are replaced, added and taken away value by value, and outlive an update of the destination', async () => {
  expect((await call('GET', labels('A'))).body).toEqual([]);
  expect((await call('PUT', labels('A'), [{ key: 'env', values: ['prod', 'eu', 'eu'] }])).status).toBe(200);
  const add = {
    action: 'ADD',
    labels: [
      { key: 'env', values: ['us'] },
      { key: 'owner', values: ['me'] },
    ],
  };
  expect((await call('PATCH', labels('A'), add)).status).toBe(200);
  const remove = {
    action: 'DELETE',
    labels: [
      { key: 'env', values: ['prod'] },
      { key: 'owner', values: [] },
    ],
  };
  await call('PATCH', labels('A'), remove);
  await call('PUT', 'subaccountDestinations', A);
  expect((await call('GET', labels('A'))).body).toEqual([{ key: 'env', values: ['eu', 'us'] }]);
});

test('lists are filtered by labels, one of the values being enough', async () => {
  await call('PUT', labels('B'), [{ key: "it's", values: ['prod', 'x y'] }]);
  const filtered = async (filter: string) =>
    (await call('GET', `subaccountDestinations?${new URLSearchParams({ $filter: filter })}`)).body;
  expect(await filtered("Label['it%27s'] HAS ('no', 'x%20y')")).toMatchObject([{ Name: 'B' }]);
  expect(await filtered("Label['it%27s'] HAS ('prod') AND Label['env'] HAS ('eu')")).toEqual([]);
  expect((await call('GET', `subaccountDestinations?$filter=${encodeURIComponent('Label[x] HAS (y)')}`)).status).toBe(
    400,
  );
});

test('an entity has at most ten labels of ten values, each key once, and labels go with their entity', async () => {
  const many = Array.from({ length: 11 }, (_, index) => `${index}`);
  for (const body of [
    many.map((key) => ({ key, values: [] })),
    [{ key: 'k', values: many }],
    [
      { key: 'k', values: [] },
      { key: 'k', values: [] },
    ],
    { key: 'k', values: [] },
  ])
    expect((await call('PUT', labels('A'), body)).status).toBe(400);
  expect((await call('GET', labels('Z'))).status).toBe(404);
  await call('DELETE', 'subaccountDestinations/A');
  await call('POST', 'subaccountDestinations', A);
  expect((await call('GET', labels('A'))).body).toEqual([]);
});

test('fragments and certificates have labels of their own', async () => {
  await call('POST', 'instanceDestinationFragments', { FragmentName: 'A' });
  await call('PUT', 'instanceDestinationFragments/A/labels', [{ key: 'k', values: ['v'] }]);
  expect((await call('GET', "instanceDestinationFragments?$filter=Label['k'] HAS ('v')")).body).toHaveLength(1);
  expect((await call('GET', labels('A'))).body).toEqual([]);
  expect((await call('GET', 'subaccountCertificates/c.pem/labels')).status).toBe(404);
});
