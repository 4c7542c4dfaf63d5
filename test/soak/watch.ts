import { address } from '../../src/kernel/address.ts';
import type { Lease, Store } from '../../src/kernel/ports.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { StoreCall } from '../fixtures/effects.ts';
import type { User } from './scenario.ts';
import type { Change, World } from './world.ts';

/** Looks after every effect, of any process: what has to hold at all times. */
export interface Watch {
  /** A process has the lease now. */
  tookOver(process: number, lease: Lease): void;
  /** Whether nobody has taken over from a process. */
  holds(process: number): boolean;
  /** A record was written. @param held by who had the lease then */
  wrote(call: StoreCall, held: boolean): void;
  /** What may change something is sent. @param asked whether its process has the lease was asked before */
  sends(request: Request, asked: boolean): void;
  changed(changes: readonly Change[]): Promise<void>;
  look(): Promise<void>;
  /** Somebody else has changed what a rotation keeps in order: the next one that ends puts it right. */
  disturb(): void;
  disturbed(): boolean;
  /** What did not hold. */
  readonly broken: readonly string[];
}

export interface WatchInput {
  readonly world: World;
  readonly store: Store;
  readonly user: User;
  /** After a leak the old secret ends before there is another, where there are several. */
  readonly leak: boolean;
  /** The time, where every process knows it: who is wrong by an hour waits for no cache. */
  readonly now?: () => number;
}

export function createWatch({ world, store, user, leak, now }: WatchInput): Watch {
  const broken: string[] = [];
  const fences = new Map<number, number>();
  let highest = 0;
  let writes = 0;
  let disturbed = false;
  const overlap = user === 'slots' || user === 'guided';
  const family = familyOf(world, user);

  const holds = (process: number) => fences.get(process) === highest;

  function say(holds: boolean, what: string): void {
    if (!holds && !broken.includes(what)) broken.push(what);
  }

  /** What does not hold now; found while nothing else moved, or not at all: whoever moved it looks again. */
  async function lookStill(): Promise<readonly string[]> {
    const stamp = () => `${world.changes.length} ${writes}`;
    const before = stamp();
    const found = [...(await secretsAreKept()), ...(await consumersWork()), ...cachesWork()];
    return stamp() === before ? found : [];
  }

  async function secretsAreKept(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const name of family) {
      const versions = await store.vault.history(`soak/${name}`);
      const live = versions.filter(({ state }) => state !== 'retired').map(({ version }) => version);
      const opened = await Promise.all(live.map((version) => store.vault.openVersion(`soak/${name}`, version)));
      const accepted = opened.some((one) => one !== undefined && world.accepts(name, one.secret));
      if (!accepted && !(overlap && leak)) found.push(`at all times a version of ${name} in the vault is accepted`);
    }
    return found;
  }

  async function consumersWork(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [place, held] of world.places) {
      const versions = await store.vault.history(`soak/${held.user}`);
      const opened = await Promise.all(
        versions.map(({ version }) => store.vault.openVersion(`soak/${held.user}`, version)),
      );
      const mine = opened.find((one) => one?.secret.reveal() === held.secret);
      if (!mine) found.push(`${place} holds a secret that the vault knows`);
      if (mine?.version.state === 'retired') found.push(`at no time ${place} holds a retired secret`);
      const cut = mine !== undefined && !world.accepts(held.user, mine.secret);
      if (cut && user !== 'single' && !leak) found.push(`at no time ${place} is cut off`);
    }
    return found;
  }

  /** In place a new secret ends the old one at once, and so does a leak. */
  function cachesWork(): readonly string[] {
    if (!now || user === 'single' || leak) return [];
    return [...world.places].flatMap(([place, { cached }]) =>
      cached.some(({ user: name, secret, until }) => until > now() && !world.accepts(name, new Secret(secret)))
        ? [`at no time what ${place} may still have in its cache is refused`]
        : [],
    );
  }

  return {
    broken,
    disturbed: () => disturbed,
    disturb() {
      disturbed = true;
    },
    tookOver(process, { fence }) {
      say(fence > highest, `a fence counts up: ${fence} after ${highest}`);
      highest = Math.max(highest, fence);
      fences.set(process, fence);
    },
    holds,
    wrote({ port, method }, held) {
      writes++;
      if (method !== 'release') say(held, `who was overtaken writes nothing, and is told so: ${port}.${method}`);
    },
    async look() {
      if (disturbed) return;
      for (const what of await lookStill()) say(false, what);
    },
    sends: ({ method, url }, asked) => say(asked, `the lease is asked for before ${method} ${url}`),
    async changed(changes) {
      for (const { what, of, by } of changes) {
        if (by === 'somebody') continue;
        // What is on its way when another takes over is beyond any lease.
        if (by.late || !holds(by.process)) {
          disturbed = true;
          continue;
        }
        const open = await store.journal.openRuns('soak');
        const intended = open.flatMap(({ pending }) => pending.map((intent) => intent.address));
        say(intended.includes(addressOf(what, of)), `it is journaled before it is sent: ${what} ${of}`);
      }
      if (changes.length > 0) await this.look();
    },
  };
}

export function familyOf({ users }: World, user: User): readonly string[] {
  return [...users.keys()].filter((name) => name.replace(/-[ab]$/, '') === user);
}

const KIND = {
  set: 'password',
  issue: 'password',
  retire: 'password',
  deliver: 'place',
  revoke: 'tokens',
  activate: 'activation',
} as const;

export function addressOf(what: Change['what'], of: string) {
  return address('model', KIND[what], of);
}
