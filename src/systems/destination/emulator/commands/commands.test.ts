import { expect, test } from 'vitest';
import { startWithCommands as start } from '../../../../../test/fixtures/destination.ts';

const cfApi = { Name: 'CFAPI', Type: 'HTTP', URL: 'https://api.example', User: 'u', Password: 'secret' };

test('a destination made by the command line is the one that the REST API finds, and is shown without its secrets', async () => {
  const { landscape, command } = await start('Destination Administrator');
  expect(await command('destination', 'create', { destinationConfiguration: JSON.stringify(cfApi) })).toEqual({
    status: 201,
    body: undefined,
  });
  expect((await command('destination', 'get', { name: 'CFAPI' })).body).toMatchObject({
    destinationConfiguration: { ...cfApi, Password: '<redacted>' },
    propertiesMetadata: [],
  });
  expect((await command('destination', 'list', { namesOnly: true })).body).toEqual([{ Name: 'CFAPI' }]);

  const key = JSON.parse(landscape.credentials.get('DEV_KEY') ?? '{}') as Readonly<Record<string, string>>;
  const token = await landscape.fetch(`${key.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: key.clientid ?? '',
      client_secret: key.clientsecret ?? '',
    }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const read = await landscape.fetch(`${key.uri}/destination-configuration/v1/subaccountDestinations/CFAPI`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(await read.json()).toMatchObject(cfApi);
});

test('an update keeps the time of creation and replaces everything else, the mark of a redacted secret included', async () => {
  const { landscape, command } = await start('Destination Administrator');
  await command('destination', 'create', { destinationConfiguration: JSON.stringify(cfApi) });
  const before = (await command('destination', 'get', { name: 'CFAPI' })).body;
  const changed = JSON.stringify({ Name: 'CFAPI', Type: 'HTTP', Password: '<redacted>' });
  const update = await command('destination', 'update', { destinationConfiguration: changed });
  expect(update).toEqual({ status: 200, body: { Count: 1 } });
  const after = (await command('destination', 'get', { name: 'CFAPI' })).body;
  expect(after).toMatchObject({ destinationConfiguration: { Name: 'CFAPI', Type: 'HTTP', Password: '<redacted>' } });
  const times = (body: unknown) => (body as { systemMetadata: { creation_time: string } }).systemMetadata;
  expect(times(after).creation_time).toBe(times(before).creation_time);
  expect([...landscape.state.collection<{ properties: object }>('destination/destinations').values()]).toMatchObject([
    { properties: { Password: '<redacted>' } },
  ]);
});

test('an instance has a store of its own, and what is missing or there already is refused', async () => {
  const { command } = await start('Destination Administrator');
  const serviceInstance = '499614ab-4e09-4836-9cf8-889f0a39b4b3';
  await command('destination', 'create', { serviceInstance, destinationConfiguration: JSON.stringify(cfApi) });
  expect(await command('destination', 'get', { name: 'CFAPI' })).toEqual({
    status: 404,
    body: { ErrorMessage: 'Configuration with the specified name was not found' },
  });
  const again = { serviceInstance, destinationConfiguration: JSON.stringify(cfApi) };
  expect((await command('destination', 'create', again)).status).toBe(409);
  expect((await command('destination', 'create', { destinationConfiguration: 'no json' })).status).toBe(400);
  expect((await command('destination', 'delete', { serviceInstance, name: 'CFAPI' })).body).toEqual({ Count: 1 });
});

test('an update of a fragment replaces all of it, and tells whom it found', async () => {
  const { command } = await start('Destination Administrator');
  const update = (fragment: object) => command('destination-fragment', 'update', { content: JSON.stringify(fragment) });
  expect((await update({ FragmentName: 'part', URL: 'https://x.example' })).status).toBe(404);
  await command('destination-fragment', 'create', {
    content: JSON.stringify({ FragmentName: 'part', URL: 'https://x.example', Password: 'secret' }),
  });
  expect(await update({ FragmentName: 'part', User: 'u' })).toMatchObject({ status: 200, body: { Count: 1 } });
  expect((await command('destination-fragment', 'get', { name: 'part' })).body).toEqual({
    content: { FragmentName: 'part', User: 'u' },
  });
  expect((await update({ URL: 'https://x.example' })).status).toBe(400);
  expect((await command('destination-fragment', 'update', { content: 'no JSON' })).status).toBe(400);
  const viewer = await start('Subaccount Viewer');
  const refused = await viewer.command('destination-fragment', 'update', { content: '{}' });
  expect(refused.status).toBe(403);
});

test('fragments come inside of content', async () => {
  const { command } = await start('Destination Administrator');
  const content = JSON.stringify({ FragmentName: 'part', URL: 'https://other.example' });
  expect((await command('destination-fragment', 'create', { content })).status).toBe(201);
  expect((await command('destination-fragment', 'list')).body).toEqual([{ content: JSON.parse(content) }]);
  expect((await command('destination-fragment', 'delete', { name: 'part' })).body).toEqual({ Count: 1 });
  expect((await command('destination-fragment', 'get', { name: 'part' })).body).toEqual({
    ErrorMessage: "The fragment with the specified name 'part' was not found",
  });
});

test('the certificate of the trust can be uploaded as PEM and is told by its subject and validity', async () => {
  const { command } = await start('Destination Administrator');
  const trust = (await command('destination-trust', 'get', { passive: 'false' })).body as {
    x509PublicKeyBase64: string;
    active: boolean;
  };
  expect(trust.active).toBe(true);
  expect((await command('destination-trust', 'get', { passive: 'true' })).status).toBe(404);
  const pem = `-----BEGIN CERTIFICATE-----\n${trust.x509PublicKeyBase64}\n-----END CERTIFICATE-----\n`;
  const file = JSON.stringify({ filename: 'cert.pem', value: Buffer.from(pem).toString('base64') });
  expect((await command('destination-certificate', 'create', { file })).status).toBe(201);
  expect((await command('destination-certificate', 'get', { certName: 'cert.pem' })).body).toMatchObject({
    name: 'cert.pem',
    nodes: [
      { type: 'x509_certificate', common_name: expect.any(String), not_before: expect.stringMatching(/:\d\dZ$/) },
    ],
    creation: { generation_method: 'import' },
  });
  const broken = JSON.stringify({ filename: 'broken.pem', value: Buffer.from('nothing').toString('base64') });
  expect((await command('destination-certificate', 'create', { file: broken })).status).toBe(400);
});

test('a viewer reads and may not write', async () => {
  const { command } = await start('Subaccount Viewer');
  expect((await command('destination', 'list', { namesOnly: false })).status).toBe(200);
  expect((await command('destination', 'create', { destinationConfiguration: JSON.stringify(cfApi) })).status).toBe(
    403,
  );
});
