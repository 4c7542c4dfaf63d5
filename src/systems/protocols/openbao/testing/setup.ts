import { exportSPKI, generateKeyPair, SignJWT } from 'jose';

/** What a server is given before anybody works with it, by namespace; the root namespace is ''. */
export interface BaoSetup {
  readonly namespaces: Readonly<Record<string, NamespaceSetup>>;
  /** Longest body of a request. @default 32 MiB */
  readonly maxRequestBytes?: number;
}

export interface NamespaceSetup {
  /** Engines of the type kv, by mount. */
  readonly engines: Readonly<Record<string, EngineSetup>>;
  readonly policies?: Readonly<Record<string, Policy>>;
  readonly appRoles?: Readonly<Record<string, AppRoleSetup>>;
  readonly jwt?: JwtSetup;
}

export interface EngineSetup {
  readonly version: 1 | 2;
  readonly casRequired?: boolean;
  readonly maxVersions?: number;
}

/** Capabilities by path, which may end with `*`. */
export type Policy = Readonly<Record<string, readonly string[]>>;

export interface TokenSetup {
  readonly policies: readonly string[];
  /** Seconds. */
  readonly ttl: number;
}

export interface AppRoleSetup extends TokenSetup {
  readonly roleId: string;
  /** By secret ID; `ttl` in seconds. */
  readonly secretIds: Readonly<
    Record<string, { readonly uses?: number; readonly ttl?: number; readonly cidrs?: readonly string[] }>
  >;
}

export interface JwtSetup {
  /** PEM of the key that its tokens are signed with. */
  readonly publicKey: string;
  readonly issuer: string;
  readonly roles: Readonly<Record<string, TokenSetup & { readonly audience: string; readonly subject: string }>>;
}

/** The rights of Locum's vault, as docs/vault.md has them. */
export const PAYLOAD_POLICY: Policy = {
  'secret/data/locum/*': ['create', 'read'],
  'secret/metadata/locum/*': ['list', 'delete'],
};

/** The rights of a place of `deliverTo`, as docs/manifest.md has them. */
export const PLACE_POLICY: Policy = {
  'secret/data/acme/*': ['create', 'read', 'update'],
  'secret/metadata/acme/*': ['delete'],
};

const ISSUER = 'https://ci.acme.example';
const AUDIENCE = 'https://bao.acme.example:8200';
const SUBJECT = 'repo:acme/transports';

/** A server with two namespaces, and what whoever works with it knows by name. */
export async function aSetup(now: number): Promise<{ readonly setup: BaoSetup; readonly names: Map<string, string> }> {
  const [{ publicKey, privateKey }, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const seconds = Math.floor(now / 1000);
  const sign = (more: object = {}, key = privateKey) =>
    new SignJWT({ iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, iat: seconds, exp: seconds + 600, ...more })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(key);
  const engines = { secret: { version: 2 } } as const;
  const policies = { 'locum-vault': PAYLOAD_POLICY, 'locum-place': PLACE_POLICY };
  const locum: AppRoleSetup = {
    roleId: 'role-of-locum',
    policies: ['locum-vault', 'locum-place'],
    ttl: 3600,
    secretIds: { 'app-role-secret': {} },
  };
  const jwt: JwtSetup = {
    publicKey: await exportSPKI(publicKey),
    issuer: ISSUER,
    roles: { pipeline: { policies: ['locum-place'], ttl: 900, audience: AUDIENCE, subject: SUBJECT } },
  };
  return {
    setup: {
      maxRequestBytes: 20_000,
      namespaces: {
        '': {
          engines: {
            ...engines,
            old: { version: 1 },
            strict: { version: 2, casRequired: true },
            short: { version: 2, maxVersions: 2 },
            'group/kv': { version: 2 },
          },
          policies: {
            ...policies,
            lookup: { 'auth/approle/role/+/secret-id/lookup': ['update'] },
            reader: { 'secret/data/acme/*': ['read'] },
            overlapping: {
              'secret/data/*': ['read'],
              'secret/data/acme/secret': ['deny'],
              'secret/metadata/*': ['list'],
            },
          },
          appRoles: {
            locum,
            ending: {
              roleId: 'role-that-ends',
              policies: ['reader'],
              ttl: 2,
              secretIds: {
                'secret-used-once': { uses: 1 },
                'secret-that-ends': { ttl: 2 },
                'secret-of-elsewhere': { cidrs: ['192.0.2.0/24'] },
                'secret-of-here': { cidrs: ['127.0.0.0/8'], uses: 10, ttl: 3600 },
              },
            },
            administrator: {
              roleId: 'role-of-lookups',
              policies: ['lookup'],
              ttl: 3600,
              secretIds: { 'secret-of-lookups': {}, 'secret-for-an-hour': { ttl: 3600 } },
            },
            overlapping: {
              roleId: 'role-of-overlaps',
              policies: ['overlapping'],
              ttl: 3600,
              secretIds: { 'secret-of-overlaps': {} },
            },
          },
          jwt,
        },
        team: { engines, policies, appRoles: { locum: { ...locum, roleId: 'role-of-the-team' } }, jwt },
      },
    },
    names: new Map([
      ['jwt', await sign()],
      ['jwt-expired', await sign({ iat: seconds - 1200, exp: seconds - 600 })],
      ['jwt-elsewhere', await sign({ aud: 'https://other.example' })],
      ['jwt-foreign', await sign({ iss: 'https://nobody.example' })],
      ['jwt-of-another', await sign({ sub: 'repo:acme/other' })],
      ['jwt-forged', await sign({}, other.privateKey)],
    ]),
  };
}
