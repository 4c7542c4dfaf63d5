import { expect, test } from 'vitest';
import { NORA, startAuthz } from '../../../../test/fixtures/authz.ts';
import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import type { AuditEntry } from '../../../emulation/world.ts';

/** Cloud Foundry with these members in the org of `dev`, and somebody who keeps what is audited. */
async function start(members: { readonly userName: string; readonly originKey: string }[]) {
  const audited: AuditEntry[] = [];
  const cloudFoundry: EmulatorDefinition = {
    id: 'cloud-foundry-double',
    create(ctx) {
      const dev = () => ctx.world.use('accounts').subaccountByName('acme', 'dev')?.guid;
      ctx.world.provide('cloudFoundry', {
        org: () => undefined,
        usersWithRole: (subaccount) => (subaccount === dev() ? members : []),
        landscapes: () => [],
        spaceGuid: () => undefined,
      });
      ctx.world.provide('audit', { record: (entry) => audited.push(entry) });
      return { mounts: [], seed: async () => {} };
    },
  };
  return { landscape: await startAuthz({ cloudFoundry }), audited };
}

const ghost = 'typo@acme.example';
const path = `/sap/rest/user/origin/sap.default/name/${ghost}`;

test('A20: a shadow user deleted while its Cloud Foundry role remains comes back, with a new id', async () => {
  const members = [{ userName: ghost, originKey: 'sap.ids' }];
  const { landscape, audited } = await start(members);
  await landscape.tick();
  const first = (await (await landscape.api('GET', path)).json()) as { id: string };
  await landscape.api('DELETE', path);
  expect((await landscape.api('GET', path)).status).toBe(404);
  await landscape.tick();
  const again = await (await landscape.api('GET', path)).json();
  expect(again).toMatchObject({ username: ghost, roleCollections: [] });
  expect(again).not.toMatchObject({ id: first.id });
  const created = audited.filter(({ user }) => user === 'CLOUD_FOUNDRY_SNYC');
  expect(created).toHaveLength(2);
  // The right order: the role first, then the user, who stays away.
  members.length = 0;
  await landscape.api('DELETE', path);
  await landscape.tick();
  expect((await landscape.api('GET', path)).status).toBe(404);
});

test('origin keys of Cloud Foundry are those of the subaccount, but for SAP ID service; others are left out', async () => {
  const { landscape } = await start([
    { userName: NORA.email, originKey: 'sap.custom' },
    { userName: 'internal', originKey: 'uaa' },
    { userName: 'stranger@acme.example', originKey: 'other-platform' },
  ]);
  await landscape.tick();
  const names = async (origin: string) => (await landscape.api('GET', `/sap/rest/user/origin/${origin}/name`)).json();
  expect(await names('sap.custom')).toEqual([NORA.email]);
  expect(await names('sap.default')).toEqual(['admin@acme.example']);
});
