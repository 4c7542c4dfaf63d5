import { expect, test } from 'vitest';
import { startEmulators } from '../../emulation/compose.ts';
import { selects } from '../../kernel/manifest/selector.ts';
import { authzEmulator } from '../authz/emulator/index.ts';
import { iasEmulator } from '../ias/emulator/index.ts';
import { btpSession } from '../protocols/btp-cli/client.ts';
import { btpCliEmulator } from '../protocols/btp-cli/emulator/index.ts';
import { acmeSeed, cloudFoundryDouble } from '../protocols/btp-cli/emulator/testing/acme.ts';
import { manifestOf, recorded, sliceContext } from '../protocols/btp-cli/testing.ts';
import { trustEmulator } from '../trust/emulator/index.ts';
import { accountsEmulator } from './emulator/index.ts';
import { accounts } from './index.ts';

async function start(more: Partial<typeof acmeSeed> = {}) {
  const landscape = await startEmulators({
    emulators: [iasEmulator, accountsEmulator, trustEmulator, authzEmulator, btpCliEmulator, cloudFoundryDouble()],
    seed: { ...acmeSeed, ...more },
  });
  const wire = recorded(landscape);
  const ctx = sliceContext(wire, manifestOf([]), { ADMIN_PASSWORD: landscape.credentials.get('ADMIN_PASSWORD') });
  return { landscape, ctx, calls: wire.calls };
}

test('reads the whole account model in one call, and environments only where they are wanted', async () => {
  const { ctx, calls } = await start();
  const inventory = await accounts.inventory?.(
    {
      soFar: undefined,
      wanted: (subaccount, directories) => selects({ directory: 'Delivery' }, subaccount, directories),
    },
    ctx,
  );
  expect(inventory?.directories.map(({ name, authorizations }) => ({ name, authorizations }))).toEqual([
    { name: 'Delivery', authorizations: true },
    { name: 'Plain', authorizations: false },
  ]);
  const [delivery, plain] = inventory?.directories ?? [];
  expect(plain?.parent).toBe(delivery?.guid);
  const dev = inventory?.subaccounts.find((subaccount) => subaccount.name === 'dev');
  expect(dev).toMatchObject({
    subdomain: 'acme-dev',
    region: 'eu10',
    directory: delivery?.guid,
    labels: { stage: ['dev'], team: [] },
    org: { name: 'acme-dev', api: 'https://api.cf.eu10-004.hana.ondemand.com', spaces: [] },
  });
  expect(inventory?.subaccounts.find((subaccount) => subaccount.name === 'prod')).not.toHaveProperty('org');
  expect(inventory?.subaccounts.find((subaccount) => subaccount.name === 'tms')).not.toHaveProperty('directory');
  expect(calls).toEqual([
    '/login/v2.106.1',
    '/command/v2.106.1/accounts/global-account?get',
    '/command/v2.106.1/accounts/environment-instance?list',
    '/command/v2.106.1/accounts/environment-instance?list',
  ]);
});

const command = (object: string, action: string, parameters: Readonly<Record<string, string>> = {}) => ({
  object,
  action,
  parameters: { globalAccount: 'acme', ...parameters },
});

test('filters subaccounts by label and refuses a filter without an operator', async () => {
  const session = await btpSession((await start()).ctx);
  const names = async (labelsFilter: string) => {
    const { body } = await session.command(command('accounts/subaccount', 'list', { labelsFilter }));
    return (body as { value: { displayName: string }[] }).value.map((row) => row.displayName);
  };
  expect(await names('stage=dev')).toEqual(['dev']);
  expect(await names('stage!=dev')).toEqual(['prod', 'tms']);
  await expect(names('stage')).rejects.toMatchObject({ status: 400, serviceCode: '12003' });
});

test('a viewer of one subaccount sees that one, and not the global account', async () => {
  const users = [
    {
      globalAccount: 'acme',
      in: { subaccounts: ['tms'] },
      userName: 'platform-admin@acme.example',
      roleCollections: ['Subaccount Viewer'],
    },
  ];
  const session = await btpSession((await start({ authz: { users } })).ctx);
  const { body } = await session.command(command('accounts/subaccount', 'list'));
  expect((body as { value: object[] }).value).toHaveLength(1);
  await expect(session.command(command('accounts/global-account', 'get'))).rejects.toMatchObject({ status: 403 });
});

test('says where the org of an environment is, in JSON inside of a text', async () => {
  const { landscape, ctx } = await start();
  const subaccount = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid ?? '';
  const session = await btpSession(ctx);
  const list = { object: 'accounts/environment-instance', action: 'list', parameters: { subaccount } };
  const { body } = await session.command(list);
  const [instance] = (body as { environmentInstances: { id: string; labels: string; landscapeLabel: string }[] })
    .environmentInstances;
  expect(instance?.landscapeLabel).toBe('cf-eu10-004');
  expect(JSON.parse(instance?.labels ?? '')).toMatchObject({ 'Org Name': 'acme-dev' });
  const get = { ...list, action: 'get', parameters: { subaccount, environmentID: instance?.id } };
  expect((await session.command(get)).body).toMatchObject({ id: instance?.id, environmentType: 'cloudfoundry' });
  const unknown = { ...get, parameters: { subaccount, environmentID: 'X' } };
  await expect(session.command(unknown)).rejects.toMatchObject({ status: 404, serviceCode: '41000' });
});

test('gives the administrator’s session back at the end', async () => {
  const { ctx, calls } = await start();
  await accounts.inventory?.({ soFar: undefined, wanted: () => false }, ctx);
  await accounts.close?.(ctx);
  expect(calls.at(-1)).toBe('/logout/v2.106.1');
});
