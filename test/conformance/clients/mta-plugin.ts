import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { API, openCf } from '../cf.ts';
import type { Client } from '../client.ts';
import { findProgram } from '../programs.ts';
import { Skip } from '../skip.ts';

const ROBOT = 'ctms-deploy@sap-test.de';
const ORIGIN = 'acme-platform';
const MTA = 'com.acme.conformance';

/** The MTA plug-in of the cf CLI: `cf deploy` at the deploy service, as the user of the transports. */
export const mtaPlugin: Client = {
  name: 'cf CLI · MTA plug-in',
  licence: 'Apache-2.0',
  free: false,
  async run(landscape, step) {
    const plugin = await findProgram(['multiapps-plugin', 'mta-plugin'], { variable: 'LOCUM_MTA_PLUGIN' });
    if (plugin === undefined) throw new Skip('LOCUM_MTA_PLUGIN names no build of cloudfoundry/multiapps-cli-plugin');
    await using client = await openCf(landscape);
    const { cf, attempt } = client;
    const archive = async (version: string) => {
      const descriptor = `_schema-version: "3.3"\nID: ${MTA}\nversion: ${version}\nmodules: [{ name: web, type: nodejs }]\n`;
      const file = path.join(client.folder, `${version}.mtar`);
      await writeFile(file, zipSync({ 'META-INF/mtad.yaml': strToU8(descriptor) }));
      return file;
    };

    await step('install', () => cf('install-plugin', plugin, '-f'));
    await step('login --origin', async () => {
      const password = await landscape.passwordOf('ctms-deploy');
      await cf('login', '-a', API, '-u', ROBOT, '-p', password, '--origin', ORIGIN, '-o', 'acme-dev', '-s', 'app');
    });
    await step('deploy', async () => {
      const told = await cf('deploy', await archive('1.0.0'), '-f');
      assert.match(told, /Creating application "web" from MTA module "web"/);
      assert.match(told, /Process finished\./);
    });
    await step('mtas', async () => assert.match(await cf('mtas'), new RegExp(`${MTA}\\s+1\\.0\\.0`)));
    await step('mta', async () => assert.match(await cf('mta', MTA), /^web\s/m));
    await step('deploy a new version', async () => {
      assert.match(await cf('deploy', await archive('1.1.0'), '-f'), /Detected deployed MTA .* version "1\.0\.0"/);
    });
    await step('mta-ops', async () => assert.match(await cf('mta-ops', '--all'), /FINISHED/));
    await step('download-mta-op-logs', async () => {
      await cf('download-mta-op-logs', '--mta', MTA, '--last', '1', '-d', path.join(client.folder, 'logs'));
      const [folder] = await readdir(path.join(client.folder, 'logs'));
      const log = path.join(client.folder, 'logs', folder ?? '', 'OPERATION.log');
      assert.match(await readFile(log, 'utf8'), /Detected new MTA version: "1\.1\.0"/);
    });
    await step('bg-deploy, resume', async () => {
      const told = await cf('bg-deploy', await archive('1.2.0'), '-f', '--backup-previous-version');
      assert.match(told, /Renaming application "web" to "mta-backup-web" to be used for rollback/);
      const id = /-i (\S+) -a resume/.exec(told)?.[1] ?? '';
      assert.match(await cf('bg-deploy', '-i', id, '-a', 'resume'), /Process finished\./);
    });
    await step('rollback-mta', async () => {
      assert.match(await cf('rollback-mta', MTA, '-f'), /Rename backup application "mta-backup-web" to "web"/);
      assert.match(await cf('mtas'), new RegExp(`${MTA}\\s+1\\.1\\.0`));
    });
    await step('purge-mta-config', async () => assert.match(await cf('purge-mta-config'), /OK/));
    await step('an archive that is none', async () => {
      const file = path.join(client.folder, 'none.mtar');
      await writeFile(file, 'none');
      assert.notEqual((await attempt('deploy', file, '-f')).code, 0);
    });
    await step('undeploy', async () => {
      assert.match(await cf('undeploy', MTA, '-f'), /Process finished\./);
      assert.doesNotMatch(await cf('mtas'), new RegExp(MTA));
    });
  },
};
