import type { Step } from '../../scenarios/step.ts';

/** A token of the administrator, as `{admin}`. */
export const asAdmin: Step = {
  method: 'POST',
  path: '/oauth/token',
  basic: 'admin:{admin-secret}',
  form: { grant_type: 'client_credentials' },
  keep: { admin: 'access_token' },
};

/** The administrator makes a client; its secret is `its-secret`. */
export const client = (id: string, properties: Readonly<Record<string, unknown>>): Step => ({
  method: 'POST',
  path: '/oauth/clients',
  bearer: '{admin}',
  json: { client_id: id, client_secret: 'its-secret', ...properties },
});

/** The administrator makes an internal user with the password `its-Password1`; `{as}` is its id. */
export const user = (userName: string, as: string, properties: Readonly<Record<string, unknown>> = {}): Step => ({
  method: 'POST',
  path: '/Users',
  bearer: '{admin}',
  json: {
    userName,
    password: 'its-Password1',
    emails: [{ value: `${userName}@example.com` }],
    name: { givenName: 'Given', familyName: 'Family' },
    ...properties,
  },
  keep: { [as]: 'id' },
});

const HINT = encodeURIComponent('{"origin":"uaa"}');

/** A call of the token endpoint by `cf`, for internal users. */
export const cfToken = (form: Readonly<Record<string, string>>, more: Partial<Step> = {}): Step => ({
  method: 'POST',
  path: `/oauth/token?login_hint=${HINT}`,
  basic: 'cf:',
  form,
  ...more,
});

/** `cf` logs an internal user in; its tokens are `{as}` and `{as-refresh}`. */
export const logIn = (username: string, as: string, more: Readonly<Record<string, string>> = {}): Step =>
  cfToken(
    { grant_type: 'password', username, password: 'its-Password1', ...more },
    { keep: { [as]: 'access_token', [`${as}-refresh`]: 'refresh_token' } },
  );

export const tokenOf = (id: string, form: Readonly<Record<string, string>>, more: Partial<Step> = {}): Step => ({
  method: 'POST',
  path: '/oauth/token',
  basic: `${id}:its-secret`,
  form,
  ...more,
});

export const get = (path: string, more: Partial<Step> = {}): Step => ({
  method: 'GET',
  path,
  bearer: '{admin}',
  ...more,
});
export const post = (path: string, json: unknown, more: Partial<Step> = {}): Step => ({
  method: 'POST',
  path,
  bearer: '{admin}',
  json,
  ...more,
});
export const put = (path: string, json: unknown, more: Partial<Step> = {}): Step => ({
  ...post(path, json, more),
  method: 'PUT',
});
export const patch = (path: string, json: unknown, more: Partial<Step> = {}): Step => ({
  ...post(path, json, more),
  method: 'PATCH',
});
export const del = (path: string, more: Partial<Step> = {}): Step => ({
  method: 'DELETE',
  path,
  bearer: '{admin}',
  ...more,
});
