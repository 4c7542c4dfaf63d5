import { expect, test } from 'vitest';
import { IAS_HOST, NORA, startAuthz } from '../../../../test/fixtures/authz.ts';
import { openBrowser } from '../../ias/emulator/browser.fixture.ts';

test('A25: a trust cannot be deleted while applications below its own exist at the tenant; then its shadows go', async () => {
  const landscape = await startAuthz({
    tenant: {
      administrators: [{ user: NORA.login }],
      applications: [{ name: 'Shop', parent: 'SAP BTP subaccount dev' }],
    },
  });
  const user = `/sap/rest/user/origin/sap.custom/name/${NORA.email}`;
  await landscape.api('PUT', `${user}/rolecollections/Shop%20Viewer?createUserIfMissing=true`);
  const trust = '/sap/rest/identity-providers/originKey/sap.custom';
  const refused = await landscape.api('DELETE', trust);
  expect(refused.status).toBe(409);
  expect(((await refused.json()) as { message: string }).message).toContain('Shop');
  expect((await landscape.api('GET', user)).status).toBe(200);

  const nora = openBrowser(landscape.fetch, IAS_HOST);
  const list = await nora.signIn(NORA.login, landscape.password(NORA.credential), '/admin/applications');
  const pathOf = (name: string) =>
    list.document
      .querySelectorAll('a')
      .find((link) => link.text === name)
      ?.getAttribute('href') ?? '';
  const own = await nora.open(pathOf('SAP BTP subaccount dev'));
  expect(own.document.querySelectorAll('button').map((button) => button.text)).not.toContain('Delete');
  const shop = await nora.open(pathOf('Shop'));
  expect(shop.text).toContain('SAP BTP subaccount dev');
  expect((await nora.press(shop, 'Delete')).text).toContain('Deleted.');

  expect((await landscape.api('DELETE', trust)).status).toBe(200);
  const again = { identityProvider: IAS_HOST, name: 'again' };
  await landscape.api('POST', '/sap/rest/identity-providers/btpcli/originKey/sap.custom', again);
  expect((await landscape.api('GET', user)).status).toBe(404);
});
