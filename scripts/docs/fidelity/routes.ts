import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { SmartRouter } from 'hono/router/smart-router';
import { effortOf } from '../../../src/emulation/effort.ts';
import type { Route } from '../../../src/emulation/emulator.ts';
import { createState } from '../../../src/emulation/state.ts';
import { createWorld } from '../../../src/emulation/world.ts';
import { emulators } from '../../../src/systems/emulators.ts';

/** A line of a file of this repository, from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface EmulatedRoute extends Route {
  /** Id of the emulator. */
  readonly emulator: string;
  /** Pattern of the host. */
  readonly pattern: string;
  /** Where it is registered: the call itself, then who called that. */
  readonly places: readonly Place[];
  /** Text of the handler, as far as that is the emulator's own. */
  readonly handler: string;
}

interface Registration extends Route {
  readonly router: unknown;
  readonly handler: Handler;
}

type Handler = (...args: never) => unknown;

const root = path.resolve(import.meta.dirname, '../../..');

/** Every route of every emulator, in the order of the emulators and their hosts. */
export function emulatedRoutes(): readonly EmulatedRoute[] {
  const world = createWorld();
  const state = createState();
  return emulators.flatMap((definition): EmulatedRoute[] => {
    const {
      made: emulator,
      registrations,
      placesOf,
    } = watchingRoutes(() =>
      definition.create({
        state,
        world,
        now: () => 0,
        id: () => randomUUID(),
        random: (bytes) => randomBytes(bytes),
        sleep: async () => undefined,
        fetch: () => Promise.reject(new TypeError('nothing is asked here')),
        credentials: { password: () => '', keep: () => undefined },
        switched: (_name, fallback) => fallback,
        aside: (work) => work(),
        effort: effortOf('least'),
      }),
    );
    return emulator.mounts.flatMap((mount) => {
      const routes = mount.routes();
      const router = routerOf(routes, registrations);
      return routes.map((route): EmulatedRoute => {
        const found = registrations.find(
          (one) => one.router === router && one.method === route.method && one.path === withoutQuery(route.path),
        );
        const places = found ? placesOf(found.handler) : [];
        const handler = found ? found.handler.toString() : '';
        return { ...route, emulator: definition.id, pattern: mount.pattern, places, handler };
      });
    });
  });
}

/** Notes where routes are registered while something is made; Hono tells nobody. */
function watchingRoutes<T>(make: () => T) {
  const registrations: Registration[] = [];
  const places = new Map<Handler, readonly Place[]>();
  const add = SmartRouter.prototype.add;
  SmartRouter.prototype.add = function (method, path, entry) {
    const handler = innermost((entry as unknown as readonly [Handler])[0]);
    registrations.push({ router: this, method, path, handler });
    // An app that is put into another one registers the handler again; what counts is where it was written down.
    if (!places.has(handler)) places.set(handler, placesOnStack());
    add.call(this, method, path, entry);
  };
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  try {
    return { made: make(), registrations, placesOf: (handler: Handler) => places.get(handler) ?? [] };
  } finally {
    Error.stackTraceLimit = limit;
    SmartRouter.prototype.add = add;
  }
}

/** The handler itself, out of what an app with an error handler of its own puts around it. */
function innermost(handler: Handler): Handler {
  const inner: unknown = Reflect.get(handler, '__COMPOSED_HANDLER');
  return typeof inner === 'function' ? innermost(inner as Handler) : handler;
}

function placesOnStack(): readonly Place[] {
  const frames = (new Error().stack ?? '').matchAll(/file:\/\/([^\s():]+):(\d+):\d+/g);
  return [...frames]
    .map(([, file = '', line = '']) => ({ file: path.relative(root, decodeURIComponent(file)), line: Number(line) }))
    .filter(({ file }) => file.startsWith('src/systems/'));
}

/** The router behind a mount: the smallest that has all of its routes. */
function routerOf(routes: readonly Route[], registrations: readonly Registration[]): unknown {
  const known = new Map<unknown, Set<string>>();
  for (const { router, method, path } of registrations) {
    known.set(router, (known.get(router) ?? new Set()).add(`${method} ${path}`));
  }
  const wanted = routes.map(({ method, path }) => `${method} ${withoutQuery(path)}`);
  return [...known]
    .filter(([, own]) => wanted.every((route) => own.has(route)))
    .sort(([, a], [, b]) => a.size - b.size)[0]?.[0];
}

/** Without the action of a command; a `?` can also belong to the pattern of a parameter. */
function withoutQuery(route: string): string {
  return route.replace(/\?[\w-]+$/, '');
}
