import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Client, Skip } from '../client.ts';
import { findProgram, run, temporaryFolder } from '../programs.ts';

const PROVIDERS = ['registry.terraform.io/sap/btp', 'registry.terraform.io/cloudfoundry/cloudfoundry'];

/** Reads what exists and assigns a role, as accounts are commonly managed. */
const CONFIGURATION = `
terraform {
  required_providers {
    btp          = { source = "SAP/btp" }
    cloudfoundry = { source = "cloudfoundry/cloudfoundry" }
  }
}
provider "btp" { globalaccount = "acme" }
provider "cloudfoundry" {}
data "btp_subaccounts" "all" {}
data "cloudfoundry_org" "dev" { name = "acme-dev" }
data "cloudfoundry_space" "app" {
  name = "app"
  org  = data.cloudfoundry_org.dev.id
}
locals {
  dev = one([for account in data.btp_subaccounts.all.values : account.id if account.name == "dev"])
}
resource "btp_subaccount_role_collection_assignment" "viewer" {
  subaccount_id        = local.dev
  role_collection_name = "Subaccount Viewer"
  user_name            = "terraform@acme.example"
}
resource "cloudfoundry_space_role" "auditor" {
  username = "pipeline@sap-test.de"
  origin   = "acme-platform"
  space    = data.cloudfoundry_space.app.id
  type     = "space_auditor"
}
output "subaccounts" { value = sort([for account in data.btp_subaccounts.all.values : account.name]) }
`;

/** terraform with the providers SAP/btp and cloudfoundry, from a local mirror: nothing is asked of a registry. */
export const terraform: Client = {
  name: 'terraform with SAP/btp and cloudfoundry',
  licence: 'BUSL-1.1 with providers under Apache-2.0',
  free: false,
  async run(landscape, step) {
    const program = await findProgram(['terraform', 'tofu'], { variable: 'LOCUM_TERRAFORM' });
    if (program === undefined) throw new Skip('no terraform on the PATH, and LOCUM_TERRAFORM names none');
    const mirror = await pluginMirror();
    await using folder = await temporaryFolder();
    await writeFile(path.join(folder.path, 'main.tf'), CONFIGURATION);
    const admin = { user: 'platform-admin@acme.example', password: landscape.credential('ACME_ADMIN_PASSWORD') };
    const env = {
      ...landscape.environment,
      HOME: folder.path,
      CHECKPOINT_DISABLE: '1',
      BTP_USERNAME: admin.user,
      BTP_PASSWORD: admin.password,
      CF_API_URL: 'https://api.cf.eu10-004.hana.ondemand.com',
      CF_USER: admin.user,
      CF_PASSWORD: admin.password,
      CF_ORIGIN: 'sap.ids',
    };
    const call = async (...words: string[]) => {
      const { code, stdout, stderr } = await run(program, words, { env, cwd: folder.path, timeout: 300_000 });
      if (code === 0) return stdout;
      throw new Error(
        stderr
          .split('\n')
          .find((line) => line.includes('Error:'))
          ?.replace(/^\W+/, '') ?? `exit ${code}`,
      );
    };
    await step('init', () => call('init', '-input=false', '-no-color', `-plugin-dir=${mirror}`));
    await step('apply', () => call('apply', '-input=false', '-no-color', '-auto-approve'));
    await step('output', async () => {
      assert.deepEqual(JSON.parse(await call('output', '-json', 'subaccounts')), ['dev', 'prod', 'test', 'tms']);
    });
    await step('second plan is empty', () => call('plan', '-input=false', '-no-color', '-detailed-exitcode'));
    await step('destroy', () => call('destroy', '-input=false', '-no-color', '-auto-approve'));
  },
};

/** A folder with both providers, by LOCUM_TERRAFORM_PLUGINS or as the mirror of terraform's own configuration. */
async function pluginMirror(): Promise<string> {
  const { LOCUM_TERRAFORM_PLUGINS: named, TF_CLI_CONFIG_FILE: file } = process.env;
  const configured = file ? await readFile(file, 'utf8').catch(() => '') : '';
  const [, mirror] = /filesystem_mirror\s*\{[^}]*\bpath\s*=\s*"([^"]+)"/.exec(configured) ?? [];
  const folder = named || mirror;
  if (!folder) throw new Skip('no provider mirror: neither LOCUM_TERRAFORM_PLUGINS nor TF_CLI_CONFIG_FILE names one');
  const missing = PROVIDERS.filter((provider) => !existsSync(path.join(folder, provider)));
  if (missing.length > 0) throw new Skip(`the provider mirror lacks ${missing.join(' and ')}`);
  return folder;
}
