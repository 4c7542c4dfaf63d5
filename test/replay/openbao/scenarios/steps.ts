import type { Step } from '../../scenarios/step.ts';

type More = Partial<Step>;

/** Whose token a call has, `{root}` for the one of the root; nothing: none. */
const by = (token: string, headers: Step['headers'] = {}): Pick<Step, 'headers'> => ({
  headers: { ...(token === '' ? {} : { 'x-vault-token': token }), ...headers },
});

/** @param path behind `/v1/` */
export const get = (path: string, token = '{root}', more: More = {}): Step => ({
  method: 'GET',
  path: `/v1/${path}`,
  ...by(token),
  ...more,
});
export const post = (path: string, json: unknown, token = '{root}', more: More = {}): Step => ({
  ...get(path, token),
  method: 'POST',
  json,
  ...more,
});
export const del = (path: string, token = '{root}', more: More = {}): Step => ({
  ...get(path, token),
  method: 'DELETE',
  ...more,
});

/** Writes a version; `cas` is the version that must be the newest. */
export const write = (path: string, data: unknown, cas?: number, token = '{root}'): Step =>
  post(path, { ...(cas === undefined ? {} : { options: { cas } }), data }, token);

export const appRole = (roleId: string, secretId: string, more: More = {}): Step =>
  post('auth/approle/login', { role_id: roleId, secret_id: secretId }, '', more);
export const jwt = (role: string, token: string, more: More = {}): Step =>
  post('auth/jwt/login', { role, jwt: token }, '', more);

/** The login of Locum; its token is `{as}`. */
export const locum = (as = 'token'): Step =>
  appRole('role-of-locum', 'app-role-secret', { keep: { [as]: 'auth.client_token' } });

export const capabilities = (token: string, ...paths: readonly string[]): Step =>
  post('sys/capabilities-self', { paths }, token);

/** The same call in a namespace. */
export const within = (namespace: string, step: Step): Step => ({
  ...step,
  headers: { ...step.headers, 'x-vault-namespace': namespace },
});
