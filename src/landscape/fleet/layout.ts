import { ConfigError } from '../../kernel/errors.ts';

export interface FleetSize {
  readonly subaccounts: number;
  readonly technicalUsers: number;
}

/** Subaccounts have ports of their own, and those end. */
const MOST = { subaccounts: 1500, technicalUsers: 20_000 } as const;

/** Reads `500x1000`: subaccounts × technical users. @throws ConfigError */
export function parseFleetSize(text: string): FleetSize {
  const [, subaccounts = 0, technicalUsers = 0] = (/^(\d{1,6})x(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (
    subaccounts >= 4 &&
    subaccounts <= MOST.subaccounts &&
    technicalUsers >= 1 &&
    technicalUsers <= MOST.technicalUsers
  )
    return { subaccounts, technicalUsers };
  throw new ConfigError('ERR_CONFIG', `'${text}' is no size of a fleet`, {
    remedy: `give subaccounts (4 to ${MOST.subaccounts}) × technical users (1 to ${MOST.technicalUsers}), such as 500x1000`,
  });
}

/** Names that the whole fleet shares. */
export const FLEET = {
  /** Subdomain of the global account, name of the manifest. */
  name: 'fleet',
  tenant: 'fleet-platform',
  originKey: 'fleet-platform',
  domain: 'fleet.example',
  admin: 'platform-admin@fleet.example',
  /** The subaccount of Cloud Transport Management. */
  transports: 'transports',
  space: 'app',
} as const;

/** Credentials of the fleet, by what they are. */
export const FLEET_CREDENTIALS = {
  admin: 'FLEET_ADMIN_PASSWORD',
  clientId: 'FLEET_IAS_CLIENT_ID',
  clientSecret: 'FLEET_IAS_CLIENT_SECRET',
  /** One password for all robots: how it was before somebody took care of them. */
  robots: 'FLEET_ROBOT_PASSWORD',
  old: 'FLEET_OLD_PASSWORD',
  people: 'FLEET_PEOPLE_PASSWORD',
  destinations: 'FLEET_DESTINATION_KEY',
  transports: 'FLEET_TRANSPORT_KEY',
} as const;

const STAGES = ['dev', 'test', 'prod'] as const;
type Stage = (typeof STAGES)[number];

export interface StageOf {
  readonly stage: Stage;
  /** Display name and subdomain of the subaccount, and name of its org. */
  readonly subaccount: string;
  readonly landscape: string;
  readonly region: string;
}

/** A product, with a subaccount for each stage that the size leaves room for. */
export interface Product {
  readonly name: string;
  readonly stages: readonly StageOf[];
}

const AREAS = 'billing freight claims harvest ledger orders pricing quality returns sourcing travel yield'.split(' ');
const THINGS = 'core portal hub shop desk match flow forecast'.split(' ');

const LANDSCAPES = [
  { landscape: 'eu10-004', region: 'eu10' },
  { landscape: 'us20', region: 'us20' },
] as const;

export function products({ subaccounts }: FleetSize): readonly Product[] {
  // One subaccount is that of the transports.
  const count = Math.ceil((subaccounts - 1) / STAGES.length);
  return Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / (AREAS.length * THINGS.length));
    const [area, thing] = [AREAS[index % AREAS.length], THINGS[Math.floor(index / AREAS.length) % THINGS.length]];
    const name = `${area}-${thing}${round === 0 ? '' : `-${round + 1}`}`;
    const place = LANDSCAPES[index % LANDSCAPES.length] ?? LANDSCAPES[0];
    const stages = STAGES.slice(0, subaccounts - 1 - index * STAGES.length);
    return { name, stages: stages.map((stage) => ({ stage, subaccount: `${name}-${stage}`, ...place })) };
  });
}

/** What a technical user is for. */
export type Kind = 'deploy' | 'pipeline' | 'monitor' | 'operate';
export const KINDS: readonly Kind[] = ['deploy', 'pipeline', 'monitor', 'operate'];

export interface Robot {
  readonly name: string;
  readonly kind: Kind;
  readonly product: Product;
  /** Counts the robots of the kind. */
  readonly index: number;
}

export function robots(size: FleetSize): readonly Robot[] {
  const all = products(size);
  return Array.from({ length: size.technicalUsers }, (_, nth) => {
    const kind = KINDS[nth % KINDS.length] ?? 'deploy';
    const index = Math.floor(nth / KINDS.length);
    const product = all[index % all.length];
    if (!product) throw new TypeError('a fleet without products');
    const round = Math.floor(index / all.length);
    return { name: `${product.name}-${kind}${round === 0 ? '' : `-${round + 1}`}`, kind, product, index };
  });
}

/** Who may get in, for hints. */
export function accessOf(size: FleetSize) {
  const all = robots(size);
  const robot = all.find(({ kind }) => kind === 'pipeline') ?? all[0];
  return {
    globalAccount: FLEET.name,
    admin: FLEET.admin,
    passwordVariable: FLEET_CREDENTIALS.admin,
    destinationKeyVariable: FLEET_CREDENTIALS.destinations,
    user: robot?.name ?? '',
    target: robot?.product.stages[0]?.subaccount ?? '',
  };
}
