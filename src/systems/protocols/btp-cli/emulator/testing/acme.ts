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

/** Orgs of subaccounts, by GUID; all the accounts emulator wants from Cloud Foundry. */
export function cloudFoundryDouble(
  orgNames: Readonly<Record<string, string>> = { dev: 'acme-dev' },
): EmulatorDefinition {
  return {
    id: 'cloud-foundry-double',
    create(ctx) {
      ctx.world.provide('cloudFoundry', {
        org(guid) {
          const name = orgNames[ctx.world.use('accounts').zone(guid)?.displayName ?? ''];
          return name === undefined ? undefined : { guid: `org-of-${guid}`, name, landscape: 'eu10-004' };
        },
        usersWithRole: () => [],
        landscapes: () => [],
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
