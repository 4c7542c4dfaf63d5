import { beforeAll, expect, test } from 'vitest';
import { type CallOptions, type Landscape, startLandscape } from '../testing/landscape.ts';

let landscape: Landscape;

const destination = (URL: string) => ({ Name: 'D', Type: 'HTTP', URL, Authentication: 'NoAuthentication' });
const SUBSCRIBER = { subscriber: 'acme-dev' };

beforeAll(async () => {
  landscape = await startLandscape();
  const post = (path: string, body: object, options: CallOptions = {}) =>
    landscape.call('POST', path, { body, ...options });
  await post('subaccountDestinations', destination('https://provider-subaccount'));
  await post('instanceDestinations', destination('https://provider-instance'));
  await post('subaccountDestinations', destination('https://subscriber'), SUBSCRIBER);
  await post('instanceDestinations', destination('https://subscription'), SUBSCRIBER);
  for (const options of [{}, SUBSCRIBER])
    await post(
      'instanceDestinationFragments',
      { FragmentName: 'f', 'URL.queries.of': JSON.stringify(options) },
      options,
    );
  await post('subaccountDestinationFragments', { FragmentName: 's', extra: 'yes' }, SUBSCRIBER);
});

async function consume(name: string, options: CallOptions = {}) {
  const response = await landscape.call('GET', `v2/destinations/${name}`, options);
  return { status: response.status, body: (await response.json()) as Record<string, Record<string, unknown>> };
}

test.each([
  ['D@subaccount', {}, 'https://provider-subaccount'],
  ['D@instance', {}, 'https://provider-instance'],
  ['D', {}, 'https://provider-instance'],
  ['D@provider_subaccount', SUBSCRIBER, 'https://provider-subaccount'],
  ['D@provider_instance', SUBSCRIBER, 'https://provider-instance'],
  ['D@subaccount', SUBSCRIBER, 'https://subscriber'],
  ['D@instance', SUBSCRIBER, 'https://subscription'],
])('%s with %o is the one of that level', async (name, options, url) => {
  const { body } = await consume(name, options);
  expect(body.destinationConfiguration?.URL).toBe(url);
  expect(body).not.toHaveProperty('owner');
});

test('names the owners of everything on request', async () => {
  const fragment = { 'x-fragment-name': 'f@instance' };
  const { body } = await consume('D@provider_subaccount?$includeMetadata=owner', { ...SUBSCRIBER, headers: fragment });
  const guid = (name: string) => landscape.emulators.world.use('accounts').subaccountByName('acme', name)?.guid;
  expect(body.destinationConfiguration).toMatchObject({
    FragmentName: 'f',
    'URL.queries.of': JSON.stringify(SUBSCRIBER),
    $metadata: {
      owner: {
        destinations: [{ Name: 'D', SubaccountId: guid('tms'), InstanceId: null }],
        certificates: [],
        fragments: [
          { FragmentName: 'f', SubaccountId: guid('dev'), InstanceId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        ],
      },
    },
  });
});

test('falls back to no other level, and refuses levels that there are not or that must not be combined', async () => {
  expect((await consume('E@instance')).status).toBe(404);
  expect((await consume('D@everywhere')).status).toBe(400);
  expect((await consume('D@instance?$includeMetadata=etag')).status).toBe(400);
  const mixed = (name: string, options: CallOptions) =>
    consume(name, { ...options, headers: { 'x-fragment-name': 's@subaccount' } });
  expect((await mixed('D@instance', SUBSCRIBER)).status).toBe(400);
  expect((await mixed('D@subaccount', SUBSCRIBER)).status).toBe(200);
  // In a single tenant levels may be combined; the fragment is just not there.
  expect((await mixed('D@instance', {})).status).toBe(404);
});

test('answers 304 and 412 by the version', async () => {
  const etag = (await landscape.call('GET', 'v2/destinations/D')).headers.get('etag') ?? '';
  const status = async (headers: Record<string, string>) =>
    (await landscape.call('GET', 'v2/destinations/D', { headers })).status;
  expect(await status({ 'if-none-match': etag })).toBe(304);
  expect(await status({ 'if-match': 'another' })).toBe(412);
});
