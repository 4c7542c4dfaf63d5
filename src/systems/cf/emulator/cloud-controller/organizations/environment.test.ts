import { expect, test } from 'vitest';
import { namesOf } from '../../testing/cloud-controller.ts';
import { ADMIN, logInAt, startTestLandscape } from '../../testing/landscape.ts';

test('an environment has its org, which the named managers fill, and goes with all that is in it', async () => {
  const emulators = await startTestLandscape({ double: { subaccounts: ['team'] } });
  const { createOrg, removeOrg, org } = emulators.world.use('cloudFoundry');
  const subaccount = emulators.world.use('accounts').subaccountByName('acme', 'team')?.guid ?? '';
  const managers = [{ userName: ADMIN, originKey: 'sap.ids' }];
  const made = createOrg?.({ subaccount, landscape: 'eu10-004', name: 'team', managers });
  expect(org(subaccount)).toEqual({ guid: made?.guid, name: 'team', landscape: 'eu10-004' });
  expect(createOrg?.({ subaccount, landscape: 'eu10-004', name: 'TEAM', managers })).toBeUndefined();

  const admin = await logInAt(emulators, 'admin');
  expect(await namesOf(admin, '/v3/organizations')).toContain('team');
  const relationships = { organization: { data: { guid: made?.guid } } };
  expect((await admin.send('POST', '/v3/spaces', { name: 'app', relationships })).status).toBe(201);

  removeOrg?.(subaccount);
  expect(org(subaccount)).toBeUndefined();
  expect(await namesOf(admin, '/v3/organizations')).not.toContain('team');
  expect(await namesOf(admin, `/v3/spaces?organization_guids=${made?.guid}`)).toEqual([]);
});
