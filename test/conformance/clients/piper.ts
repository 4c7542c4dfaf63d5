import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { z } from 'zod';
import type { Client } from '../client.ts';
import type { ConformanceLandscape } from '../landscape.ts';
import { findProgram, run, temporaryFolder } from '../programs.ts';
import { Skip } from '../skip.ts';
import { clientToken, oauthClient } from '../tokens.ts';

const MTA = 'com.acme.piper';
const DESCRIPTOR = `_schema-version: "3.3"\nID: ${MTA}\nversion: 1.0.0\nmodules: [{ name: web, type: nodejs }]\n`;
const EXTENSION = `_schema-version: "3.3"\nID: ${MTA}.dev\nextends: ${MTA}\nparameters: { stage: dev }\n`;
const CONFIGURATION =
  'steps:\n  tmsUpload:\n    nodeExtDescriptorMapping: { DEV: dev.mtaext }\n    mtaVersion: 1.0.0\n';

/** The part of Piper that brings archives to Cloud Transport Management: by LOCUM_PIPER or on the PATH. */
export const piper: Client = {
  name: 'Piper · tmsUpload, tmsExport',
  licence: 'Apache-2.0',
  free: false,
  async run(landscape, step) {
    const program = await findProgram(['piper'], { variable: 'LOCUM_PIPER' });
    if (program === undefined) throw new Skip('no piper on the PATH, and LOCUM_PIPER names none');
    await using folder = await temporaryFolder();
    await mkdir(path.join(folder.path, '.pipeline'));
    await writeFile(path.join(folder.path, '.pipeline/config.yml'), CONFIGURATION);
    // It is asked for the MTA's id and version when there are extension descriptors.
    await writeFile(path.join(folder.path, 'mta.yaml'), DESCRIPTOR);
    await writeFile(path.join(folder.path, 'dev.mtaext'), EXTENSION);
    await writeFile(path.join(folder.path, 'piper.mtar'), zipSync({ 'META-INF/mtad.yaml': strToU8(DESCRIPTOR) }));
    const transports = await openTransports(landscape);
    const ask = async (word: string, nodeName: string, serviceKey = transports.serviceKey) => {
      const env = {
        ...landscape.environment,
        HOME: folder.path,
        PIPER_serviceKey: serviceKey,
        // Of all clients, this one alone takes its proxy from a parameter.
        PIPER_proxy: landscape.environment.HTTPS_PROXY,
      };
      const words = [
        word,
        '--noTelemetry',
        '--nodeName',
        nodeName,
        '--mtaPath',
        'piper.mtar',
        '--customDescription',
        word,
      ];
      return run(program, words, { env, cwd: folder.path });
    };
    const succeed = async (word: string, nodeName: string) => {
      const { code, stdout, stderr } = await ask(word, nodeName);
      if (code !== 0) throw new Error(fatal(stdout + stderr) ?? `exit ${code}`);
    };

    await step('tmsUpload', async () => {
      await succeed('tmsUpload', 'DEV');
      assert.deepEqual(await transports.queue('DEV'), ['tmsUpload initial']);
    });
    await step('its extension descriptor is at the node', async () => {
      assert.deepEqual(await transports.descriptors('DEV'), [`${MTA}.dev of ${MTA} 1.0.0`]);
    });
    await step('tmsUpload again, with the descriptor changed', async () => {
      await writeFile(path.join(folder.path, 'dev.mtaext'), EXTENSION.replace('stage: dev', 'stage: next'));
      await succeed('tmsUpload', 'DEV');
    });
    await step('tmsExport', async () => {
      await succeed('tmsExport', 'DEV');
      assert.deepEqual(await transports.queue('TEST'), ['tmsExport initial']);
    });
    await step('an unknown node', async () => {
      const { code, stdout, stderr } = await ask('tmsUpload', 'NOWHERE');
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, /404 Not Found/);
    });
    await step('a wrong secret', async () => {
      const key = tmsKey.parse(JSON.parse(transports.serviceKey));
      const wrong = { ...key, uaa: { ...key.uaa, clientsecret: 'wrong' } };
      const { code, stdout, stderr } = await ask('tmsUpload', 'DEV', JSON.stringify(wrong));
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, /401/);
    });
  },
};

function fatal(log: string): string | undefined {
  return log.split('\n').find((line) => /fatal/i.test(line));
}

const tmsKey = z.looseObject({ uri: z.string(), uaa: oauthClient });

/** What stands in Cloud Transport Management, by its own API. */
async function openTransports(landscape: ConformanceLandscape) {
  const serviceKey = landscape.credential('ACME_TMS_SERVICE_KEY');
  const { uri, uaa } = tmsKey.parse(JSON.parse(serviceKey));
  const token = await clientToken(landscape, uaa);
  const get = async <T>(path: string): Promise<T> => {
    const response = await landscape.fetch(`${uri}/v2${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return (await response.json()) as T;
  };
  const node = async (name: string) => {
    const { nodes } = await get<{ nodes: { id: number; name: string }[] }>('/nodes');
    return nodes.find((one) => one.name === name)?.id;
  };
  return {
    serviceKey,
    async queue(name: string) {
      type Queue = { transportRequests: { description: string; status: string }[] };
      const { transportRequests } = await get<Queue>(`/nodes/${await node(name)}/transportRequests?status=in`);
      return transportRequests.map(({ description, status }) => `${description} ${status}`);
    },
    async descriptors(name: string) {
      type Descriptors = { mtaExtDescriptors: { mtaExtId: string; mtaId: string; mtaVersion: string }[] };
      const { mtaExtDescriptors } = await get<Descriptors>(`/nodes/${await node(name)}/mtaExtDescriptors`);
      return mtaExtDescriptors.map(({ mtaExtId, mtaId, mtaVersion }) => `${mtaExtId} of ${mtaId} ${mtaVersion}`);
    },
  };
}
