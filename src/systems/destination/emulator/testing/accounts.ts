import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import type { Zone } from '../../../../emulation/world.ts';

function subaccount(displayName: string, region: string): Zone {
  return {
    guid: seedId('subaccount', displayName),
    kind: 'subaccount',
    displayName,
    subdomain: `acme-${displayName}`,
    region,
    globalAccount: seedId('global-account', 'acme'),
    parent: seedId('global-account', 'acme'),
    authorizations: true,
  };
}

/** dev and tms in eu10, prod in us20. */
export const ZONES: readonly Zone[] = [
  subaccount('dev', 'eu10'),
  subaccount('prod', 'us20'),
  subaccount('tms', 'eu10'),
];

export function zone(displayName: string): Zone {
  const found = ZONES.find((one) => one.displayName === displayName);
  if (!found) throw new Error(`no zone ${displayName}`);
  return found;
}

/** Stands in for the accounts emulator: three subaccounts of one global account. */
export const accountsDouble: EmulatorDefinition = {
  id: 'accounts-double',
  create(ctx) {
    ctx.world.provide('accounts', {
      zone: (guid) => ZONES.find((one) => one.guid === guid),
      globalAccountBySubdomain: () => undefined,
      zoneBySubdomain: (subdomain, region) => ZONES.find((one) => one.subdomain === subdomain && one.region === region),
      subaccountByName: (globalAccount, name) =>
        globalAccount === 'acme' ? ZONES.find((one) => one.displayName === name) : undefined,
      zones: () => ZONES,
    });
    return { mounts: [], seed: async () => undefined };
  },
};
