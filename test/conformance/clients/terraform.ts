import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { API } from '../cf.ts';
import { type Client, Skip } from '../client.ts';
import type { ConformanceLandscape } from '../landscape.ts';
import { findProgram, run, temporaryFolder } from '../programs.ts';
import { CREDENTIAL } from '../seed.ts';

const CONFIGURATION = path.resolve(import.meta.dirname, '../terraform');
const PROVIDERS = ['SAP/btp', 'cloudfoundry/cloudfoundry'];

/** terraform with the providers SAP/btp and cloudfoundry, from a folder: nothing is asked of a registry. */
export const terraform: Client = {
  name: 'terraform with SAP/btp and cloudfoundry',
  licence: 'BUSL-1.1 with providers under Apache-2.0',
  free: false,
  async run(landscape, step) {
    const program = await findProgram(['terraform', 'tofu'], { variable: 'LOCUM_TERRAFORM' });
    if (program === undefined) throw new Skip('no terraform on the PATH, and LOCUM_TERRAFORM names none');
    const providers = await providerFolder();
    await using folder = await temporaryFolder();
    await cp(CONFIGURATION, folder.path, { recursive: true });
    await writeFile(path.join(folder.path, 'app.zip'), zipSync({ 'index.html': strToU8('<h1>team</h1>') }));
    const settings = path.join(folder.path, 'terraform.rc');
    const overrides = PROVIDERS.map((name) => `"${name}" = ${JSON.stringify(providers)}\n`).join('');
    await writeFile(settings, `provider_installation {\n dev_overrides {\n${overrides}}\n}\n`);
    // Any certificate will do for a credential that is known by one.
    const certificate = await readFile(landscape.addresses.caFile, 'utf8');
    const env = { ...environmentOf(landscape, folder.path, settings), TF_VAR_certificate: certificate };
    const call = async (expected: number, ...words: string[]) => {
      const { code, stdout, stderr } = await run(program, words, { env, cwd: folder.path, timeout: 600_000 });
      if (code !== expected) throw new Error(complaint(stderr, stdout) ?? `exit ${code}, not ${expected}`);
      return stdout;
    };
    const plan = (...words: string[]) => ['plan', '-input=false', '-no-color', '-detailed-exitcode', ...words];
    const apply = (...words: string[]) => ['apply', '-input=false', '-no-color', '-auto-approve', ...words];

    // With -detailed-exitcode, 0 is a plan without changes and 2 one with some.
    await step('plan', () => call(2, ...plan()));
    await step('apply', () => call(0, ...apply()));
    await step('what there is', async () => {
      const outputs = JSON.parse(await call(0, 'output', '-json')) as Record<string, { value: unknown }>;
      assert.deepEqual(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])), {
        me: 'platform-admin@acme.example',
        spaces: ['app'],
        subaccounts: ['dev', 'prod', 'team-dev', 'test', 'tms'],
      });
    });
    await step('plan again is empty', () => call(0, ...plan()));
    const changed = '-var=stage=test';
    await step('apply a change', async () => {
      assert.match(await call(0, ...apply(changed)), /Resources: 0 added, \d+ changed, 0 destroyed/);
    });
    await step('plan again is empty', () => call(0, ...plan(changed)));
    await step('destroy', async () => {
      const told = await call(0, 'destroy', '-input=false', '-no-color', '-auto-approve', changed);
      assert.match(told, /Destroy complete/);
    });
  },
};

function environmentOf(landscape: ConformanceLandscape, home: string, settings: string) {
  const user = 'platform-admin@acme.example';
  const password = landscape.credential('ACME_ADMIN_PASSWORD');
  return {
    ...landscape.environment,
    HOME: home,
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: settings,
    TF_VAR_secret: 'a secret of the destination',
    TF_VAR_operator_password: landscape.credential(CREDENTIAL.operator),
    BTP_USERNAME: user,
    BTP_PASSWORD: password,
    CF_API_URL: API,
    CF_USER: user,
    CF_PASSWORD: password,
    CF_ORIGIN: 'sap.ids',
  };
}

/** The first error that terraform tells, or else the first change that it plans. */
function complaint(stderr: string, stdout: string): string | undefined {
  const lines = stderr.split('\n').map((line) => line.replace(/^\W+/, ''));
  const at = lines.findIndex((line) => line.startsWith('Error:'));
  if (at >= 0)
    return lines
      .slice(at, at + 8)
      .filter((line) => line !== '')
      .join(' ');
  return stdout
    .split('\n')
    .find((line) => /^ +# .* (will|must) be /.test(line))
    ?.trim();
}

/** A folder with both providers' programs. */
async function providerFolder(): Promise<string> {
  const folder = process.env.LOCUM_TERRAFORM_PROVIDERS;
  if (!folder) throw new Skip('LOCUM_TERRAFORM_PROVIDERS names no folder with the providers SAP/btp and cloudfoundry');
  const files = await readdir(folder);
  const missing = PROVIDERS.filter((name) => {
    const program = `terraform-provider-${name.split('/')[1]}`;
    return !files.some((file) => file === program || file.startsWith(`${program}_v`));
  });
  if (missing.length > 0) throw new Skip(`${folder} lacks the provider ${missing.join(' and ')}`);
  return folder;
}
