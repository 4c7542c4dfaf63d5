import { expect, test } from 'vitest';
import { commandLineEmulators } from '../../../../test/fixtures/command-line-emulators.ts';
import { startEmulators } from '../../../emulation/compose.ts';
import { acmeSeed, cloudFoundryDouble } from '../../protocols/btp-cli/emulator/testing/acme.ts';
import { commandLine } from '../../protocols/btp-cli/emulator/testing/command-line.ts';

test('a seeded environment has an id of its own, beside the id of its org', async () => {
  const id = 'e0000000-0000-4000-8000-000000000001';
  const org = { guid: 'e0000000-0000-4000-8000-000000000002', name: 'acme-org', landscape: 'eu10-004' };
  const environment = { id, name: 'cf-of-tms', org, parameters: { instance_name: 'acme-org' } };
  const landscape = await startEmulators({
    emulators: [...commandLineEmulators, cloudFoundryDouble()],
    seed: {
      ...acmeSeed,
      accounts: {
        globalAccounts: acmeSeed.accounts.globalAccounts.map((account) => ({
          ...account,
          subaccounts: account.subaccounts.map((one) => (one.name === 'tms' ? { ...one, environment } : one)),
        })),
      },
    },
  });
  const run = await commandLine(landscape, 'administrator');
  const subaccountOf = (name: string) => landscape.world.use('accounts').subaccountByName('acme', name)?.guid ?? '';
  const shown = { id, name: 'cf-of-tms', platformId: org.guid, landscapeLabel: 'cf-eu10-004', state: 'OK' };
  const listed = await run('accounts/environment-instance?list', { subaccount: subaccountOf('tms') });
  expect(listed.body).toMatchObject({ environmentInstances: [shown] });
  const got = await run('accounts/environment-instance?get', { subaccount: subaccountOf('tms'), environmentID: id });
  const { labels, parameters } = got.body as { readonly labels: string; readonly parameters: string };
  expect(JSON.parse(labels)).toMatchObject({ 'Org ID': org.guid, 'Org Name': org.name });
  expect(JSON.parse(parameters)).toMatchObject(environment.parameters);
  // Without one, the environment is made of the subaccount's org.
  const made = await run('accounts/environment-instance?list', { subaccount: subaccountOf('dev') });
  expect(made.body).toMatchObject({ environmentInstances: [{ platformId: `org-of-${subaccountOf('dev')}` }] });
});
