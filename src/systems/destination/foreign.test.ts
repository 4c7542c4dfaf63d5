import { expect, test } from 'vitest';
import type { Hop } from '../../kernel/system.ts';
import { KEY_OF_TMS, type Landscape, serviceKey, startLandscape } from './emulator/testing/landscape.ts';
import { CTMS, manifestText, PASSWORD, type Runs, startRuns } from './emulator/testing/run.ts';
import { destination } from './index.ts';

const USER = 'robot+1@sap-test.de';

async function start(): Promise<{ landscape: Landscape; runs: Runs; hops(): Promise<readonly Hop[]> }> {
  const landscape = await startLandscape();
  const runs = await startRuns(destination, landscape, manifestText(CTMS));
  await runs.apply();
  return {
    landscape,
    runs,
    async hops() {
      const [report] = (await runs.doctor()).users;
      return (report?.hops ?? []).filter((hop) => hop.check === 'destination/foreign');
    },
  };
}

async function write(landscape: Landscape, collection: string, body: Readonly<Record<string, string>>): Promise<void> {
  expect((await landscape.call('POST', collection, { body })).status).toBe(201);
}

const basic = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  Name: name,
  Type: 'HTTP',
  URL: 'https://app.acme.example',
  Authentication: 'BasicAuthentication',
  ...more,
});

test('where nobody else uses the user, nothing is said', async () => {
  const { landscape, hops } = await start();
  await write(landscape, 'instanceDestinations', basic('theirs', { User: 'somebody@acme.example', Password: 'p' }));
  await write(landscape, 'subaccountDestinationFragments', { FragmentName: 'empty' });
  expect(await hops()).toEqual([]);
});

test('destinations of the instance and fragments of both levels that name the user are told, old passwords as a warning', async () => {
  const { landscape, runs, hops } = await start();
  const { instanceid: instance } = serviceKey(landscape.emulators, KEY_OF_TMS);
  const old = { User: USER.toUpperCase(), Password: 'old' };
  await write(landscape, 'instanceDestinations', basic('jobs', old));
  await write(landscape, 'instanceDestinations', basic('fresh', { User: USER, Password: PASSWORD }));
  await write(
    landscape,
    'subaccountDestinations',
    basic('by-hand', { tokenServiceUser: 'robot', tokenServicePassword: 'old' }),
  );
  await write(landscape, 'subaccountDestinationFragments', { FragmentName: 'login', ...old });
  await write(landscape, 'instanceDestinationFragments', { FragmentName: 'name-only', User: USER });
  const found = await hops();
  expect(found.map(({ title, status }) => `${status}: ${title}`).sort()).toEqual([
    `ok: fragment name-only in tms, instance ${instance}`,
    `ok: fresh in tms, instance ${instance}`,
    'warning: by-hand in tms',
    'warning: fragment login in tms',
    `warning: jobs in tms, instance ${instance}`,
  ]);
  expect(found.filter(({ status }) => status === 'warning').map(({ code }) => code)).toEqual(
    Array(3).fill('DESTINATION_FOREIGN_STALE'),
  );
  expect(JSON.stringify(found)).not.toContain(PASSWORD);
  // Without a password in the vault there is nothing to compare with.
  runs.vault.forget('acme/robot');
  expect((await hops()).every(({ status }) => status === 'ok')).toBe(true);
});

test('a level that can not be read is told, and not taken for clean', async () => {
  const { landscape, hops } = await start();
  landscape.intercept = async (request, pass) =>
    request.url.includes('instanceDestinationFragments') ? new Response('', { status: 403 }) : pass();
  expect(await hops()).toMatchObject(
    ['dev', 'tms'].map((name) => ({
      status: 'warning',
      code: 'DESTINATION_UNREADABLE',
      title: `destinations of others in subaccount ${name}`,
    })),
  );
});
