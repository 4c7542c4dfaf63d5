import type { Secret } from '../../src/kernel/secret.ts';

/** Who asks for a change: a process, whose call may come late (nobody waits for it any more), or somebody else. */
export type By = { readonly process: number; readonly late: boolean } | 'somebody';

/** Something that is not as it was. A call without effect is none. */
export interface Change {
  readonly what: 'set' | 'issue' | 'retire' | 'deliver' | 'revoke' | 'activate';
  /** The user, or the place. */
  readonly of: string;
  readonly detail: string;
  readonly by: By;
}

/** A service with credentials and the places that hold them, reduced to what a rotation depends on. */
export interface World {
  answer(request: Request, by: By): Promise<Response>;
  /** A person makes a secret at the console, removes one by its text, or sets a password. */
  issue(user: string): { readonly id: string; readonly text: string };
  remove(user: string, text: string): void;
  set(user: string, text: string): void;
  /** Somebody's program logs in. */
  logIn(user: string, text: string): boolean;
  /** Whether a secret is one of those that are valid, whatever else keeps its user from logging in. */
  accepts(user: string, secret: Secret): boolean;
  readonly users: ReadonlyMap<string, Account>;
  readonly places: ReadonlyMap<string, Held>;
  readonly changes: readonly Change[];
  /** Tokens that are out, by user: each with the secret that got it. */
  readonly tokens: ReadonlyMap<string, readonly string[]>;
  /** Logins of processes that failed: how many in a row had failed before. */
  readonly failures: readonly { readonly user: string; readonly process: number; readonly before: number }[];
}

interface Account {
  /** With one slot the last; with several all that are valid, by id of the slot. */
  readonly secrets: Map<string, { readonly text: string; readonly rotation?: string }>;
  readonly several: boolean;
  setAt: number;
  version: number;
  active: boolean;
  /** Logins in a row that failed, whoever tried. */
  row: number;
}

interface Held {
  user: string;
  secret: string;
  version: number;
  /** Without its role it fails, whatever it holds. */
  role: boolean;
  /** What it held before, and until when a cache may still use it. */
  readonly cached: { readonly user: string; readonly secret: string; readonly until: number }[];
}

/** So long a place may go on using what it held before; milliseconds. */
export const STALE_MS = 300_000;

export interface WorldOptions {
  readonly now: () => number;
  readonly places: readonly string[];
  readonly minAgeMs: number;
  /** The first so many passwords are refused by policy, whenever they come. */
  readonly picky: number;
}

/** So many logins in a row lock a user. */
const LOCK_AFTER = 5;

/** Secrets of the world are text on its wire, as those of services are. */
export function createWorld({ now, places, minAgeMs, picky }: WorldOptions): World {
  const users = new Map<string, Account>();
  const held = new Map<string, Held>();
  const changes: Change[] = [];
  const failures: { user: string; process: number; before: number }[] = [];
  const tokens = new Map<string, readonly string[]>();
  const refused = new Set<string>();
  let issued = 0;
  for (const [name, several] of [
    ['single', false],
    ['pair-a', false],
    ['pair-b', false],
    ['slots', true],
    ['guided', true],
  ] as const) {
    const first = { text: `first-${name}`, rotation: 'an earlier one' };
    users.set(name, { secrets: new Map([['first', first]]), several, setAt: 0, version: 1, active: true, row: 0 });
    // Whoever has the secret that leaks is logged in with it.
    tokens.set(name, [`first-${name}`]);
  }
  for (const place of places) {
    const user = place.split('.')[0] ?? '';
    held.set(place, { user, secret: `first-${user}`, version: 1, role: true, cached: [] });
  }

  const valid = (user: string, text: string) =>
    [...(users.get(user)?.secrets.values() ?? [])].some((secret) => secret.text === text);

  function logIn(name: string, text: string, by: By): boolean {
    const user = users.get(name);
    if (!user) return false;
    const locked = !user.several && user.row >= LOCK_AFTER;
    const right = user.active && !locked && valid(name, text);
    if (right) tokens.set(name, [...(tokens.get(name) ?? []), text]);
    else if (by !== 'somebody') failures.push({ user: name, process: by.process, before: user.row });
    user.row = right ? 0 : user.row + 1;
    return right;
  }

  function issue(name: string, by: By, rotation?: string) {
    const id = `slot-${++issued}`;
    const text = `issued-${issued}`;
    users.get(name)?.secrets.set(id, { text, ...(rotation === undefined ? {} : { rotation }) });
    changes.push({ what: 'issue', of: name, detail: rotation ?? id, by });
    return { id, text };
  }

  function set(name: string, user: Account, text: string, by: By): void {
    user.version++;
    user.secrets.clear();
    user.secrets.set('only', { text });
    user.setAt = now();
    user.row = 0;
    changes.push({ what: 'set', of: name, detail: text, by });
  }

  function toUser(name: string, user: Account, { method, slot, body }: Asked, by: By): Response {
    if (method === 'GET') {
      const slots = [...user.secrets].map(([id, { rotation }]) => ({ id, ...(rotation ? { rotation } : {}) }));
      const { setAt, version, row: failed } = user;
      return Response.json({ setAt, version, failed, lockAfter: LOCK_AFTER, minAgeMs, slots });
    }
    if (method === 'DELETE') {
      if (user.secrets.delete(slot)) changes.push({ what: 'retire', of: name, detail: slot, by });
      return Response.json({});
    }
    if (user.several) return Response.json(issue(name, by, body.rotation));
    const { secret: text = '' } = body;
    if (body.match !== String(user.version)) return new Response('', { status: 412 });
    if (refused.size < picky) refused.add(text);
    if (refused.has(text)) return new Response('', { status: 400 });
    set(name, user, text, by);
    return Response.json({});
  }

  function toPlace(name: string, place: Held, { method, body }: Asked, by: By): Response {
    if (method === 'GET') return Response.json(place);
    if (body.match !== String(place.version)) return new Response('', { status: 412 });
    const { user = '', secret = '' } = body;
    if (place.user !== user || place.secret !== secret) {
      changes.push({ what: 'deliver', of: name, detail: `${user} ${secret}`, by });
      place.cached.push({ user: place.user, secret: place.secret, until: now() + STALE_MS });
    }
    Object.assign(place, { user, secret, version: place.version + 1 });
    return Response.json({});
  }

  return {
    async answer(request, by) {
      const [, kind = '', name = '', slot = ''] = new URL(request.url).pathname.split('/');
      const { method } = request;
      const body = method === 'GET' ? {} : ((await request.json()) as Asked['body']);
      const asked = { method, slot, body };
      const user = users.get(name);
      const place = held.get(name);
      if (kind === 'users' && user) return toUser(name, user, asked, by);
      if (kind === 'places' && place) return toPlace(name, place, asked, by);
      if (kind === 'login') return Response.json({ right: logIn(name, body.secret ?? '', by) });
      if (kind === 'lock' && user) {
        user.row = 0;
        return Response.json({});
      }
      if (kind === 'active' && user) {
        const active = body.active === 'true';
        if (user.active !== active) changes.push({ what: 'activate', of: name, detail: String(active), by });
        user.active = active;
        return Response.json({});
      }
      if (kind === 'tokens' && user) {
        const out = tokens.get(name) ?? [];
        if (out.length > 0) changes.push({ what: 'revoke', of: name, detail: out.join(), by });
        tokens.set(name, []);
        return Response.json({});
      }
      return new Response('', { status: 404 });
    },
    issue: (user) => issue(user, 'somebody'),
    remove(user, text) {
      const secrets = users.get(user)?.secrets ?? new Map();
      for (const [id, secret] of secrets) if (secret.text === text) secrets.delete(id);
    },
    set(name, text) {
      const user = users.get(name);
      if (user) set(name, user, text, 'somebody');
    },
    logIn: (user, text) => logIn(user, text, 'somebody'),
    accepts: (user, secret) => valid(user, secret.reveal()),
    users,
    places: held,
    changes,
    tokens,
    failures,
  };
}

interface Asked {
  readonly method: string;
  readonly slot: string;
  readonly body: Readonly<Record<string, string>>;
}
