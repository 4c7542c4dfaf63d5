import type { Emulators } from '../../../src/emulation/compose.ts';
import type { Collection } from '../../../src/emulation/state.ts';
import type { Row } from '../../../src/systems/cf/emulator/cloud-controller/rows/row.ts';
import { openCloudControllerStore } from '../../../src/systems/cf/emulator/cloud-controller/store.ts';
import { blankUser } from '../../../src/systems/cf/emulator/uaa/login/shadow-users.ts';
import { openUaaStore } from '../../../src/systems/cf/emulator/uaa/store.ts';

/** Name of the landscape on which recordings are replayed. */
export const REPLAY = 'eu10-004';

/** What the Cloud Controller keeps in the end: `organizations` in its `orgs`. */
export type Kind = keyof ReturnType<typeof collectionsOf>;

function collectionsOf(store: ReturnType<typeof openCloudControllerStore>) {
  return {
    organizations: store.orgs,
    spaces: store.spaces,
    roles: store.roles,
    organization_quotas: store.orgQuotas,
    space_quotas: store.spaceQuotas,
    domains: store.domains,
    routes: store.routes,
    apps: store.apps,
    processes: store.processes,
    packages: store.packages,
    builds: store.builds,
    droplets: store.droplets,
    service_brokers: store.brokers,
    service_offerings: store.offerings,
    service_plans: store.plans,
    service_instances: store.instances,
    service_credential_bindings: store.bindings,
    service_route_bindings: store.routeBindings,
    isolation_segments: store.isolationSegments,
    security_groups: store.securityGroups,
    stacks: store.stacks,
    buildpacks: store.buildpacks,
    audit_events: store.events,
    jobs: store.jobs,
  };
}

/** The emulated landscape that a cassette is played on, as planting sees it. */
export interface ReplayWorld {
  readonly emulators: Emulators;
  readonly store: ReturnType<typeof openCloudControllerStore>;
  readonly uaa: ReturnType<typeof openUaaStore>;
  readonly collections: ReturnType<typeof collectionsOf>;
  /** What calls of the cassette have made or changed: it is not planted over. */
  readonly touched: Set<string>;
  /** A row that is only known by its GUID. */
  blank(guid: string): Row;
  /** A user of UAA. */
  uaaUser(guid: string, name: string, origin: string): void;
  ccUser(guid: string): void;
}

/** Opens the stores of a landscape and takes away what its seed has planted, except the stacks and buildpacks that apps need. */
export function openWorld(emulators: Emulators): ReplayWorld {
  const store = openCloudControllerStore(emulators.state);
  const uaa = openUaaStore(emulators.state);
  const collections = collectionsOf(store);
  for (const [kind, collection] of Object.entries(collections) as [Kind, Collection<unknown>][]) {
    if (kind === 'stacks' || kind === 'buildpacks') continue;
    for (const key of [...collection.keys()]) collection.delete(key);
  }
  return {
    emulators,
    store,
    uaa,
    collections,
    touched: new Set(),
    blank: (guid) => ({ guid, landscape: REPLAY, createdAt: emulators.now(), updatedAt: emulators.now() }),
    uaaUser(guid, name, origin) {
      if (uaa.user(REPLAY, guid)) return;
      uaa.save({ ...blankUser(emulators, REPLAY, origin), id: guid, userName: name, email: name, verified: true });
    },
    ccUser(guid) {
      store.ensureUser(REPLAY, guid, emulators.now());
    },
  };
}
