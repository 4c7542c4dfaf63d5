import { expect, test } from 'vitest';
import { startAuthz } from '../../../../test/fixtures/authz.ts';

test('whether a zone trusts an identity provider is told without putting the provider together, and is the same', async () => {
  const { world } = await startAuthz();
  const trust = world.use('trust');
  const zones = world.use('accounts').zones();
  const origins = [...new Set(zones.flatMap(({ guid }) => trust.identityProviders(guid)).map((one) => one.originKey))];
  expect(origins).toContain('sap.default');
  expect(origins).toContain('sap.custom');
  for (const { guid } of zones) {
    const known = trust.identityProviders(guid).map(({ originKey }) => originKey);
    for (const origin of [...origins, 'nobody']) {
      expect([guid, origin, trust.trusts(guid, origin)]).toEqual([guid, origin, known.includes(origin)]);
    }
  }
  expect(trust.trusts('no-zone', 'sap.default')).toBe(false);
});
