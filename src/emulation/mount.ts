import type { Hono } from 'hono';
import type { HostMount } from './emulator.ts';

const unanswered = new WeakSet<Response>();

/** A Hono `Env` for apps of emulators: the labels that the host pattern named, as `c.env.tenant` and so on. */
export interface HostEnv {
  readonly Bindings: Readonly<Record<string, string>>;
}

/** Mounts a Hono app on the hosts of a pattern. Routes that the app does not have are left to the next mount. */
export function mount(pattern: string, hosts: () => readonly string[], app: Hono<HostEnv>): HostMount {
  app.notFound(() => {
    const response = new Response(null, { status: 501 });
    unanswered.add(response);
    return response;
  });
  return {
    pattern,
    hosts,
    async handle(request, params) {
      const response = await app.fetch(request, params);
      return unanswered.has(response) ? undefined : response;
    },
  };
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
