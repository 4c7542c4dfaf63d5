import { expect, test } from 'vitest';
import { fileForm, mtar, startLandscape } from '../testing/landscape.ts';
import { type MtaPlugin, startMtaPlugin } from '../testing/mta-plugin.ts';

const MTA = 'com.acme.shop';

async function deploy(
  plugin: MtaPlugin,
  version: string,
  apps: readonly string[],
  parameters: Record<string, unknown> = {},
) {
  const response = await plugin.call('POST', 'files', fileForm('shop.mtar', mtar(MTA, version, apps)));
  const { id: appArchiveId } = (await response.json()) as { id: string };
  const id = await plugin.start('BLUE_GREEN_DEPLOY', { appArchiveId, noConfirm: 'true', ...parameters });
  return plugin.follow(id);
}

async function start() {
  const landscape = await startLandscape();
  const plugin = await startMtaPlugin(landscape);
  const cf = async (path: string) => {
    const response = await landscape.fetch(`https://api.cf.eu10-004.hana.ondemand.com${path}`, {
      headers: plugin.headers,
    });
    return ((await response.json()) as { resources: { name: string; metadata: { annotations: object } }[] }).resources;
  };
  return {
    plugin,
    apps: async () => (await cf(`/v3/apps?space_guids=${plugin.space}`)).map(({ name }) => name).sort(),
    marks: async (name: string) => (await cf(`/v3/apps?names=${name}`))[0]?.metadata.annotations,
    async mtas() {
      const rows = await (await plugin.call('GET', `/api/v2/spaces/${plugin.space}/mtas`)).json();
      return (rows as { metadata: { version: string; namespace?: string } }[])
        .map(({ metadata: { version, namespace } }) => `${version} ${namespace ?? '-'}`)
        .sort();
    },
  };
}

test('cf rollback-mta puts back the version that a blue-green deployment kept, with its apps', async () => {
  const { plugin, apps, marks, mtas } = await start();
  await deploy(plugin, '1.0.0', ['web', 'srv']);
  const kept = await deploy(plugin, '2.0.0', ['web'], { shouldBackupPreviousVersion: 'true' });
  expect(kept.messages.map(({ text }) => text)).toContain(
    'Renaming application "web" to "mta-backup-web" to be used for rollback',
  );
  expect(await apps()).toEqual(['mta-backup-srv', 'mta-backup-web', 'web']);
  expect(await mtas()).toEqual(['1.0.0 mta-backup', '2.0.0 -']);
  expect(await marks('mta-backup-web')).toMatchObject({ mta_version: '1.0.0', mta_namespace: 'mta-backup' });

  const over = await plugin.follow(await plugin.start('ROLLBACK_MTA', { mtaId: MTA }));
  expect(over.state).toBe('FINISHED');
  expect(over.messages.map(({ text }) => text)).toEqual([
    'Detecting deployed MTA...',
    `Prepare to rollback mta "${MTA}"`,
    'Rename currently deployed application "web" to "to-be-deleted-web"',
    'Rename backup application "mta-backup-web" to "web"',
    'Rename backup application "mta-backup-srv" to "srv"',
    'Deleting application "to-be-deleted-web"...',
  ]);
  expect(await apps()).toEqual(['srv', 'web']);
  expect(await mtas()).toEqual(['1.0.0 -']);
  expect(await marks('web')).not.toHaveProperty('mta_namespace');
});

test('without a backup there is nothing to roll back to, and without an MTA nothing to start', async () => {
  const { plugin, mtas } = await start();
  await deploy(plugin, '1.0.0', ['web']);
  await deploy(plugin, '2.0.0', ['web']);
  const over = await plugin.follow(await plugin.start('ROLLBACK_MTA', { mtaId: MTA }));
  expect([over.state, over.messages.at(-1)?.text]).toEqual([
    'ERROR',
    `Rollback of mta id "${MTA}" cannot be done, missing deployed/backup mta`,
  ]);
  expect(await mtas()).toEqual(['2.0.0 -']);
  const refused = await plugin.call('POST', 'operations', { processType: 'ROLLBACK_MTA', parameters: {} });
  expect([refused.status, await refused.text()]).toEqual([400, 'Required parameters mtaId are not set!']);
});

test('a second backup takes the place of the first', async () => {
  const { plugin, apps, mtas } = await start();
  for (const version of ['1.0.0', '2.0.0', '3.0.0'])
    await deploy(plugin, version, ['web'], { shouldBackupPreviousVersion: 'true' });
  expect(await mtas()).toEqual(['2.0.0 mta-backup', '3.0.0 -']);
  expect(await apps()).toEqual(['mta-backup-web', 'web']);
});

test('cf purge-mta-config finds nothing to purge, in a space that the user may write in', async () => {
  const { plugin } = await start();
  const purge = (query: string) => plugin.call('POST', `/rest/configuration-entries/purge?${query}`);
  expect((await purge('org=acme-dev&space=app')).status).toBe(204);
  expect((await purge('org=acme-dev&space=none')).status).toBeGreaterThanOrEqual(403);
  expect((await purge('org=acme-dev')).status).toBe(400);
});
