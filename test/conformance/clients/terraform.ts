import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { API } from '../cf.ts';
import type { Client } from '../client.ts';
import type { ConformanceLandscape } from '../landscape.ts';
import { findProgram, run, temporaryFolder } from '../programs.ts';
import { CREDENTIAL } from '../seed.ts';
import { Skip } from '../skip.ts';

const CONFIGURATIONS = path.resolve(import.meta.dirname, '../terraform');
const IAS = 'https://acme-platform.accounts.ondemand.com';

/** A configuration that is planned, applied, changed and destroyed. */
interface Configuration {
  /** Folder of the configuration, whose variable `stage` changes it. */
  readonly folder: string;
  /** `namespace/name` of the providers that it needs. */
  readonly providers: readonly string[];
  /** Files that it wants beside it. */
  readonly files: (landscape: ConformanceLandscape) => Promise<Readonly<Record<string, string | Uint8Array>>>;
  readonly environment: (landscape: ConformanceLandscape) => Readonly<Record<string, string>>;
  /** What its outputs say once it is applied. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** terraform with the providers SAP/btp and cloudfoundry. */
export const terraform = terraformClient('SAP/btp and cloudfoundry', {
  folder: 'platform',
  providers: ['SAP/btp', 'cloudfoundry/cloudfoundry'],
  files: async () => ({ 'app.zip': zipSync({ Staticfile: strToU8(''), 'index.html': strToU8('<h1>team</h1>') }) }),
  environment(landscape) {
    const user = 'platform-admin@acme.example';
    const password = landscape.credential('ACME_ADMIN_PASSWORD');
    return {
      TF_VAR_secret: 'a secret of the destination',
      TF_VAR_operator_password: landscape.credential(CREDENTIAL.operator),
      BTP_USERNAME: user,
      BTP_PASSWORD: password,
      CF_API_URL: API,
      CF_USER: user,
      CF_PASSWORD: password,
      CF_ORIGIN: 'sap.ids',
    };
  },
  outputs: {
    me: 'platform-admin@acme.example',
    spaces: ['app'],
    subaccounts: ['dev', 'prod', 'team-dev', 'test', 'tms'],
  },
});

/** terraform with the provider of SAP Cloud Identity Services. */
export const terraformIdentity = terraformClient('SAP Cloud Identity Services', {
  folder: 'identity',
  providers: ['SAP/sap-cloud-identity-services'],
  files: async () => ({}),
  environment: (landscape) => ({
    TF_VAR_tenant: IAS,
    TF_VAR_client_id: landscape.credential(CREDENTIAL.terraform.id),
    TF_VAR_client_secret: landscape.credential(CREDENTIAL.terraform.secret),
  }),
  outputs: { grants: ['authorizationCode', 'refreshToken'], member: 'team-pipeline', secret_hint: 4 },
});

/** A client that plans, applies, changes and destroys a configuration; providers come from a folder, no registry is asked. */
function terraformClient(what: string, configuration: Configuration): Client {
  return {
    name: `terraform with ${what}`,
    licence: 'BUSL-1.1 with providers under Apache-2.0',
    free: false,
    async run(landscape, step) {
      const program = await findProgram(['terraform', 'tofu'], { variable: 'LOCUM_TERRAFORM' });
      if (program === undefined) throw new Skip('no terraform on the PATH, and LOCUM_TERRAFORM names none');
      const providers = await providerFolder(configuration.providers);
      await using folder = await temporaryFolder();
      await cp(path.join(CONFIGURATIONS, configuration.folder), folder.path, { recursive: true });
      for (const [name, content] of Object.entries(await configuration.files(landscape))) {
        await writeFile(path.join(folder.path, name), content);
      }
      const settings = path.join(folder.path, 'terraform.rc');
      const overrides = configuration.providers.map((name) => `"${name}" = ${JSON.stringify(providers)}\n`).join('');
      await writeFile(settings, `provider_installation {\n dev_overrides {\n${overrides}}\n}\n`);
      const env = {
        ...landscape.environment,
        ...configuration.environment(landscape),
        // Any certificate will do for a credential that is known by one.
        TF_VAR_certificate: await readFile(landscape.addresses.caFile, 'utf8'),
        HOME: folder.path,
        CHECKPOINT_DISABLE: '1',
        TF_CLI_CONFIG_FILE: settings,
      };
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
        const values = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
        assert.deepEqual(values, configuration.outputs);
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

/** A folder with the programs of these providers. */
async function providerFolder(providers: readonly string[]): Promise<string> {
  const folder = process.env.LOCUM_TERRAFORM_PROVIDERS;
  if (!folder) throw new Skip(`LOCUM_TERRAFORM_PROVIDERS names no folder with ${providers.join(' and ')}`);
  const files = await readdir(folder);
  const missing = providers.filter((name) => {
    const program = `terraform-provider-${name.split('/')[1]}`;
    return !files.some((file) => file === program || file.startsWith(`${program}_v`));
  });
  if (missing.length > 0) throw new Skip(`${folder} lacks the provider ${missing.join(' and ')}`);
  return folder;
}
