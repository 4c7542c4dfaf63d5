import { parse } from 'node-html-parser';
import type { EmulatorsOptions } from '../../../../emulation/compose.ts';
import { type Peer, tellPeer } from '../../../../emulation/peer.ts';
import { MESSAGE_CODE_HEADER } from '../../wire.ts';
import { HOST, startTenant } from '../tenant.fixture.ts';

export const ISSUER = `https://${HOST}`;
export const CALLBACK = 'https://app.acme.example/callback';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A client as a test calls for it. */
export interface TestClient {
  readonly id: string;
  readonly secret: string;
}

export interface ProviderOptions extends Pick<Partial<EmulatorsOptions>, 'switches' | 'emulators'> {
  /** Added to the application `App`. */
  readonly app?: object;
  /** Further applications; credentials `<NAME>_ID` and `<NAME>_SECRET` are theirs. */
  readonly applications?: readonly { readonly name: string; readonly [key: string]: unknown }[];
  /** Added to the user `jdoe`. */
  readonly user?: object;
  /** Added to the tenant. */
  readonly tenant?: object;
  /** Further tenants. */
  readonly tenants?: readonly object[];
}

interface Call {
  readonly client?: TestClient | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly peer?: Peer;
  readonly host?: string;
}

/** A tenant with an application and a user who has a password, as programs and browsers see it. */
export async function startProvider(options: ProviderOptions = {}) {
  const { app: more = {}, applications = [], user = {}, tenant = {}, tenants = [], switches, emulators } = options;
  const credentials = (name: string) => {
    const prefix = name.toUpperCase().replaceAll(/\W/g, '_');
    return { clientId: `${prefix}_ID`, clientSecret: `${prefix}_SECRET` };
  };
  const seeded = [{ name: 'App', redirectUris: [CALLBACK], ...more }, ...applications];
  const started = await startTenant({
    tenant: {
      users: [
        {
          userName: 'jdoe',
          email: 'Joe.Doe@acme.example',
          givenName: 'Joe',
          familyName: 'Doe',
          credential: 'JDOE',
          ...user,
        },
        { userName: 'rosa', email: 'rosa@acme.example', credential: 'ROSA', userType: 'partner' },
      ],
      applications: seeded.map((one) => ({ ...credentials(one.name), ...one })),
      ...tenant,
    },
    ...(tenants.length > 0 ? { tenants } : {}),
    ...(switches ? { switches } : {}),
    ...(emulators ? { emulators } : {}),
  });
  const { credential } = started;
  const client = (name = 'App'): TestClient => {
    const { clientId, clientSecret } = credentials(name);
    return { id: credential(clientId), secret: credential(clientSecret) };
  };

  /** A request as it arrives behind the landscape's fronts. */
  async function send(path: string, init: RequestInit = {}, peer?: Peer, host = HOST): Promise<Response> {
    const request = new Request(`https://${host}${path}`, { redirect: 'manual', ...init });
    tellPeer(request, peer);
    return started.fetch(request);
  }

  async function post(path: string, fields: Readonly<Record<string, string>>, call: Call = {}) {
    const authorization = call.client ? { authorization: started.basic(call.client.id, call.client.secret) } : {};
    const headers = { ...authorization, ...call.headers };
    const response = await send(
      path,
      { method: 'POST', headers, body: new URLSearchParams(fields) },
      call.peer,
      call.host,
    );
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      code: response.headers.get(MESSAGE_CODE_HEADER),
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, string>,
    };
  }

  const grant = (fields: Readonly<Record<string, string>>, call: Call = {}) =>
    post('/oauth2/token', fields, { ...call, client: 'client' in call ? call.client : client() });

  return {
    ...started,
    client,
    send,
    post,
    /** A call of the token endpoint, as `App` unless another client is given. */
    grant,
    /** The password grant of `jdoe`. */
    password: (fields: Readonly<Record<string, string>> = {}, call: Call = {}) =>
      grant({ grant_type: 'password', username: 'jdoe', password: credential('JDOE'), ...fields }, call),
    introspect: async (token: string) => (await post('/oauth2/introspect', { token }, { client: client() })).body,
    browser: (peer?: Peer) => openBrowser(send, peer),
    /** Path of an authorization request of `App`. */
    authorizePath: (fields: Readonly<Record<string, string>> = {}) =>
      `/oauth2/authorize?${new URLSearchParams({
        client_id: client().id,
        redirect_uri: CALLBACK,
        response_type: 'code',
        scope: 'openid',
        ...fields,
      })}`,
  };
}

type Send = (path: string, init?: RequestInit, peer?: Peer, host?: string) => Promise<Response>;

export type Provider = Awaited<ReturnType<typeof startProvider>>;

/** Where a browser ended: at a page of an emulated host, or on its way to somebody else. */
export interface Stop {
  readonly status: number;
  readonly url: URL;
  readonly title: string;
  readonly text: string;
  /** Values of the page's first form. */
  readonly form: Readonly<Record<string, string>>;
  readonly action: string;
}

/** A person's browser without JavaScript, which does not follow redirects to other people's applications. */
function openBrowser(send: Send, peer: Peer | undefined) {
  const jars = new Map<string, Map<string, string>>();

  async function visit(at: URL, fields?: Readonly<Record<string, string>>): Promise<Stop> {
    const jar = jars.get(at.host) ?? new Map<string, string>();
    jars.set(at.host, jar);
    const init = fields ? { method: 'POST', body: new URLSearchParams({ ...fields }) } : {};
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const response = await send(at.pathname + at.search, { ...init, headers: { cookie } }, peer, at.host);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, at);
      if (next.host.endsWith('.accounts.ondemand.com')) return visit(next);
      return { status: response.status, url: next, title: '', text: '', form: {}, action: '' };
    }
    const page = parse(await response.text());
    const form = page.querySelector('form');
    const inputs = form?.querySelectorAll('input') ?? [];
    return {
      status: response.status,
      url: at,
      title: page.querySelector('h1')?.text ?? '',
      text: page.text,
      form: Object.fromEntries(
        inputs.map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
      ),
      action: form?.getAttribute('action') ?? '',
    };
  }

  const open = (path: string, host = HOST) => visit(new URL(path, `https://${host}`));
  const submit = (page: Stop, fields: Readonly<Record<string, string>>) =>
    visit(new URL(page.action, page.url), { ...page.form, ...fields });
  return {
    open,
    submit,
    cookies: () => jars.get(HOST) ?? new Map<string, string>(),
    async signIn(path: string, name: string, password: string) {
      return submit(await open(path), { j_username: name, j_password: password });
    },
  };
}
