import type { JsonObject } from '../../kernel/json.ts';
import type { Duty } from './duties.ts';
import { FLEET, KINDS, type Kind, type Robot } from './layout.ts';

/** How an IAS user is seeded; see `ias` of a landscape seed. */
export type SeededUser = JsonObject & {
  readonly customAttributes: Readonly<Record<string, string>>;
};

/** What a mistake changes; each is given what would be right. */
export interface Mistake {
  readonly name: string;
  /** Code of the finding of lint, doctor or plan that tells of it, or the step of a plan that mends it. */
  readonly finds: string;
  /** Robots that can have it. @default every kind */
  readonly kinds?: readonly Kind[];
  /** Another name or address than a robot should have. */
  readonly identity?: (robot: Robot) => { readonly name?: string; readonly email?: string };
  /** The user in IAS; `undefined` = it is not there. */
  readonly user?: (user: SeededUser) => SeededUser | undefined;
  /** Its rights as they are; those in the manifest stay. */
  readonly rights?: (duties: readonly Duty[]) => readonly Duty[];
  /** Origin key under which Cloud Foundry knows the roles. */
  readonly origin?: string;
  /** The destination of its first stage. */
  readonly destination?: (properties: Readonly<Record<string, string>>) => Readonly<Record<string, string>> | undefined;
  /** Whether that destination still holds the password before the last one. */
  readonly oldPassword?: true;
  /** Its entry in the manifest. */
  readonly declared?: (entry: JsonObject) => JsonObject;
}

const past = (entry: JsonObject) => (user: SeededUser) => ({ ...user, past: entry });
const first = (change: (duty: Duty) => Duty) => (duties: readonly Duty[]) =>
  duties.map((duty, index) => (index === 0 ? change(duty) : duty));
const grantFirst =
  (change: (grant: JsonObject) => JsonObject): Mistake['declared'] =>
  (entry) => {
    const [grant, ...others] = entry.grants as readonly JsonObject[];
    return { ...entry, grants: [change(grant ?? {}), ...others] };
  };

/** The mistakes of the fleet, as audits of technical users find them (docs/rules.md, docs/checks.md). */
export const MISTAKES: readonly Mistake[] = [
  {
    name: 'nobody owns it',
    finds: 'update ias/user',
    user: (user) => ({ ...user, customAttributes: { ...user.customAttributes, customAttribute9: 'nobody' } }),
  },
  {
    name: 'it is not ours',
    finds: 'IAS_USER_NOT_OURS',
    user: (user) => ({ ...user, customAttributes: {} }),
  },
  {
    name: 'its last day is over',
    finds: 'IAS_USER_EXPIRED',
    user: (user) => ({ ...user, validTo: '2025-12-31T23:59:59Z' }),
    declared: (entry) => ({ ...entry, expires: '2025-12-31' }),
  },
  {
    name: 'never logged on: its initial password was never changed',
    finds: 'IAS_PASSWORD_INITIAL',
    user: (user) => ({ ...user, password: 'initial', past: { setDaysAgo: 200 } }),
  },
  {
    name: 'locked',
    finds: 'IAS_PASSWORD_LOCKED',
    user: past({ setDaysAgo: 30, usedDaysAgo: 2, failedLogons: 5 }),
  },
  {
    name: 'its password has ended',
    finds: 'IAS_PASSWORD_EXPIRED',
    user: past({ setDaysAgo: 400, usedDaysAgo: 220, policy: 'Enterprise' }),
  },
  {
    name: 'its password ends soon',
    finds: 'IAS_PASSWORD_EXPIRES_SOON',
    user: past({ setDaysAgo: 170, usedDaysAgo: 1, policy: 'Enterprise' }),
  },
  { name: 'inactive', finds: 'IAS_USER_INACTIVE', user: (user) => ({ ...user, status: 'inactive' }) },
  {
    name: 'its address is not verified',
    finds: 'IAS_MAIL_NOT_VERIFIED',
    user: (user) => ({ ...user, mailVerified: false }),
  },
  { name: 'deleted in IAS, its roles still there', finds: 'IAS_USER_MISSING', user: () => undefined },
  {
    name: 'named like a person of the SAP ID service',
    finds: 'IAS_NAME_PERSONAL',
    identity: ({ kind, index }) => ({ name: `S009${KINDS.indexOf(kind)}${String(index).padStart(6, '0')}` }),
  },
  {
    name: 'an address that clients send wrongly',
    finds: 'IAS_NAME_CHARACTERS',
    identity: ({ name }) => ({ email: `${name.replace('-', '+')}@sap-test.de` }),
  },
  {
    name: 'an address that may be of a person',
    finds: 'IAS_MAIL_DOMAIN',
    identity: ({ name }) => ({ email: `${name}@${FLEET.domain}` }),
  },
  {
    name: 'in the range of the inactivity job',
    finds: 'IAS_USER_TYPE_INACTIVITY',
    user: (user) => ({ ...user, userType: 'employee' }),
    declared: (entry) => ({ ...entry, userType: 'employee' }),
  },
  {
    name: 'an administrator of the subaccount',
    finds: 'AUTHZ_BROAD_ROLE_COLLECTION',
    rights: first((duty) => ({ ...duty, roleCollections: ['Subaccount Administrator'] })),
    declared: grantFirst((grant) => ({ ...grant, roleCollections: ['Subaccount Administrator'] })),
  },
  {
    name: 'manages the org',
    finds: 'CF_ROLE_TOO_BROAD',
    rights: first((duty) => ({ ...duty, orgRoles: [...duty.orgRoles, 'organization_manager'] })),
    declared: grantFirst((grant) => ({
      ...grant,
      cf: { ...(grant.cf as object), orgRoles: ['organization_manager'] },
    })),
  },
  {
    name: 'manages the org, and nobody said so',
    finds: 'PLAN_UNDECLARED_RIGHT',
    rights: first((duty) => ({ ...duty, orgRoles: [...duty.orgRoles, 'organization_manager'] })),
  },
  { name: 'its roles are those of another identity provider', finds: 'CF_ORIGIN_DIFFERS', origin: 'sap.ids' },
  {
    name: 'without its role in the space',
    finds: 'CF_ROLE_MISSING',
    rights: first((duty) => ({ ...duty, spaceRoles: [] })),
  },
  { name: 'in no org', finds: 'CF_ROLE_MISSING', rights: (duties) => duties.slice(1) },
  {
    name: 'without its role collection',
    finds: 'AUTHZ_NOT_ASSIGNED',
    kinds: ['pipeline', 'monitor'],
    rights: first((duty) => ({ ...duty, roleCollections: [] })),
  },
  {
    name: 'a client secret that is not empty',
    finds: 'DESTINATION_CLIENT_SECRET',
    kinds: ['deploy'],
    destination: (properties) => ({ ...properties, clientSecret: 'dummy' }),
  },
  {
    name: 'a destination without an origin',
    finds: 'DESTINATION_ORIGIN',
    kinds: ['deploy'],
    destination: ({ origin: _origin, ...properties }) => properties,
  },
  {
    name: 'a token service at the API host',
    finds: 'DESTINATION_TOKEN_URL',
    kinds: ['deploy'],
    destination: (properties) => ({
      ...properties,
      tokenServiceURL: (properties.tokenServiceURL ?? '').replace('//login.', '//api.'),
    }),
  },
  {
    name: 'a deploy service of the wrong region',
    finds: 'DESTINATION_URL',
    kinds: ['deploy'],
    destination: (properties) => ({ ...properties, URL: (properties.URL ?? '').replace(/cf\.[^.]+/, 'cf.eu10') }),
  },
  {
    name: 'an old password in the destination',
    finds: 'DESTINATION_PASSWORD_DIFFERS',
    kinds: ['deploy'],
    oldPassword: true,
  },
  { name: 'no destination', finds: 'DESTINATION_MISSING', kinds: ['deploy'], destination: () => undefined },
  {
    name: "a destination with a person's user",
    finds: 'DESTINATION_USER',
    kinds: ['deploy'],
    destination: (properties) => ({ ...properties, User: 'S0099000001', origin: 'sap.ids' }),
  },
];

/** Every fourth robot of a kind has a mistake; in turn, those that only its kind can have first. */
export function mistakeOf({ kind, index }: Robot): Mistake | undefined {
  if (index % 4 !== 3) return undefined;
  const own = MISTAKES.filter(({ kinds }) => kinds?.includes(kind));
  const general = MISTAKES.filter(({ kinds }) => kinds === undefined);
  // Each kind begins elsewhere, so that a small fleet has every mistake, too.
  const start = Math.floor((general.length / KINDS.length) * KINDS.indexOf(kind));
  const inTurn = [...own, ...general.slice(start), ...general.slice(0, start)];
  return inTurn[Math.floor(index / 4) % inTurn.length];
}
