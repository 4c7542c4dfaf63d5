import { expect, test } from 'vitest';
import { z } from 'zod';
import { IAS_HOST, NORA, startAuthz } from '../../../../test/fixtures/authz.ts';
import type { EmulatorDefinition } from '../../../emulation/emulator.ts';

/** An instance of the Identity service below the trust's application, until it is deleted. */
function identityInstances(names: string[]): EmulatorDefinition {
  return {
    id: 'identity-instances',
    seed: { key: 'identityInstances', schema: z.unknown() },
    create(ctx) {
      return {
        mounts: [],
        async seed() {
          ctx.world.provide('identity', { ...ctx.world.use('identity'), applicationsBelow: () => names });
        },
      };
    },
  };
}

test('A25: a trust cannot be deleted while applications of it exist at the tenant; then its shadows go', async () => {
  const names = ['Shop'];
  const landscape = await startAuthz({ more: [identityInstances(names)] });
  const user = `/sap/rest/user/origin/sap.custom/name/${NORA.email}`;
  await landscape.api('PUT', `${user}/rolecollections/Shop%20Viewer?createUserIfMissing=true`);
  const trust = '/sap/rest/identity-providers/originKey/sap.custom';
  const refused = await landscape.api('DELETE', trust);
  expect(refused.status).toBe(409);
  expect(((await refused.json()) as { message: string }).message).toContain('Shop');
  expect((await landscape.api('GET', user)).status).toBe(200);
  names.length = 0;
  expect((await landscape.api('DELETE', trust)).status).toBe(200);
  const again = { identityProvider: IAS_HOST, name: 'again' };
  await landscape.api('POST', '/sap/rest/identity-providers/btpcli/originKey/sap.custom', again);
  expect((await landscape.api('GET', user)).status).toBe(404);
});
