import assert from 'node:assert/strict';
import { type Client, Skip } from '../client.ts';
import { findProgram, run, temporaryFolder } from '../programs.ts';
import { CREDENTIAL, UAA_INSPECTOR } from '../seed.ts';

const UAA = 'https://uaa.cf.eu10-004.hana.ondemand.com';

/** The UAA's own command-line client: by LOCUM_UAA_CLI or on the PATH. */
export const uaaCli: Client = {
  name: 'uaa-cli',
  licence: 'Apache-2.0',
  free: false,
  async run(landscape, step) {
    const program = await findProgram(['uaa', 'uaa-cli'], { variable: 'LOCUM_UAA_CLI' });
    if (program === undefined) throw new Skip('no uaa on the PATH, and LOCUM_UAA_CLI names none');
    await using home = await temporaryFolder();
    const env = { ...landscape.environment, UAA_HOME: home.path, HOME: home.path };
    const uaa = async (...words: string[]) => {
      const { code, stdout, stderr } = await run(program, words, { env });
      if (code !== 0) throw new Error(`exit ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
      return stdout;
    };
    await step('target', () => uaa('target', UAA));
    await step('info', async () => assert.match(await uaa('info'), /prompts/));
    await step('get-token-keys', async () => assert.match(await uaa('get-token-keys'), /RS256/));
    await step('get-client-credentials-token', () =>
      uaa('get-client-credentials-token', UAA_INSPECTOR, '-s', landscape.credential(CREDENTIAL.uaaSecret)),
    );
    await step('context', async () => assert.match(await uaa('context'), /access_token/));
  },
};
