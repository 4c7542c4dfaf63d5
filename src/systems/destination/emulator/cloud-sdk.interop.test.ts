// SAP Cloud SDK, unmodified, against the emulator over plain http. Not part of the project's dependencies: to run it,
//   npm install --prefix /tmp/sdk @sap-cloud-sdk/connectivity@4.9.1
//   LOCUM_CLOUD_SDK=/tmp/sdk npx vitest run src/systems/destination/emulator/cloud-sdk.interop.test.ts
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { afterAll, expect, test } from 'vitest';
import { KEY_OF_TMS, type Landscape, serviceKey, startLandscape } from './testing/landscape.ts';

const folder = process.env.LOCUM_CLOUD_SDK;
const skipped = folder === undefined ? ' (skipped: LOCUM_CLOUD_SDK names no folder with the SDK)' : '';

interface Sdk {
  getDestination(options: object): Promise<Record<string, unknown> | null>;
  getAllDestinationsFromDestinationService(options?: object): Promise<readonly { name?: string }[]>;
  buildHeadersForDestination(destination: unknown): Promise<Record<string, string>>;
}

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** Serves one emulated host on a port of its own: clients drop path prefixes. */
async function serve(landscape: Landscape, target: string): Promise<string> {
  const server = createServer(
    getRequestListener(async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = request.method === 'GET' ? undefined : await request.text();
      const init = { method: request.method, headers: request.headers, ...(body === undefined ? {} : { body }) };
      return landscape.emulators.fetch(new URL(pathname + search, target), init);
    }),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bound(): Promise<{ readonly landscape: Landscape; readonly sdk: Sdk }> {
  const landscape = await startLandscape();
  const key = serviceKey(landscape.emulators, KEY_OF_TMS);
  const credentials = {
    ...key,
    url: await serve(landscape, key.url ?? ''),
    uri: await serve(landscape, key.uri ?? ''),
  };
  process.env.VCAP_SERVICES = JSON.stringify({
    destination: [{ name: 'dst', label: 'destination', plan: 'lite', tags: ['destination'], credentials }],
  });
  const require = createRequire(path.join(folder ?? '.', 'package.json'));
  return { landscape, sdk: require('@sap-cloud-sdk/connectivity') as Sdk };
}

const cfApi = (password: string) => ({
  Name: 'CFAPI',
  Type: 'HTTP',
  URL: 'https://api.cf.eu10-004.hana.ondemand.com',
  ProxyType: 'Internet',
  Authentication: 'OAuth2Password',
  clientId: 'cf',
  User: 'robot@sap-test.de',
  Password: password,
  tokenServiceURL: `https://login.cf.eu10-004.hana.ondemand.com/oauth/token?login_hint=${encodeURIComponent('{"origin":"acme-platform"}')}`,
});

test.skipIf(folder === undefined)(
  `SAP Cloud SDK gets a token, a failure and an absence as it expects them${skipped}`,
  async () => {
    const { landscape, sdk } = await bound();
    landscape.cf.users.set('robot@sap-test.de@acme-platform', { password: 'right', roles: {} });
    await landscape.call('POST', 'subaccountDestinations', { body: cfApi('right') });
    await landscape.call('POST', 'instanceDestinations', {
      body: { Name: 'I', Type: 'HTTP', URL: 'https://i', Authentication: 'NoAuthentication' },
    });

    const found = await sdk.getDestination({ destinationName: 'CFAPI', useCache: false });
    expect(found).toMatchObject({ name: 'CFAPI', username: 'robot@sap-test.de', clientId: 'cf' });
    const headers = await sdk.buildHeadersForDestination(found);
    expect(headers.authorization).toMatch(/^Bearer ey/);

    expect(await sdk.getDestination({ destinationName: 'NONE', useCache: false })).toBeNull();
    expect((await sdk.getAllDestinationsFromDestinationService({})).map((one) => one.name).sort()).toEqual([
      'CFAPI',
      'I',
    ]);

    await landscape.call('PUT', 'subaccountDestinations', { body: cfApi('wrong') });
    const refused = await sdk.getDestination({ destinationName: 'CFAPI', useCache: false });
    await expect(sdk.buildHeadersForDestination(refused)).rejects.toThrow(/failed in all cases/);
  },
);
