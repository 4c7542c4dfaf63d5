import type { Secret } from '../../src/kernel/secret.ts';

/** A service with credentials and the places that hold them, reduced to what a rotation depends on. */
export interface World {
  readonly fetch: (request: Request) => Promise<Response>;
  /** A person makes a secret at the console. */
  issue(user: string, rotation?: string): { readonly id: string; readonly text: string };
  /** A person removes one there, by its text. */
  remove(user: string, text: string): void;
  /** Logs in as a consumer does; counts as its owner's, not as ours. */
  accepts(user: string, secret: Secret): boolean;
  readonly users: ReadonlyMap<string, Account>;
  readonly places: ReadonlyMap<string, Held>;
  /** What was changed, each as one text; a change without effect is none. */
  readonly changes: readonly string[];
  /** Tokens that are out, by user: each with the secret that got it. */
  readonly tokens: ReadonlyMap<string, readonly string[]>;
  /** Logins that failed, by user; in a row for the lock, and all. */
  readonly failures: ReadonlyMap<string, { readonly row: number; readonly all: number }>;
}

interface Account {
  /** With one slot the last; with several all that are valid, by id of the slot. */
  readonly secrets: Map<string, { readonly text: string; readonly rotation?: string }>;
  readonly several: boolean;
  setAt: number;
  version: number;
}

interface Held {
  user: string;
  secret: string;
  version: number;
}

/** So many logins in a row lock a user. */
export const LOCK_AFTER = 5;

/** Secrets of the world are text on its wire, as those of services are. */
export function createWorld(now: () => number, places: readonly string[]): World {
  const users = new Map<string, Account>();
  const held = new Map<string, Held>();
  const changes: string[] = [];
  const failures = new Map<string, { row: number; all: number }>();
  const tokens = new Map<string, readonly string[]>();
  let issued = 0;
  for (const [name, several] of [
    ['single', false],
    ['pair-a', false],
    ['pair-b', false],
    ['slots', true],
    ['guided', true],
  ] as const) {
    const first = { text: `first-${name}`, rotation: 'an earlier one' };
    users.set(name, { secrets: new Map([['first', first]]), several, setAt: 0, version: 1 });
    // Whoever has the secret that leaks is logged in with it.
    tokens.set(name, [`first-${name}`]);
  }
  for (const place of places) {
    const user = place.split('.')[0] ?? '';
    held.set(place, { user, secret: `first-${user}`, version: 1 });
  }

  const valid = (user: string, text: string) =>
    [...(users.get(user)?.secrets.values() ?? [])].some((secret) => secret.text === text);

  function logIn(user: string, text: string): boolean {
    const count = failures.get(user) ?? { row: 0, all: 0 };
    if (count.row >= LOCK_AFTER) return false;
    const right = valid(user, text);
    if (right) tokens.set(user, [...(tokens.get(user) ?? []), text]);
    failures.set(user, right ? { ...count, row: 0 } : { row: count.row + 1, all: count.all + 1 });
    return right;
  }

  function issue(name: string, rotation?: string) {
    const id = `slot-${++issued}`;
    const text = `issued-${issued}`;
    users.get(name)?.secrets.set(id, { text, ...(rotation === undefined ? {} : { rotation }) });
    changes.push(`issue ${name} ${id}`);
    return { id, text };
  }

  async function answer(request: Request): Promise<Response> {
    const [, kind = '', name = '', slot = ''] = new URL(request.url).pathname.split('/');
    const body = request.method === 'GET' ? {} : ((await request.json()) as Record<string, string>);
    const user = users.get(name);
    if (kind === 'users' && user) {
      if (request.method === 'GET') {
        const slots = [...user.secrets].map(([id, { rotation }]) => ({ id, ...(rotation ? { rotation } : {}) }));
        return Response.json({ setAt: user.setAt, version: user.version, failed: failures.get(name)?.row ?? 0, slots });
      }
      if (request.method === 'DELETE') {
        if (user.secrets.delete(slot)) changes.push(`retire ${name} ${slot}`);
        return Response.json({});
      }
      if (user.several) return Response.json(issue(name, body.rotation));
      if (body.match !== String(user.version)) return new Response('', { status: 412 });
      user.version++;
      const text = body.secret ?? '';
      if (user.secrets.get('only')?.text !== text) changes.push(`set ${name} ${text}`);
      user.secrets.clear();
      user.secrets.set('only', { text });
      user.setAt = now();
      failures.set(name, { row: 0, all: failures.get(name)?.all ?? 0 });
      return Response.json({});
    }
    if (kind === 'tokens' && user) {
      if ((tokens.get(name) ?? []).length > 0) changes.push(`revoke ${name} ${tokens.get(name)?.join()}`);
      tokens.set(name, []);
      return Response.json({});
    }
    if (kind === 'login') return Response.json({ right: logIn(name, body.secret ?? '') });
    const place = held.get(name);
    if (kind === 'places' && place) {
      if (request.method === 'GET') return Response.json(place);
      if (body.match !== String(place.version)) return new Response('', { status: 412 });
      const next = { user: body.user ?? '', secret: body.secret ?? '', version: place.version + 1 };
      if (place.user !== next.user || place.secret !== next.secret) changes.push(`deliver ${name} ${next.secret}`);
      held.set(name, next);
      return Response.json({});
    }
    return new Response('', { status: 404 });
  }

  return {
    fetch: answer,
    issue,
    remove(user, text) {
      const secrets = users.get(user)?.secrets ?? new Map();
      for (const [id, secret] of secrets) {
        if (secret.text === text && secrets.delete(id)) changes.push(`retire ${user} ${id}`);
      }
    },
    accepts: (user, secret) => valid(user, secret.reveal()),
    users,
    places: held,
    changes,
    tokens,
    failures,
  };
}
