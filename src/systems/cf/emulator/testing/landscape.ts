import { type Emulators, startEmulators } from '../../../../emulation/compose.ts';
import { cfEmulator } from '../index.ts';
import { identityDouble } from './identity-double.ts';

export const API = 'https://api.cf.eu10-004.hana.ondemand.com';
export const UAA = 'https://uaa.cf.eu10-004.hana.ondemand.com';
export const LOGIN = 'https://login.cf.eu10-004.hana.ondemand.com';
export const IAS = 'acme-platform.accounts.ondemand.com';
export const ORIGIN = 'acme-platform';
export const ADMIN = 'platform-admin@acme.example';
export const ROBOT = 'robot@sap-test.de';

export interface TestLandscapeOptions {
  readonly switches?: Readonly<Record<string, boolean>>;
  /** More of the seed's part `cf`; lists are added to those of the test landscape. */
  readonly cf?: Readonly<Record<string, readonly unknown[]>>;
  readonly double?: Readonly<Record<string, readonly unknown[]>>;
  /** Calls per hour and user. */
  readonly rateLimit?: number;
}

/** One landscape with the org of the subaccount `dev`, a human administrator in SAP ID and a robot in an IAS tenant. */
export function startTestLandscape(options: TestLandscapeOptions = {}): Promise<Emulators> {
  const { cf = {}, double = {} } = options;
  return startEmulators({
    emulators: [identityDouble, cfEmulator],
    ...(options.switches ? { switches: options.switches } : {}),
    seed: {
      identityDouble: {
        subaccounts: ['dev', ...(double.subaccounts ?? [])],
        trusts: [{ originKey: ORIGIN, host: IAS }, ...(double.trusts ?? [])],
        users: [
          { host: 'accounts.sap.com', email: ADMIN, password: 'ADMIN_PASSWORD' },
          { host: IAS, email: ROBOT, password: 'ROBOT_PASSWORD' },
          ...(double.users ?? []),
        ],
      },
      cf: {
        landscapes: [
          { name: 'eu10-004', region: 'eu10', rateLimit: options.rateLimit ?? 20_000 },
          ...(cf.landscapes ?? []),
        ],
        orgs: [
          {
            name: 'acme-dev',
            subaccount: 'dev',
            globalAccount: 'acme',
            landscape: 'eu10-004',
            spaces: ['app', 'shared'],
            roles: [{ user: ADMIN, orgRoles: ['organization_manager'], spaceRoles: { app: ['space_manager'] } }],
          },
          ...(cf.orgs ?? []),
        ],
        uaaUsers: [
          { landscape: 'eu10-004', userName: 'root', password: 'ROOT_PASSWORD', groups: ['cloud_controller.admin'] },
          ...(cf.uaaUsers ?? []),
        ],
        uaaClients: cf.uaaClients ?? [],
      },
    },
  });
}

/** A POST to the token endpoint as cf CLI sends it. */
export function postToken(
  emulators: Emulators,
  fields: Readonly<Record<string, string>>,
  options: {
    readonly hint?: string;
    readonly authorization?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Response> {
  const url = new URL(`${LOGIN}/oauth/token`);
  if (options.hint !== undefined) url.searchParams.set('login_hint', options.hint);
  return emulators.fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', authorization: options.authorization ?? 'Basic Y2Y6', ...options.headers },
    body: new URLSearchParams(fields),
  });
}

/** Password of a credential of the landscape. */
export function passwordOf(emulators: Emulators, credential: string): string {
  const password = emulators.credentials.get(credential);
  if (password === undefined) throw new Error(`no credential ${credential}`);
  return password;
}

export interface Session {
  readonly token: string;
  get(path: string): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }>;
  send(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }>;
}

/** Logs in and gives a caller of the CF API. */
export async function logInAt(
  emulators: Emulators,
  who: 'admin' | 'robot' | 'root',
  password?: string,
): Promise<Session> {
  const people = {
    admin: { username: ADMIN, credential: 'ADMIN_PASSWORD', origin: 'sap.ids' },
    robot: { username: ROBOT, credential: 'ROBOT_PASSWORD', origin: ORIGIN },
    root: { username: 'root', credential: 'ROOT_PASSWORD', origin: 'uaa' },
  };
  return sessionOf(emulators, await tokenOf(emulators, people[who], password));
}

/** Logs in with the password of a credential, or another one; gives the access token. */
export async function tokenOf(
  emulators: Emulators,
  { username, credential, origin }: Readonly<Record<'username' | 'credential' | 'origin', string>>,
  password: string = passwordOf(emulators, credential),
): Promise<string> {
  const response = await postToken(
    emulators,
    { grant_type: 'password', username, password },
    { hint: JSON.stringify({ origin }) },
  );
  if (response.status !== 200) throw new Error(`login: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Calls the CF API with a token, or without one. */
export function sessionOf(emulators: Emulators, token: string | undefined): Session {
  const send: Session['send'] = async (method, path, body) => {
    const answer = await emulators.fetch(new URL(path, API), {
      method,
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `bearer ${token}` }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = text !== '' && /json|text\/plain/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
  return { token: token ?? '', send, get: (path) => send('GET', path) };
}
