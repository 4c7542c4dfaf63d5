import { type Emulators, startEmulators } from '../../../../emulation/compose.ts';
import { createMemo } from '../../../../kernel/context.ts';
import { createLoginGuard } from '../../../../kernel/doctor/logins.ts';
import type { Inventory } from '../../../../kernel/inventory.ts';
import type { Manifest } from '../../../../kernel/manifest/types.ts';
import { createMemoryCopies } from '../../../../kernel/memory-copies.ts';
import type { SecretVersion, Vault } from '../../../../kernel/ports.ts';
import { Secret } from '../../../../kernel/secret.ts';
import type { SystemContext } from '../../../../kernel/system.ts';
import { destinationEmulator } from '../index.ts';
import { accountsDouble, ZONES, zone } from './accounts.ts';
import { type CloudFoundryDouble, createCloudFoundryDouble } from './cloud-foundry.ts';
import { createTokenServiceDouble, type TokenServiceDouble } from './token-service.ts';
import { createXsuaaDouble, type XsuaaDouble } from './xsuaa.ts';

export const KEY_OF_TMS = 'ACME_TMS_DESTINATION_KEY';
export const KEY_OF_DEV = 'ACME_DEV_DESTINATION_KEY';

export interface Landscape {
  readonly emulators: Emulators;
  readonly cf: CloudFoundryDouble;
  readonly xsuaa: XsuaaDouble;
  readonly tokenService: TokenServiceDouble;
  /** Method and URL of every request, in order. */
  readonly requests: string[];
  /** Handles requests before the emulators do, when set. */
  intercept: ((request: Request, pass: () => Promise<Response>) => Promise<Response>) | undefined;
  /** Calls the Destination service with a token of the service key; a path is one of v1 unless it says otherwise. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  /** What a new engine has. */
  context(manifest: Manifest, vault: Vault): SystemContext;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** @default ACME_TMS_DESTINATION_KEY */
  readonly key?: string;
  /** Subdomain of the subaccount for which the token is fetched. @default the key's own */
  readonly subscriber?: string | undefined;
}

/** The Destination service among doubles of its neighbours. */
export async function startLandscape(
  options: {
    /** Entries of the seed. */
    readonly destinations?: readonly object[];
    readonly switches?: Readonly<Record<string, boolean>>;
    /** Of the key of `tms`. @default binding-secret */
    readonly credentialType?: 'x509';
  } = {},
): Promise<Landscape> {
  const cf = createCloudFoundryDouble();
  const xsuaa = createXsuaaDouble();
  const tokenService = createTokenServiceDouble();
  const emulators = await startEmulators({
    emulators: [accountsDouble, xsuaa.definition, cf.definition, tokenService.definition, destinationEmulator],
    seed: {
      destination: {
        serviceKeys: [
          {
            globalAccount: 'acme',
            subaccount: 'tms',
            credential: KEY_OF_TMS,
            subscribers: ['dev'],
            ...(options.credentialType ? { credentialType: options.credentialType } : {}),
          },
          { globalAccount: 'acme', subaccount: 'dev', credential: KEY_OF_DEV },
        ],
        destinations: options.destinations ?? [],
      },
    },
    ...(options.switches ? { switches: options.switches } : {}),
  });
  const landscape: Landscape = {
    emulators,
    cf,
    xsuaa,
    tokenService,
    requests: [],
    intercept: undefined,
    async call(method, path, { body, headers, key = KEY_OF_TMS, subscriber } = {}) {
      const versioned = /^(v\d|maintenance)\//.test(path) ? path : `v1/${path}`;
      return emulators.fetch(`${serviceKey(emulators, key).uri}/destination-configuration/${versioned}`, {
        method,
        headers: { authorization: `Bearer ${await serviceToken(emulators, key, subscriber)}`, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    context: (manifest, vault) => ({
      ...emulators,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        landscape.requests.push(`${request.method} ${request.url}`);
        const pass = () => emulators.fetch(request, init?.tls ? { tls: init.tls } : {});
        return landscape.intercept ? landscape.intercept(request, pass) : pass();
      },
      manifest,
      vault,
      copies: createMemoryCopies(),
      gates: new Set(),
      memo: createMemo(),
      logins: createLoginGuard(),
      log: () => undefined,
      secret: async (ref) => new Secret(emulators.credentials.get(ref.replace(/^env:/, '')) ?? ''),
    }),
  };
  return landscape;
}

export function serviceKey(emulators: Emulators, name: string): Readonly<Record<string, string>> {
  return JSON.parse(emulators.credentials.get(name) ?? '{}') as Record<string, string>;
}

/** A token as xssec fetches it: credentials in the form. */
export async function serviceToken(emulators: Emulators, name: string, subscriber?: string): Promise<string> {
  const { url = '', identityzone = '', clientid = '', clientsecret = '' } = serviceKey(emulators, name);
  const at = subscriber === undefined ? url : url.replace(identityzone, subscriber);
  const response = await emulators.fetch(`${at}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientid, client_secret: clientsecret }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** The inventory of the doubles' world. */
export function inventoryOf(cf: CloudFoundryDouble): Inventory {
  const orgOf = (name: string) => {
    const org = cf.orgs.find((one) => one.name.startsWith(`acme-${name}`) || one.name.startsWith(`acme ${name}`));
    if (!org) return {};
    const spaces = cf.spaces.filter((space) => space.org === org.guid);
    return {
      org: { guid: org.guid, name: org.name, api: `https://api.cf.${org.landscape}.hana.ondemand.com`, spaces },
    };
  };
  return {
    globalAccount: { guid: zone('dev').globalAccount, subdomain: 'acme', displayName: 'acme' },
    directories: [],
    subaccounts: ZONES.map(({ guid, displayName: name, subdomain, region }) => ({
      guid,
      name,
      subdomain,
      region,
      labels: {},
      ...orgOf(name),
    })),
  };
}

export interface PasswordVault extends Vault {
  set(name: string, text: string): void;
  forget(name: string): void;
}

/** A vault in memory that holds current passwords. */
export function vaultWith(passwords: Readonly<Record<string, string>>): PasswordVault {
  const current = new Map(Object.entries(passwords));
  const version = (name: string): SecretVersion => ({ name, version: 1, state: 'current', createdAt: 0, states: [] });
  return {
    set: (name, text) => void current.set(name, text),
    forget: (name) => void current.delete(name),
    propose: async (name) => version(name),
    promote: async () => undefined,
    retire: async () => undefined,
    retireAll: async (name) => void current.delete(name),
    async open(name, state) {
      const text = state === 'current' ? current.get(name) : undefined;
      return text === undefined ? undefined : { version: version(name), secret: new Secret(text) };
    },
    openVersion: async () => undefined,
    history: async () => [],
    ready: async () => undefined,
    loginEnd: async () => undefined,
    names: async () => [...current.keys()],
  };
}
