import { channel } from 'node:diagnostics_channel';
import type { Context, Hono } from 'hono';
import { inspectRoutes } from 'hono/dev';
import type { HostMount, Route } from './emulator.ts';

const unanswered = new WeakSet<Response>();

/** Tells tools which route has answered, as {@link RouteTaken}; nobody listens in production. */
export const ROUTE_TAKEN = 'locum.route-taken';
const taken = channel(ROUTE_TAKEN);

export interface RouteTaken extends Route {
  /** Pattern of the host. */
  readonly pattern: string;
  /** Query of the request, with its question mark. */
  readonly query: string;
}

/** A Hono `Env` for apps of emulators: the labels that the host pattern named, as `c.env.tenant` and so on. */
export interface HostEnv {
  readonly Bindings: Readonly<Record<string, string>>;
}

/**
 * Mounts a Hono app on the hosts of a pattern. Routes that the app does not have are left to the next mount.
 * @param serves see {@link HostMount}. @default looks into the list of hosts
 */
export function mount(
  pattern: string,
  hosts: () => readonly string[],
  app: Hono<HostEnv>,
  serves: HostMount['serves'] = (host) => hosts().includes(host),
): HostMount {
  app.notFound(() => {
    const response = new Response(null, { status: 501 });
    unanswered.add(response);
    return response;
  });
  return {
    pattern,
    hosts,
    serves,
    routes: () => routesOf(app),
    async handle(request, params) {
      const response = await app.fetch(request, params);
      if (unanswered.has(response)) return undefined;
      if (taken.hasSubscribers) tell(pattern, app, request);
      return response;
    },
  };
}

/** Routes of an app, each once; what is only on the way to a route is none. */
function routesOf(app: Hono<HostEnv>): readonly Route[] {
  const routes = inspectRoutes(app)
    .filter(({ method, isMiddleware }) => !(method === 'ALL' && isMiddleware))
    .map(({ method, path }): Route => ({ method, path }));
  return [...new Map(routes.map((route) => [`${route.method} ${route.path}`, route])).values()];
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Refuses methods that the paths of an app do not have, after all of its routes: for services whose description names every method,
 * so that another one is no gap of the emulator. Paths that the app does not know are left as they are.
 * @param refuse gets the methods that there are
 */
export function refuseOtherMethods(
  app: Hono<HostEnv>,
  refuse: (c: Context<HostEnv>, methods: readonly string[]) => Response | Promise<Response>,
): void {
  app.use(async (c, next) => {
    const known = new Set(routesOf(app).map(({ method, path }) => `${method} ${path}`));
    const methods = METHODS.filter((method) =>
      matchedBy(app, method, c.req.path).some((route) => known.has(`${route.method} ${route.path}`)),
    );
    return methods.length === 0 ? next() : refuse(c, methods);
  });
}

function matchedBy(app: Hono<HostEnv>, method: string, path: string): readonly Route[] {
  const [matched] = app.router.match(method, path);
  return matched.map(([[, route]]) => route);
}

function tell(pattern: string, app: Hono<HostEnv>, request: Request): void {
  const known = new Set(routesOf(app).map(({ method, path }) => `${method} ${path}`));
  // The first one answers; a later one may be what is left for everything else below a path.
  const route = matchedBy(app, request.method, app.getPath(request)).find(({ method, path }) =>
    known.has(`${method} ${path}`),
  );
  if (!route) return;
  const { method, path } = route;
  taken.publish({ pattern, method, path, query: new URL(request.url).search } satisfies RouteTaken);
}

interface CompiledPattern {
  readonly names: readonly string[];
  readonly expression: RegExp;
}

const compiled = new Map<string, CompiledPattern>();

/** Matches a host against a pattern of {@link HostMount}; gives the named labels. */
export function matchHost(pattern: string, host: string): Readonly<Record<string, string>> | undefined {
  const known = compiled.get(pattern) ?? compile(pattern);
  compiled.set(pattern, known);
  const match = known.expression.exec(host);
  if (!match) return undefined;
  return Object.fromEntries(known.names.map((name, index) => [name, match[index + 1] ?? '']));
}

function compile(pattern: string): CompiledPattern {
  const names: string[] = [];
  const expression = pattern
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll('.', '\\.');
      names.push(name);
      return '([a-z0-9-]+)';
    })
    .join('');
  return { names, expression: new RegExp(`^${expression}$`, 'i') };
}
