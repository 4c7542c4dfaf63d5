import { strToU8, zipSync } from 'fflate';
import { type Emulators, startEmulators } from '../../../../emulation/compose.ts';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { emulators as all } from '../../../emulators.ts';
import type { ForwardMode } from '../transport/store.ts';

export const KEY = 'ACME_TMS_SERVICE_KEY';
export const ROBOT = 'robot@sap-test.de';
export const ORIGIN = 'acme-platform';
/** An internal user of UAA, which UAA itself locks after five failures. */
export const INTERNAL = 'internal@acme.example';
export const DEPLOY = 'https://deploy-service.cf.eu10-004.hana.ondemand.com';
export const CTMS = 'https://transport-service-app-backend.ts.cfapps.eu10.hana.ondemand.com';

/** A destination as SAP's docs want it for a user of a custom identity provider. */
export const OAUTH = {
  Type: 'HTTP',
  URL: `${DEPLOY}/slprot/acme-dev/app/slp`,
  ProxyType: 'Internet',
  Authentication: 'OAuth2Password',
  clientId: 'cf',
  User: ROBOT,
  tokenServiceURL: 'https://login.cf.eu10-004.hana.ondemand.com',
  origin: ORIGIN,
} as const;

interface DestinationSeed {
  readonly properties: Readonly<Record<string, string>>;
  /** Credential with the password. @default ROBOT_PASSWORD */
  readonly password?: string;
}

interface NodeSeed {
  readonly name: string;
  readonly forwardMode?: ForwardMode;
  readonly uploadAllowed?: boolean;
  readonly destination?: string;
}

export interface LandscapeOptions {
  /** The destination of node DEV, `deploy`. @default {@link OAUTH} with the right password */
  readonly destination?: DestinationSeed;
  /** @default DEV → TEST → PROD; TEST leads to the org acme-test, PROD is virtual */
  readonly nodes?: readonly NodeSeed[];
  readonly plan?: string;
  readonly switches?: Readonly<Record<string, boolean>>;
  /** Roles of the robot in the space acme-dev/app. @default space_developer */
  readonly roles?: readonly string[];
  /** Groups in UAA, and roles in the space, of the internal user. @default none, and space_developer */
  readonly uaaGroups?: readonly string[];
  readonly internalRoles?: readonly string[];
  /** An emulator in front of the others, or beside them. */
  readonly first?: EmulatorDefinition;
  readonly more?: EmulatorDefinition;
}

/** All emulators, with a robot that may deploy to two orgs. */
export function startLandscape(options: LandscapeOptions = {}): Promise<Emulators> {
  const { properties, password = 'ROBOT_PASSWORD' } = options.destination ?? { properties: OAUTH };
  const place = { globalAccount: 'acme', subaccount: 'tms' };
  const subaccount = (name: string) => ({ name, subdomain: `acme-${name}`, region: 'eu10' });
  const org = (name: string, roles: readonly string[]) => ({
    name: `acme-${name}`,
    subaccount: name,
    globalAccount: 'acme',
    landscape: 'eu10-004',
    spaces: ['app', 'a+b'],
    roles: [
      { user: ROBOT, origin: ORIGIN, spaceRoles: { app: roles, 'a+b': ['space_developer'] } },
      { user: INTERNAL, origin: 'uaa', spaceRoles: { app: options.internalRoles ?? ['space_developer'] } },
    ],
  });
  return startEmulators({
    emulators: [options.first ?? [], all, options.more ?? []].flat(),
    ...(options.switches ? { switches: options.switches } : {}),
    seed: {
      accounts: {
        globalAccounts: [
          {
            subdomain: 'acme',
            displayName: 'acme',
            region: 'eu10',
            subaccounts: ['dev', 'test', 'tms'].map(subaccount),
          },
        ],
      },
      ias: {
        tenants: [
          {
            id: 'acme-platform',
            administrators: [{ name: 'admin', clientId: 'IAS_CLIENT_ID', clientSecret: 'IAS_CLIENT_SECRET' }],
            users: [{ userName: 'robot', email: ROBOT, credential: 'ROBOT_PASSWORD' }],
          },
        ],
        sapId: {},
      },
      trust: { platform: [{ globalAccount: 'acme', host: 'acme-platform.accounts.ondemand.com', originKey: ORIGIN }] },
      authz: {},
      cf: {
        landscapes: [{ name: 'eu10-004', region: 'eu10' }],
        orgs: [org('dev', options.roles ?? ['space_developer']), org('test', ['space_developer'])],
        uaaUsers: [
          { landscape: 'eu10-004', userName: INTERNAL, password: 'INTERNAL_PASSWORD', groups: options.uaaGroups ?? [] },
        ],
      },
      destination: {
        serviceKeys: [],
        destinations: [
          { ...place, passwordCredential: password, properties: { Name: 'deploy', ...properties } },
          {
            ...place,
            passwordCredential: 'ROBOT_PASSWORD',
            properties: { Name: 'deploy-test', ...OAUTH, URL: `${DEPLOY}/slprot/acme-test/app/slp` },
          },
        ],
      },
      ctms: {
        subscriptions: [
          {
            ...place,
            serviceKeyCredential: KEY,
            ...(options.plan === undefined ? {} : { plan: options.plan }),
            nodes: options.nodes ?? [
              { name: 'DEV', destination: 'deploy' },
              { name: 'TEST', destination: 'deploy-test', forwardMode: 'MANUAL' },
              { name: 'PROD' },
            ],
            routes: [
              { from: 'DEV', to: 'TEST' },
              { from: 'TEST', to: 'PROD' },
            ],
          },
        ],
      },
    },
  });
}

/** An archive with one app for each name. */
export function mtar(id = 'com.acme.shop', version = '1.0.0', apps: readonly string[] = ['web', 'srv']): Uint8Array {
  const modules = apps.map((name) => `  - { name: ${name}, type: nodejs, requires: [{ name: db }] }`);
  const descriptor = [
    '_schema-version: "3.3"',
    `ID: ${id}`,
    `version: ${version}`,
    'modules:',
    ...modules,
    'resources:',
    '  - { name: db, type: org.cloudfoundry.managed-service, parameters: { service-name: shop-db } }',
  ].join('\n');
  return zipSync({
    'META-INF/MANIFEST.MF': strToU8('Manifest-Version: 1.0\n'),
    'META-INF/mtad.yaml': strToU8(descriptor),
  });
}

/** A form with one file, as Piper and the MTA plug-in send it. */
export function fileForm(
  name: string,
  bytes: Uint8Array | string,
  fields: Readonly<Record<string, string>> = {},
): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.set(key, value);
  form.set('file', new Blob([typeof bytes === 'string' ? bytes : Buffer.from(bytes)]), name);
  return form;
}

/** A token of a user, as `cf login` gets it. */
export async function userToken(
  landscape: Emulators,
  user: { readonly name: string; readonly password: string; readonly origin: string },
): Promise<string> {
  const hint = encodeURIComponent(JSON.stringify({ origin: user.origin }));
  const url = `https://login.cf.eu10-004.hana.ondemand.com/oauth/token?login_hint=${hint}`;
  const response = await landscape.fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('cf:')}` },
    body: new URLSearchParams({ grant_type: 'password', username: user.name, password: user.password }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

export const robotToken = (landscape: Emulators): Promise<string> =>
  userToken(landscape, { name: ROBOT, password: landscape.credentials.get('ROBOT_PASSWORD') ?? '', origin: ORIGIN });
