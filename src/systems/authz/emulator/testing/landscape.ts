import { z } from 'zod';
import { type Emulators, startEmulators } from '../../../../emulation/compose.ts';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { accountsEmulator } from '../../../accounts/emulator/index.ts';
import { iasEmulator } from '../../../ias/emulator/index.ts';
import { btpCliEmulator } from '../../../protocols/btp-cli/emulator/index.ts';
import { cloudFoundryDouble } from '../../../protocols/btp-cli/emulator/testing/acme.ts';
import { trustEmulator } from '../../../trust/emulator/index.ts';
import { authzEmulator } from '../index.ts';

export const ADMIN = 'admin@acme.example';

/** A user of the company's IAS tenant, which `dev` trusts as `sap.custom`, and a member of `Viewers`. */
export const NORA = { login: 'nora', email: 'nora@acme.example', credential: 'NORA_PASSWORD' } as const;

export const DEV = 'https://acme-dev.authentication.eu10.hana.ondemand.com';
export const API = 'https://api.authentication.eu10.hana.ondemand.com';
export const IAS_HOST = 'people.accounts.ondemand.com';

const seed = {
  accounts: {
    globalAccounts: [
      {
        subdomain: 'acme',
        subaccounts: [
          { name: 'dev', subdomain: 'acme-dev', region: 'eu10' },
          { name: 'test', subdomain: 'acme-test', region: 'eu10' },
        ],
      },
    ],
  },
  ias: {
    tenants: [
      {
        id: 'people',
        users: [
          {
            userName: NORA.login,
            email: NORA.email,
            credential: NORA.credential,
            givenName: 'Nora',
            familyName: 'Clerk',
          },
        ],
        groups: [{ displayName: 'Viewers', members: [NORA.login] }],
      },
      { id: 'platform', users: [] },
    ],
    sapId: { users: [{ id: 'P000001', email: ADMIN, credential: 'ADMIN_PASSWORD' }] },
  },
  trust: { application: [{ globalAccount: 'acme', subaccount: 'dev', host: IAS_HOST }] },
  authz: {
    users: [
      {
        globalAccount: 'acme',
        in: 'global-account',
        userName: ADMIN,
        roleCollections: ['Global Account Administrator'],
      },
      {
        globalAccount: 'acme',
        in: { subaccounts: ['dev'] },
        userName: ADMIN,
        roleCollections: ['Subaccount Administrator'],
      },
    ],
  },
};

/** An application with one role, and a client of it. */
export const APP = {
  appId: 'shop!t17',
  clientId: 'sb-shop!t17',
  clientSecret: 'a-secret',
  redirectUri: 'https://shop.example.com/login/callback',
} as const;

export interface AuthzLandscape extends Emulators {
  readonly dev: Zone;
  readonly account: Zone;
  password(credential: string): string;
  /** POST to the token endpoint of `dev`, as the client of {@link APP} unless it says something else. */
  token(fields: Readonly<Record<string, string>>, init?: TokenOptions): Promise<Response>;
  /** Claims and answer of a password grant. */
  logOn(fields?: Readonly<Record<string, string>>): Promise<Response>;
  /** A call of the REST APIs; with the API credential of `dev` unless a token is given. */
  api(method: string, path: string, body?: unknown, token?: string): Promise<Response>;
  /** Token of a new API credential. */
  apiToken(zone?: Zone, readOnly?: boolean): Promise<string>;
}

export interface TokenOptions {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const accessToken = z.looseObject({ access_token: z.string() });
const credential = z.looseObject({ clientid: z.string(), clientsecret: z.string(), tokenurl: z.string() });

export async function startAuthz(
  options: {
    readonly switches?: Readonly<Record<string, boolean>>;
    readonly more?: readonly EmulatorDefinition[];
    /** Takes the place of Cloud Foundry. */
    readonly cloudFoundry?: EmulatorDefinition;
    readonly ias?: EmulatorDefinition;
  } = {},
): Promise<AuthzLandscape> {
  const emulators = await startEmulators({
    emulators: [
      accountsEmulator,
      options.ias ?? iasEmulator,
      trustEmulator,
      authzEmulator,
      btpCliEmulator,
      options.cloudFoundry ?? cloudFoundryDouble(),
      ...(options.more ?? []),
    ],
    seed,
    ...(options.switches ? { switches: options.switches } : {}),
  });
  const accounts = emulators.world.use('accounts');
  const dev = accounts.subaccountByName('acme', 'dev');
  const account = accounts.globalAccountBySubdomain('acme');
  if (!dev || !account) throw new Error('the seed has no dev');
  const authorization = emulators.world.use('authorization');
  authorization.registerApplication({
    zone: dev.guid,
    appId: APP.appId,
    roleTemplates: [
      { name: 'Viewer', description: 'Looks', scopes: [`${APP.appId}.Display`] },
      { name: 'Editor', description: 'Changes', scopes: [`${APP.appId}.Display`, `${APP.appId}.Edit`] },
    ],
    roleCollections: [
      { name: 'Shop Viewer', description: '', roleTemplates: ['Viewer'] },
      { name: 'Shop Editor', description: '', roleTemplates: ['Editor'] },
    ],
    oauth2: { redirectUris: ['https://shop.example.com/**'] },
  });
  const { clientId, clientSecret, appId } = APP;
  authorization.registerClient({ zone: dev.guid, clientId, clientSecret, scopes: [`${appId}.Job`], appId });

  const password = (name: string) => emulators.credentials.get(name) ?? '';
  const token: AuthzLandscape['token'] = (fields, { url = `${DEV}/oauth/token`, headers = {} } = {}) => {
    const body = new URLSearchParams(fields);
    if (headers.authorization === undefined && !body.has('client_id')) {
      body.set('client_id', clientId);
      body.set('client_secret', clientSecret);
    }
    return emulators.fetch(url, { method: 'POST', headers, body });
  };

  async function command(object: string, action: string, paramValues: object): Promise<unknown> {
    const server = 'https://cli.btp.cloud.sap';
    const login = { customIdp: '', subdomain: 'acme', userName: ADMIN, password: password('ADMIN_PASSWORD') };
    const session = await emulators.fetch(`${server}/login/v2.106.1`, { method: 'POST', body: JSON.stringify(login) });
    const response = await emulators.fetch(`${server}/command/v2.106.1/${object}?${action}`, {
      method: 'POST',
      headers: { 'x-cpcli-sessionid': session.headers.get('x-cpcli-sessionid') ?? '', 'x-cpcli-subdomain': 'acme' },
      body: JSON.stringify({ paramValues }),
    });
    return response.json();
  }

  let made = 0;
  const apiToken: AuthzLandscape['apiToken'] = async (zone = dev, readOnly = false) => {
    made += 1;
    const scope = zone.kind === 'subaccount' ? { subaccount: zone.guid } : { globalAccount: zone.subdomain };
    const params = { ...scope, name: `credential-${made}`, readOnly: String(readOnly) };
    const key = credential.parse(await command('security/api-credential', 'create', params));
    const client = { client_id: key.clientid, client_secret: key.clientsecret };
    const response = await token({ ...client, grant_type: 'client_credentials' }, { url: key.tokenurl });
    return accessToken.parse(await response.json()).access_token;
  };

  let known: Promise<string> | undefined;
  return {
    ...emulators,
    dev,
    account,
    password,
    token,
    logOn: (fields = {}) =>
      token({
        grant_type: 'password',
        username: NORA.login,
        password: password(NORA.credential),
        login_hint: '{"origin":"sap.custom"}',
        ...fields,
      }),
    async api(method, path, body, given) {
      known ??= given === undefined ? apiToken() : undefined;
      const bearer = given ?? (await known);
      return emulators.fetch(`${API}${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
    },
    apiToken,
  };
}

const tokenAnswer = z.looseObject({
  access_token: z.string(),
  refresh_token: z.string().default(''),
  id_token: z.string().default(''),
  jti: z.string().default(''),
  expires_in: z.number(),
});

export async function tokensOf(response: Response): Promise<z.infer<typeof tokenAnswer>> {
  return tokenAnswer.parse(await response.clone().json());
}

/** Claims of the access token in an answer. */
export async function claimsOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const { access_token } = await tokensOf(response);
  return JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
