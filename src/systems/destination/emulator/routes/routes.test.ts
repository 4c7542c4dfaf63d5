import { decodeJwt, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { KEY_OF_DEV, type Landscape, serviceKey, serviceToken, startLandscape } from '../testing/landscape.ts';

const http = (name: string, more: Record<string, string> = {}) => ({
  Name: name,
  Type: 'HTTP',
  URL: 'https://example.com',
  Authentication: 'NoAuthentication',
  ...more,
});

async function landscapeWith(...names: string[]): Promise<Landscape> {
  const landscape = await startLandscape();
  for (const name of names) await landscape.call('POST', 'subaccountDestinations', { body: http(name) });
  return landscape;
}

async function answer(response: Promise<Response>) {
  const got = await response;
  const text = await got.text();
  return { status: got.status, body: text === '' ? '' : JSON.parse(text), headers: got.headers };
}

test('creates with 201 and an empty body, and reads back every property in clear text with an ETag', async () => {
  const { call } = await startLandscape();
  const body = http('A', { User: 'a+b@example.com', Password: 'p+%2F' });
  expect(await answer(call('POST', 'subaccountDestinations', { body }))).toMatchObject({ status: 201, body: '' });
  const read = await answer(call('GET', 'subaccountDestinations/A'));
  expect(read).toMatchObject({ status: 200, body });
  expect(read.headers.get('etag')).toMatch(/^[0-9a-f]{64}$/);
  expect(read.headers.get('content-type')).toMatch(/^application\/json/);
});

test('answers 409 to a name that is taken', async () => {
  const { call } = await landscapeWith('A');
  expect(await answer(call('POST', 'subaccountDestinations', { body: http('A') }))).toMatchObject({
    status: 409,
    body: { ErrorMessage: 'Duplicate key' },
  });
});

test('answers the exact text that SAP Cloud SDK takes for "no such destination"', async () => {
  const { call } = await landscapeWith();
  const missing = { status: 404, body: { ErrorMessage: 'Configuration with the specified name was not found' } };
  expect(await answer(call('GET', 'destinations/NONE'))).toMatchObject(missing);
  expect(await answer(call('GET', 'subaccountDestinations/NONE'))).toMatchObject(missing);
  expect(await answer(call('PUT', 'subaccountDestinations', { body: http('NONE') }))).toMatchObject(missing);
  expect(await answer(call('DELETE', 'instanceDestinations/NONE'))).toMatchObject(missing);
});

test('overwrites everything with PUT', async () => {
  const { call } = await startLandscape();
  await call('POST', 'subaccountDestinations', { body: http('A', { Description: 'old', extra: 'x' }) });
  const put = await answer(call('PUT', 'subaccountDestinations', { body: http('A', { Description: 'new' }) }));
  expect(put).toMatchObject({ status: 200, body: { Count: 1 } });
  expect((await answer(call('GET', 'subaccountDestinations/A'))).body).toEqual(http('A', { Description: 'new' }));
});

test('refuses a PUT or DELETE whose If-Match is not the current version', async () => {
  const { call } = await landscapeWith('A');
  const stale = (await call('GET', 'subaccountDestinations/A')).headers.get('etag') ?? '';
  const change = { body: http('A', { Description: 'x' }), headers: { 'if-match': stale } };
  expect((await call('PUT', 'subaccountDestinations', change)).status).toBe(200);
  const again = await call('PUT', 'subaccountDestinations', change);
  expect(again.status).toBe(412);
  expect(again.headers.get('etag')).not.toBe(stale);
  expect((await call('DELETE', 'subaccountDestinations/A', { headers: { 'if-match': stale } })).status).toBe(412);
});

test('answers 304 to the version that the client has', async () => {
  const { call } = await landscapeWith('A');
  const etag = (await call('GET', 'subaccountDestinations/A')).headers.get('etag') ?? '';
  const headers = { 'if-none-match': `"${etag}"` };
  expect((await call('GET', 'subaccountDestinations/A', { headers })).status).toBe(304);
  expect((await call('GET', 'destinations/A', { headers })).status).toBe(304);
});

test('creates many, tells each outcome, and answers 207 when some failed', async () => {
  const { call } = await landscapeWith('A');
  const made = await answer(call('POST', 'subaccountDestinations', { body: [http('B'), http('A')] }));
  expect(made).toMatchObject({
    status: 207,
    body: [
      { name: 'B', status: 201, etag: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { name: 'A', status: 409, cause: 'Duplicate key' },
    ],
  });
  const put = await answer(call('PUT', 'subaccountDestinations', { body: [http('B'), http('C')] }));
  expect(put).toMatchObject({ status: 207, body: [{ status: 200 }, { name: 'C', status: 404 }] });
  expect(await answer(call('PUT', 'subaccountDestinations', { body: [http('B')] }))).toMatchObject({ status: 200 });
});

test('deletes by a list of names and says which were not there', async () => {
  const { call } = await landscapeWith('A', 'B');
  const filter = encodeURIComponent("Name in ('A', 'Z')");
  expect(await answer(call('DELETE', `subaccountDestinations?$filter=${filter}`))).toMatchObject({
    status: 200,
    body: {
      Count: 1,
      Summary: [
        { name: 'A', status: 'DELETED' },
        { name: 'Z', status: 'NOT_FOUND', reason: 'Could not find configuration' },
      ],
    },
  });
  expect((await call('DELETE', 'subaccountDestinations')).status).toBe(400);
  expect(await answer(call('DELETE', 'subaccountDestinations/B'))).toMatchObject({ body: { Count: 1 } });
});

test('lists both levels, empty ones too, and keeps subaccounts apart', async () => {
  const { call } = await landscapeWith('A');
  await call('POST', 'instanceDestinations', { body: http('I') });
  const names = async (path: string, key?: string) =>
    (await answer(call('GET', path, key ? { key } : {}))).body.map((row: { Name: string }) => row.Name);
  expect(await names('subaccountDestinations')).toEqual(['A']);
  expect(await names('instanceDestinations')).toEqual(['I']);
  expect(await names('subaccountDestinations', KEY_OF_DEV)).toEqual([]);
  expect(await names('instanceDestinations', KEY_OF_DEV)).toEqual([]);
});

test('filters by names, prefix, suffix and age, with a raw or an encoded dollar sign', async () => {
  const landscape = await landscapeWith('old_one', 'old_two');
  landscape.emulators.advance(10 * 60_000);
  await landscape.call('POST', 'subaccountDestinations', { body: http("new_John's") });
  const names = async (query: string) =>
    (await answer(landscape.call('GET', `subaccountDestinations?${query}`))).body.map(
      (row: { Name: string }) => row.Name,
    );
  const encoded = encodeURIComponent;
  expect(await names(`$filter=${encoded("Name in ('old_one', 'new_John%27s')")}`)).toEqual(['old_one', "new_John's"]);
  expect(await names(`%24filter=${encoded("startswith(Name, 'old')")}`)).toEqual(['old_one', 'old_two']);
  expect(await names(`$filter=${encoded("endswith(Name,'John''s')")}`)).toEqual(["new_John's"]);
  expect(await names(`$filter=${encoded("modifiedwithin('5','minutes')")}`)).toEqual(["new_John's"]);
  expect((await landscape.call('GET', '$filter=x')).status).toBe(501);
  expect((await landscape.call('GET', 'subaccountDestinations?$filter=Type+eq+1')).status).toBe(400);
});

test('gives names only with $select, and metadata where it is asked for', async () => {
  const { call } = await landscapeWith('A');
  expect((await answer(call('GET', 'subaccountDestinations?$select=Name'))).body).toEqual([{ Name: 'A' }]);
  const [row] = (await answer(call('GET', 'subaccountDestinations?$includeMetadata=modification_time;etag'))).body;
  expect(row).toMatchObject({ Name: 'A', $metadata: { modification_time: expect.stringMatching(/^\d{13}$/) } });
  expect((await call('GET', 'subaccountDestinations?$select=Name&$page=1')).status).toBe(400);
});

test('pages with counts and links to the neighbours', async () => {
  const { call } = await landscapeWith('A', 'B', 'C', 'D', 'E');
  const page = await answer(
    call('GET', 'subaccountDestinations?$page=2&$pageSize=2&$pageCount=true&$entityCount=true'),
  );
  expect(page.body.map((row: { Name: string }) => row.Name)).toEqual(['C', 'D']);
  expect(page.headers.get('page-count')).toBe('3');
  expect(page.headers.get('entity-count')).toBe('5');
  expect(page.headers.get('link')).toBe(
    "</subaccountDestinations?$page=1&$pageSize=2>; rel='previous', </subaccountDestinations?$page=3&$pageSize=2>; rel='next'",
  );
  expect((await call('GET', 'subaccountDestinations?$page=0')).status).toBe(400);
  expect((await call('GET', 'subaccountDestinations?$page=1&$pageSize=1001')).status).toBe(400);
});

test('decodes names in the path', async () => {
  const { call } = await landscapeWith("it's 100%");
  expect((await answer(call('GET', `subaccountDestinations/${encodeURIComponent("it's 100%")}`))).body.Name).toBe(
    "it's 100%",
  );
  expect((await call('GET', 'subaccountDestinations/a%2Fb')).status).toBe(404);
});

test('refuses what is no destination', async () => {
  const { call } = await landscapeWith();
  for (const body of [{ Type: 'HTTP' }, { Name: 'A' }, http('a/b'), http('x'.repeat(201)), { ...http('A'), n: 1 }]) {
    expect((await call('POST', 'subaccountDestinations', { body })).status).toBe(400);
  }
});

test('keeps fragments, which are no destinations', async () => {
  const { call } = await landscapeWith();
  const path = 'subaccountDestinationFragments';
  expect((await call('POST', path, { body: { FragmentName: 'f', URL: 'https://f' } })).status).toBe(201);
  expect((await call('POST', path, { body: { FragmentName: 'f' } })).status).toBe(409);
  expect((await call('POST', path, { body: { FragmentName: 'g', Name: 'x' } })).status).toBe(400);
  expect((await answer(call('PUT', path, { body: { FragmentName: 'f', a: 'b' } }))).body).toEqual({ Count: 1 });
  expect((await answer(call('GET', `${path}/f`))).body).toEqual({ FragmentName: 'f', a: 'b' });
  expect(await answer(call('GET', `${path}/x`))).toMatchObject({
    status: 404,
    body: { ErrorMessage: "The fragment with the specified name 'x' was not found" },
  });
  expect((await answer(call('DELETE', `${path}/f`))).body).toEqual({ Count: 1 });
  expect((await answer(call('GET', path))).body).toEqual([]);
});

test('accepts only fresh tokens that the XSUAA of the region signed for a Destination service client', async () => {
  const { emulators, call } = await landscapeWith();
  const { uri } = serviceKey(emulators, 'ACME_TMS_DESTINATION_KEY');
  const status = async (authorization?: string) =>
    (
      await emulators.fetch(`${uri}/destination-configuration/v1/subaccountDestinations`, {
        headers: authorization === undefined ? {} : { authorization },
      })
    ).status;
  const token = await serviceToken(emulators, 'ACME_TMS_DESTINATION_KEY');
  expect(await status(`bearer ${token}`)).toBe(200);
  expect(await status()).toBe(401);
  expect(await status('Bearer nonsense')).toBe(401);
  const forged = await new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
    .sign(new TextEncoder().encode('x'.repeat(32)));
  expect(await status(`Bearer ${forged}`)).toBe(401);
  emulators.advance(13 * 3_600_000);
  expect(await status(`Bearer ${token}`)).toBe(401);
  expect(await answer(call('GET', 'subaccountDestinations', { headers: { authorization: 'Bearer x' } }))).toMatchObject(
    {
      status: 401,
      body: { ErrorMessage: 'Unauthorized' },
    },
  );
});

test('goes on after XSUAA rotated its keys', async () => {
  const landscape = await landscapeWith('A');
  await landscape.xsuaa.rotateKeys();
  expect((await landscape.call('GET', 'subaccountDestinations')).status).toBe(200);
});

test('makes a service key of the documented shape, with a secret of its own', async () => {
  const { emulators } = await landscapeWith();
  const tms = serviceKey(emulators, 'ACME_TMS_DESTINATION_KEY');
  expect(tms).toMatchObject({
    clientid: expect.stringMatching(/^sb-clone[0-9a-f]{32}!b\d+\|destination-xsappname!b9$/),
    'credential-type': 'binding-secret',
    uri: 'https://destination-configuration.cfapps.eu10.hana.ondemand.com',
    url: 'https://acme-tms.authentication.eu10.hana.ondemand.com',
    uaadomain: 'authentication.eu10.hana.ondemand.com',
    identityzone: 'acme-tms',
    tenantmode: 'dedicated',
    verificationkey: expect.stringContaining('BEGIN PUBLIC KEY'),
  });
  expect(tms.clientid).toBe(`sb-${tms.xsappname}`);
  expect(tms.clientsecret).not.toBe(serviceKey(emulators, KEY_OF_DEV).clientsecret);
});

test('does not serve regions without a subaccount, and leaves unknown routes unanswered', async () => {
  const { emulators, call } = await landscapeWith();
  await expect(emulators.fetch('https://destination-configuration.cfapps.jp10.hana.ondemand.com/')).rejects.toThrow(
    'fetch failed',
  );
  expect((await call('GET', 'somethingElse')).status).toBe(501);
});
