import type { Emulators } from '../../../../emulation/compose.ts';
import { ORIGIN, passwordOf, postToken, ROBOT, UAA } from './landscape.ts';

export const hint = (origin: string) => JSON.stringify({ origin });
export const robotLogin = (emulators: Emulators, fields: Record<string, string> = {}) =>
  postToken(
    emulators,
    { grant_type: 'password', username: ROBOT, password: passwordOf(emulators, 'ROBOT_PASSWORD'), ...fields },
    { hint: hint(ORIGIN) },
  );
export const rootLogin = (emulators: Emulators, password?: string) =>
  postToken(
    emulators,
    { grant_type: 'password', username: 'root', password: password ?? passwordOf(emulators, 'ROOT_PASSWORD') },
    { hint: hint('uaa') },
  );

export interface TokenBody {
  access_token: string;
  id_token: string;
  refresh_token: string;
  expires_in: number;
  scope: string;
  jti: string;
}
export const tokenOf = async (response: Response) => {
  if (response.status !== 200) throw new Error(`no token: ${response.status} ${await response.text()}`);
  return (await response.json()) as TokenBody;
};
export const errorOf = async (response: Response) => [response.status, await response.json()];
export const unauthorized = (text: string) => [401, { error: 'unauthorized', error_description: text }];
export const invalidClient = (text: string) => [401, { error: 'invalid_client', error_description: text }];

/** UAA clients that tests work with; their secrets are the credentials `<ID>`. */
export const adminClient = {
  landscape: 'eu10-004',
  id: 'admin',
  secret: 'ADMIN',
  grantTypes: ['client_credentials'],
  authorities: [
    'uaa.admin',
    'uaa.resource',
    'scim.read',
    'scim.write',
    'scim.create',
    'scim.userids',
    'clients.admin',
    'clients.read',
    'clients.write',
    'clients.secret',
    'tokens.revoke',
    'tokens.list',
    'password.write',
  ],
};

/** An application with a secret, for all that users do in a browser. */
export const webClient = {
  landscape: 'eu10-004',
  id: 'web',
  secret: 'WEB',
  grantTypes: ['authorization_code', 'implicit', 'password', 'refresh_token', 'user_token'],
  scopes: ['openid', 'cloud_controller.read', 'uaa.user', 'scim.read', 'profile'],
  authorities: ['uaa.none'],
  redirectUris: ['https://web.example/callback'],
  autoApprove: ['true'],
};

/** `Basic` of a client by the landscape's credential. */
export const basicOf = (emulators: Emulators, { id, secret }: { readonly id: string; readonly secret: string }) =>
  `Basic ${btoa(`${id}:${passwordOf(emulators, secret)}`)}`;

/** A caller of UAA's own resources with a client's token. */
export async function callerOf(emulators: Emulators, client: { readonly id: string; readonly secret: string }) {
  const authorization = basicOf(emulators, client);
  const body = await tokenOf(await postToken(emulators, { grant_type: 'client_credentials' }, { authorization }));
  return bearerCaller(emulators, body.access_token);
}

export interface UaaAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export function bearerCaller(emulators: Emulators, token: string) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<UaaAnswer> => {
    const response = await emulators.fetch(`${UAA}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  };
}
