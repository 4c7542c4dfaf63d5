import type { Emulators } from '../../../../emulation/compose.ts';
import { type Context, createMemo } from '../../../../kernel/context.ts';
import { createLoginGuard } from '../../../../kernel/doctor/logins.ts';
import type { Inventory } from '../../../../kernel/inventory.ts';
import type { Manifest, TechnicalUser } from '../../../../kernel/manifest/types.ts';
import { createMemoryCopies } from '../../../../kernel/memory-copies.ts';
import { Secret } from '../../../../kernel/secret.ts';
import type { SystemContext } from '../../../../kernel/system.ts';
import { createMemoryVault } from '../../../../kernel/vault/memory.ts';
import { ADMIN, API, IAS, ORIGIN, passwordOf, ROBOT } from './landscape.ts';

/** A technical user with `cf` grants, as the grammar gives them. */
export function technicalUser(grants: readonly unknown[], more: Partial<TechnicalUser> = {}): TechnicalUser {
  return {
    name: 'robot',
    kind: 'ias-user',
    identityProvider: 'acme-platform',
    email: ROBOT,
    owner: 'team',
    purpose: 'test',
    grants: grants as TechnicalUser['grants'],
    ...more,
  };
}

/** A grant of Cloud Foundry roles in the subaccount `dev`. */
export function devGrant(spaces: readonly { names: string[]; roles: string[] }[], orgRoles: readonly string[] = []) {
  return { subaccounts: { names: ['dev'] }, cf: { orgRoles, spaces } };
}

export function manifestOf(users: readonly TechnicalUser[], connections?: Manifest['connections']): Manifest {
  return {
    name: 'test',
    globalAccount: 'acme',
    identityProviders: [{ name: 'acme-platform', host: IAS, originKey: ORIGIN, trust: 'expect' }],
    connections: connections ?? { cf: { user: ADMIN, password: 'env:ADMIN_PASSWORD', origin: 'sap.ids' } },
    technicalUsers: users,
    credentials: [],
    folder: '.',
    locate: () => ({ file: 'locum.yaml', line: 1, column: 1 }),
  };
}

/** The inventory as the accounts slice leaves it: orgs without spaces. */
export function inventoryOf(emulators: Emulators, names: readonly string[] = ['dev']): Inventory {
  const zones = emulators.world.use('accounts').zones();
  return {
    globalAccount: { guid: 'ga', subdomain: 'acme', displayName: 'acme' },
    directories: [],
    subaccounts: names.flatMap((name) => {
      const zone = zones.find((known) => known.displayName === name);
      if (!zone) return [];
      const org = emulators.world.use('cloudFoundry').org(zone.guid);
      const base = { guid: zone.guid, name, subdomain: zone.subdomain, region: zone.region, labels: {} };
      return [org ? { ...base, org: { guid: org.guid, name: org.name, api: apiOf(org.landscape), spaces: [] } } : base];
    }),
  };
}

function apiOf(landscape: string): string {
  return API.replace('eu10-004', landscape);
}

/** A kernel's context on emulated services; the vault holds the robot's password. */
export async function systemContext(
  emulators: Emulators,
  manifest: Manifest,
  options: { readonly fetch?: Context['fetch']; readonly password?: string } = {},
): Promise<SystemContext> {
  const vault = createMemoryVault();
  const robot = new Secret(options.password ?? passwordOf(emulators, 'ROBOT_PASSWORD'));
  for (const user of manifest.technicalUsers) {
    const name = `${manifest.name}/${user.name}`;
    const { version } = await vault.propose(name, robot, emulators.now());
    await vault.promote(name, version, emulators.now());
  }
  return {
    ...emulators,
    fetch: options.fetch ?? emulators.fetch,
    manifest,
    vault,
    copies: createMemoryCopies(),
    gates: new Set(),
    memo: createMemo(),
    logins: createLoginGuard(),
    secret: async (ref) => new Secret(passwordOf(emulators, ref.replace('env:', ''))),
    log: () => undefined,
  };
}

/** Counts requests by method and path, without GUIDs and queries. */
export function countingFetch(emulators: Emulators): { readonly fetch: Context['fetch']; readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    fetch: (input, init) => {
      const request = new Request(input, init);
      const { host, pathname } = new URL(request.url);
      calls.push(`${request.method} ${host.split('.')[0]} ${pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':guid')}`);
      return emulators.fetch(request);
    },
  };
}
