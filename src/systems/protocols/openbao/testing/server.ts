import type { Context } from '../../../../kernel/context.ts';
import { answer, type BaoCall, done, enveloped, ok, refuse } from './answers.ts';
import { createKv1, createKv2, type Engine } from './kv.ts';
import { createLogins, type Logins } from './logins.ts';
import type { BaoSetup, Policy } from './setup.ts';
import { capabilitiesAt, createTokens, type Token, told } from './tokens.ts';

export const ROOT_TOKEN = 's.root-of-a-double';
export const UNSEAL_KEY = 'unseal-key-of-a-double';

/**
 * A server of OpenBao, as far as Locum works with one. What it answers is held against a real one (test/replay/openbao).
 */
export interface BaoServer {
  readonly fetch: Context['fetch'];
  /** An engine; somebody with rights there may change what is in it. */
  engine(mount: string, namespace?: string): Engine;
  /** Ends a token before its time. */
  revokeAll(): void;
}

interface Namespace {
  readonly engines: ReadonlyMap<string, Engine>;
  readonly policies: Readonly<Record<string, Policy>>;
  readonly logins: Logins;
}

const OPERATIONS: Readonly<Record<string, BaoCall['operation']>> = {
  GET: 'read',
  LIST: 'list',
  POST: 'write',
  PUT: 'write',
  DELETE: 'delete',
};

export function createBaoServer(setup: BaoSetup, now: () => number): BaoServer {
  const tokens = createTokens(ROOT_TOKEN);
  const issued: string[] = [];
  const begun = now();
  let sealed = false;
  const namespaces = new Map<string, Namespace>(
    Object.entries(setup.namespaces).map(([name, { engines, policies = {}, appRoles = {}, jwt }]) => [
      name,
      {
        engines: new Map(
          Object.entries(engines).map(([mount, one]) => [mount, one.version === 1 ? createKv1() : createKv2(one)]),
        ),
        policies,
        logins: createLogins(name, appRoles, jwt, { tokens, begun }),
      },
    ]),
  );

  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = decodeURIComponent(url.pathname.replace(/^\/v1\//, ''));
    const text = await request.text();
    const named = request.headers.get('x-vault-namespace')?.replace(/^\/|\/$/g, '') ?? '';
    if (path === 'sys/unseal') return unseal(JSON.parse(text) as { key?: string });
    if (sealed) return refuse(503, 'Vault is sealed');
    if (Buffer.byteLength(text) > (setup.maxRequestBytes ?? 33_554_432)) {
      return new Response(JSON.stringify({ errors: ['http: request body too large'] }), {
        status: 413,
        headers: { 'content-type': 'application/json' },
      });
    }
    const namespace = namespaces.get(named);
    if (!namespace) return refuse(404, 'namespace not found');
    const listed = request.method === 'GET' && url.searchParams.get('list') === 'true';
    const operation = listed ? 'list' : OPERATIONS[request.method];
    if (operation === undefined) return refuse(405);
    const body = bodyOf(text);
    if (body === undefined) return refuse(400, 'failed to decode JSON input');
    const call: BaoCall = { operation, path, query: url.searchParams, body, now: now() };
    const login = await logIn(namespace, call);
    return login ?? authorized(request, named, namespace, call);
  }

  async function logIn({ logins }: Namespace, call: BaoCall): Promise<Response | undefined> {
    if (call.operation !== 'write' || !call.path.startsWith('auth/')) return undefined;
    const response = await logins.logIn(call.path.slice('auth/'.length), call);
    if (response?.status === 200) {
      issued.push(((await response.clone().json()) as { auth: { client_token: string } }).auth.client_token);
    }
    return response;
  }

  function authorized(request: Request, named: string, namespace: Namespace, call: BaoCall): Response {
    const token = tokens.of(request.headers.get('x-vault-token'), call.now);
    if (!token) return refuse(403, 'permission denied');
    const capabilities = allowedAt(call.path, call.operation === 'list', { token, named, namespace });
    const [mount, engine] = engineOf(namespace, call.path) ?? [];
    const below = call.path.slice((mount?.length ?? 0) + 1);
    const needed =
      call.operation === 'write' ? (engine?.exists(below) === false ? 'create' : 'update') : call.operation;
    if (!capabilities.includes('root') && !capabilities.includes(needed)) {
      return refuse(403, '1 error occurred:\n\t* permission denied\n\n');
    }
    if (engine) return engine.handle({ ...call, path: below });
    return ofSystem(call, { token, named, namespace }) ?? noRoute(call);
  }

  interface Session {
    readonly token: Token;
    readonly named: string;
    readonly namespace: Namespace;
  }

  /** Policies of a token are about its own namespace; what it may do with itself it may from everywhere. */
  function allowedAt(path: string, folder: boolean, { token, named, namespace }: Session): readonly string[] {
    if (path.startsWith('auth/token/')) return capabilitiesAt(path, token.policies, {});
    if (token.namespace !== named && !token.policies.includes('root')) return ['deny'];
    const whole = folder ? folderOf(path) : path;
    return capabilitiesAt(whole, token.policies, namespace.policies);
  }

  function ofSystem(call: BaoCall, session: Session): Response | undefined {
    const { token } = session;
    switch (`${call.operation} ${call.path}`) {
      case 'write sys/seal':
        sealed = true;
        return done();
      case 'write sys/capabilities-self':
        return capabilities(call, session);
      case 'read auth/token/lookup-self':
        return ok(told(token, call.now));
      case 'write auth/token/renew-self':
        return tokens.renew(token, call.now);
      case 'write auth/token/revoke-self':
        tokens.revoke(token.id);
        return done();
    }
    return call.path.startsWith('auth/')
      ? session.namespace.logins.lookUp(call.path.slice('auth/'.length), call)
      : undefined;
  }

  function capabilities({ body }: BaoCall, session: Session): Response {
    const paths = (body.paths as readonly string[] | undefined) ?? [];
    if (paths.length === 0) return refuse(400, 'paths must be supplied');
    const byPath = Object.fromEntries(paths.map((path) => [path, allowedAt(path, false, session)]));
    const [only] = paths;
    const found = { ...byPath, ...(paths.length === 1 && only !== undefined ? { capabilities: byPath[only] } : {}) };
    return answer(200, { ...enveloped({ data: found }), ...found });
  }

  function unseal({ key }: { readonly key?: string }): Response {
    if (key !== UNSEAL_KEY) return refuse(400, 'failed to decrypt encrypted stored keys');
    sealed = false;
    return answer(200, { type: 'shamir', initialized: true, sealed: false, t: 1, n: 1, progress: 0, nonce: '' });
  }

  return {
    fetch: (input, init) => handle(new Request(input, init)),
    engine(mount, namespace = '') {
      const engine = namespaces.get(namespace)?.engines.get(mount);
      if (!engine) throw new Error(`there is no engine at ${mount}`);
      return engine;
    },
    revokeAll() {
      for (const id of issued) tokens.revoke(id);
    },
  };
}

function bodyOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  } catch {
    return undefined;
  }
}

function engineOf({ engines }: Namespace, path: string): readonly [string, Engine] | undefined {
  return [...engines].find(([mount]) => path.startsWith(`${mount}/`));
}

function noRoute({ operation, path }: BaoCall): Response {
  const whole = operation === 'list' ? folderOf(path) : path;
  return refuse(404, `no handler for route "${whole}". route entry not found.`);
}

/** What is listed is a folder, with or without the slash at its end. */
function folderOf(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
