import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { API, type Cf, DOMAIN, openCf, rows } from '../cf.ts';
import type { Client } from '../client.ts';

const ROBOT = 'pipeline@sap-test.de';
const HOST = 'conformance';
const URL = `${HOST}.${DOMAIN}`;

/** What a developer does with the cf CLI: services and keys, routes, apps that run nothing. */
export const cfCliApps: Client = {
  name: 'cf CLI · services, routes, apps',
  licence: 'Apache-2.0',
  free: false,
  async run(landscape, step) {
    await using client = await openCf(landscape);
    const { cf, attempt } = client;
    const password = await landscape.passwordOf('pipeline');
    const words = ['-a', API, '-u', ROBOT, '-p', password, '--origin', 'acme-platform', '-o', 'acme-dev', '-s', 'app'];
    await step('login --origin', () => cf('login', ...words));

    await step('marketplace', async () => assert.match(await cf('marketplace'), /^destination\s+lite/m));
    await step('create-service', async () => {
      await cf('create-service', 'destination', 'lite', 'conformance-destination', '--wait');
      assert.match(await cf('services'), /^conformance-destination\s+destination\s+lite\s+create succeeded/m);
    });
    await step('create-service-key', () => keyOfDestinations(client, landscape.fetch));
    await step('create-user-provided-service', async () => {
      await cf('create-user-provided-service', 'conformance-ups', '-p', '{"cf_api_user":"robot"}');
      assert.deepEqual(rows(await cf('services')), ['conformance-destination', 'conformance-ups']);
    });

    await step('create-route', async () => {
      await cf('create-route', DOMAIN, '--hostname', HOST);
      assert.match(await cf('check-route', DOMAIN, '--hostname', HOST), /does exist/);
      assert.match(await cf('routes'), new RegExp(`${HOST}\\s+${DOMAIN}`));
    });
    await step('create-route that is taken', async () => {
      const { code, stdout, stderr } = await attempt('create-route', DOMAIN, '--hostname', HOST);
      // It counts as done: the text of the refusal is known to the client.
      assert.deepEqual({ code, told: /already exists/.test(stdout + stderr) }, { code: 0, told: true });
    });

    const app = path.join(client.folder, 'app');
    await mkdir(app);
    await writeFile(path.join(app, 'index.html'), '<h1>conformance</h1>');
    await step('push of what no buildpack takes', async () => {
      const { code, stdout, stderr } = await attempt('push', 'conformance-app', '-p', app, '-m', '64M');
      assert.deepEqual({ code, told: /NoAppDetectedError/.test(stdout + stderr) }, { code: 1, told: true });
    });
    await writeFile(path.join(app, 'Staticfile'), '');
    await step('push', async () => {
      assert.match(await cf('push', 'conformance-app', '-p', app, '-m', '64M'), /instances:\s+1\/1/);
      assert.match(await cf('apps'), /^conformance-app\s+started\s+web:1\/1/m);
    });
    await step('bind-service', async () => {
      await cf('bind-service', 'conformance-app', 'conformance-destination');
      await cf('bind-service', 'conformance-app', 'conformance-ups');
      await cf('set-env', 'conformance-app', 'STAGE', 'dev');
      const env = await cf('env', 'conformance-app');
      for (const expected of [/destination-xsappname!b9/, /"cf_api_user": "robot"/, /STAGE:\s+dev/]) {
        assert.match(env, expected);
      }
    });
    await step('map-route', async () => {
      await cf('map-route', 'conformance-app', DOMAIN, '--hostname', HOST);
      assert.match(await cf('app', 'conformance-app'), new RegExp(URL.replaceAll('.', '\\.')));
    });
    await step('scale, restage, restart', async () => {
      assert.match(await cf('scale', 'conformance-app', '-i', '2', '-f'), /instances:\s+2\/2/);
      await cf('restage', 'conformance-app');
      assert.match(await cf('restart', 'conformance-app', '--strategy', 'rolling'), /instances:\s+2\/2/);
    });
    await step('push --strategy canary', async () => {
      assert.match(await cf('push', 'conformance-app', '-p', app, '--strategy', 'canary'), /status PAUSED/);
      await cf('continue-deployment', 'conformance-app');
    });
    await step('revisions and rollback', async () => {
      const told = await cf('revisions', 'conformance-app');
      assert.match(told, /^\d+\(deployed\)\s+New droplet deployed\.\s+true/m);
      assert.match(told, /^1\s+Initial revision\./m);
      assert.match(await cf('revision', 'conformance-app', '--version', '1'), /Initial revision\./);
      assert.match(
        await cf('rollback', 'conformance-app', '--version', '1', '-f'),
        /Rolled back to revision 1|OK|running/,
      );
    });
    await step('push with a manifest', async () => {
      await cf('create-app-manifest', 'conformance-app', '-p', path.join(client.folder, 'manifest.yml'));
      await cf('push', '-f', path.join(client.folder, 'manifest.yml'), '-p', app, '--no-start');
      assert.match(await cf('app', 'conformance-app'), /requested state:\s+stopped/);
    });
    await step('logs', () => cf('logs', 'conformance-app', '--recent'));
    await step('events', async () => {
      const told = await cf('events', 'conformance-app');
      for (const type of ['audit.app.create', 'audit.app.droplet.mapped', 'audit.app.map-route', 'audit.app.stop']) {
        assert.ok(told.includes(type), `no ${type} of the app`);
      }
    });
    await step('audit events by curl', async () => {
      const page = JSON.parse(await cf('curl', '/v3/audit_events?types=audit.service_key.create')) as {
        resources: { actor: { name: string } }[];
      };
      assert.ok(page.resources.some(({ actor }) => actor.name === ROBOT));
    });

    await step('unbind, unmap and delete', async () => {
      await cf('unbind-service', 'conformance-app', 'conformance-destination', '--wait');
      await cf('unmap-route', 'conformance-app', DOMAIN, '--hostname', HOST);
      await cf('delete-route', DOMAIN, '--hostname', HOST, '-f');
      assert.match(await cf('check-route', DOMAIN, '--hostname', HOST), /does not exist/);
      await cf('delete', 'conformance-app', '-f', '-r');
      await cf('delete-service', 'conformance-destination', '-f', '--wait');
      await cf('delete-service', 'conformance-ups', '-f');
      assert.match(await cf('services'), /No service instances found/);
    });
  },
};

/** A key's secret gives tokens as long as the key is there, and none after. */
async function keyOfDestinations({ cf }: Cf, fetch: typeof globalThis.fetch): Promise<void> {
  await cf('create-service-key', 'conformance-destination', 'key', '--wait');
  const shown = await cf('service-key', 'conformance-destination', 'key');
  const { credentials } = JSON.parse(shown.slice(shown.indexOf('{'))) as { credentials: Record<string, string> };
  const { url, clientid = '', clientsecret = '' } = credentials;
  const ask = async () => {
    const form = { grant_type: 'client_credentials', client_id: clientid, client_secret: clientsecret };
    return (await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })).status;
  };
  assert.equal(await ask(), 200);
  await cf('delete-service-key', 'conformance-destination', 'key', '-f', '--wait');
  assert.equal(await ask(), 401);
}
