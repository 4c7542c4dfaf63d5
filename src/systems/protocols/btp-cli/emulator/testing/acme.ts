import type { EmulatorDefinition } from '../../../../../emulation/emulator.ts';

/** Names of the landscape that the tests of the slices behind the command-line server share. */
export const ACME = {
  globalAccount: 'acme',
  administrator: 'platform-admin@acme.example',
  host: 'acme-platform.accounts.ondemand.com',
  originKey: 'acme-platform',
  robot: 'robot@sap-test.de',
  robotLogin: 'robot',
} as const;

/** Orgs of subaccounts, by GUID; all the accounts emulator wants from Cloud Foundry. They can be made and removed. */
export function cloudFoundryDouble(
  orgNames: Readonly<Record<string, string>> = { dev: 'acme-dev' },
  landscapes: readonly { readonly name: string; readonly region: string }[] = [],
): EmulatorDefinition {
  return {
    id: 'cloud-foundry-double',
    create(ctx) {
      const made = ctx.state.collection<{ guid: string; name: string; landscape: string }>('cloud-foundry-double/orgs');
      const removed = ctx.state.collection<true>('cloud-foundry-double/removed');
      ctx.world.provide('cloudFoundry', {
        createOrg({ subaccount, name, landscape }) {
          if ([...made.values()].some((org) => org.name === name && org.landscape === landscape)) return undefined;
          made.set(subaccount, { guid: ctx.id(), name, landscape });
          return made.get(subaccount);
        },
        removeOrg(subaccount) {
          made.delete(subaccount);
          removed.set(subaccount, true);
        },
        org(guid) {
          const known = made.get(guid);
          if (known || removed.get(guid)) return known;
          const name = orgNames[ctx.world.use('accounts').zone(guid)?.displayName ?? ''];
          return name === undefined ? undefined : { guid: `org-of-${guid}`, name, landscape: 'eu10-004' };
        },
        usersWithRole: () => [],
        landscapes: () => landscapes,
        spaceGuid: () => undefined,
      });
      return { mounts: [], seed: async () => {} };
    },
  };
}

/** A global account with a directory, three subaccounts, one administrator and one robot without any rights. */
export const acmeSeed = {
  ias: {
    tenants: [
      {
        id: 'acme-platform',
        users: [{ userName: ACME.robotLogin, email: ACME.robot, credential: 'ROBOT_PASSWORD' }],
      },
      { id: 'other', users: [] },
      { id: 'third', users: [] },
      { id: 'fourth', users: [] },
    ],
    sapId: { users: [{ id: 'P000001', email: ACME.administrator, credential: 'ADMIN_PASSWORD' }] },
  },
  accounts: {
    globalAccounts: [
      {
        subdomain: ACME.globalAccount,
        directories: [
          { name: 'Delivery', authorizations: true },
          { name: 'Plain', parent: 'Delivery' },
        ],
        subaccounts: [
          {
            name: 'dev',
            subdomain: 'acme-dev',
            region: 'eu10',
            directory: 'Delivery',
            labels: { stage: ['dev'], team: [] },
          },
          { name: 'prod', subdomain: 'acme-prod', region: 'us20', directory: 'Plain' },
          { name: 'tms', subdomain: 'acme-tms', region: 'eu10' },
        ],
      },
    ],
  },
  trust: {
    platform: [{ globalAccount: ACME.globalAccount, host: ACME.host, originKey: ACME.originKey }],
  },
  authz: {
    users: [
      administrates('global-account', 'Global Account Administrator'),
      administrates({ directories: '*' }, 'Directory Administrator'),
      administrates({ subaccounts: '*' }, 'Subaccount Administrator'),
    ],
  },
};

function administrates(where: unknown, roleCollection: string): Readonly<Record<string, unknown>> {
  return {
    globalAccount: ACME.globalAccount,
    in: where,
    userName: ACME.administrator,
    roleCollections: [roleCollection],
  };
}
