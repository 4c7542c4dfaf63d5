import assert from 'node:assert/strict';
import { cp, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '../client.ts';
import { openDeveloperSpace } from '../cloud-foundry.ts';
import { startServer, temporaryFolder } from '../programs.ts';
import { installSapWorkspace } from '../sap-workspace.ts';
import { clientToken, oauthClient } from '../tokens.ts';

const SAMPLE = path.resolve(import.meta.dirname, '../../../examples/mtx');
const HOST = 'cust1-shop-router';

/** examples/mtx on the SAP Cloud SDK: its callbacks make and delete routes, as the technical user of the destination CFAPI. */
export const mtxSample: Client = {
  name: 'MTX sample on SAP Cloud SDK 4.9.1',
  licence: 'Apache-2.0, with @sap/xssec under the SAP Developer License',
  free: false,
  async run(landscape, step) {
    const packages = await installSapWorkspace();
    const space = await openDeveloperSpace(landscape);
    await using folder = await temporaryFolder();
    await cp(SAMPLE, folder.path, { recursive: true, filter: (file) => !file.includes('node_modules') });
    await symlink(packages, path.join(folder.path, 'node_modules'));

    const router = await space.createApp('shop-router');
    const app = await space.createApp('shop');
    const bound = await step('bind xsuaa and destination', async () => {
      const parameters = JSON.parse(await readFile(path.join(SAMPLE, 'xs-security.json'), 'utf8')) as object;
      await space.bindService(app, { offering: 'xsuaa', plan: 'application', name: 'shop-xsuaa', parameters });
      await space.bindService(app, { offering: 'destination', plan: 'lite', name: 'shop-destination' });
      return space.environmentOf(app);
    });
    const env = { ...landscape.environment, ...bound, PORT: '0' };
    await using server = await startServer(process.execPath, ['server.mjs'], {
      env,
      cwd: folder.path,
      ready: /listens on (?<port>\d+)/,
    });
    const callback = async (method: string, token: string, subscribedSubdomain = 'cust1') => {
      const response = await fetch(`http://127.0.0.1:${server.port}/callback/v1.0/tenants/t1`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ subscribedSubdomain }),
      });
      return { status: response.status, text: await response.text() };
    };
    const routes = async () => {
      const path = `/v3/routes?hosts=${HOST}&space_guids=${space.guid}`;
      const { resources } = await space.call<{ resources: { destinations: { app: { guid: string } }[] }[] }>(
        'GET',
        path,
      );
      return resources.map(({ destinations }) => destinations.map((one) => one.app.guid));
    };

    const { xsuaa } = JSON.parse(bound.VCAP_SERVICES) as { xsuaa: { credentials: unknown }[] };
    const registry = oauthClient.parse(xsuaa[0]?.credentials);

    await step('no subscription without the scope Callback', async () => {
      assert.equal((await callback('PUT', await clientToken(landscape, registry, 'uaa.resource'))).status, 403);
      assert.equal((await callback('PUT', 'none')).status, 401);
      assert.deepEqual(await routes(), []);
    });
    const token = await clientToken(landscape, registry);
    await step('subscribe creates the route', async () => {
      const told = await callback('PUT', token);
      assert.deepEqual(told, { status: 200, text: `https://${HOST}.cfapps.eu10-004.hana.ondemand.com` });
      assert.deepEqual(await routes(), [[router]]);
    });
    await step('subscribe again changes nothing', async () => {
      assert.equal((await callback('PUT', token)).status, 200);
      assert.deepEqual(await routes(), [[router]]);
    });
    await step('unsubscribe deletes it', async () => {
      assert.equal((await callback('DELETE', token)).status, 200);
      assert.deepEqual(await routes(), []);
      assert.equal((await callback('DELETE', token)).status, 200);
    });
    await step('a route that cannot be made fails the subscription', async () => {
      await space.call('DELETE', `/v3/apps/${router}`);
      const { status, text } = await callback('PUT', token);
      assert.equal(status, 500);
      assert.match(text, /no app shop-router/);
    });
  },
};
