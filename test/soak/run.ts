import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createEngine } from '../../src/engine/engine.ts';
import type { RotationReport } from '../../src/engine/rotation-report.ts';
import type { Context } from '../../src/kernel/context.ts';
import type { Store } from '../../src/kernel/ports.ts';
import type { Person } from '../../src/kernel/rotate/person.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { storeOfEffects } from '../fixtures/effects.ts';
import { modelSystem } from './system.ts';
import { createWorld, type World } from './world.ts';

/** What goes wrong at an effect: a call that changes something, or a durable record. */
export type Fault =
  /** The process dies, before or after the effect. */
  | 'crash before'
  | 'crash after'
  /** The effect takes place, its reply is lost. */
  | 'drop'
  /** A proxy sends it twice. */
  | 'duplicate'
  | 'refuse 429'
  /** 503: without, or after, the effect. */
  | 'break before'
  | 'break after'
  /** The process is stopped; another takes over and ends; then it goes on. */
  | 'pause';

export const FAULTS: readonly Fault[] = [
  'crash before',
  'crash after',
  'drop',
  'duplicate',
  'refuse 429',
  'break before',
  'break after',
  'pause',
];

/** One session of a rotator, with what goes wrong in it. */
export interface Session {
  /** At which effect, counted from 1. */
  readonly at: number;
  readonly fault: Fault;
}

export const MOODS = ['there', 'away', 'mistaken'] as const;
export type Mood = (typeof MOODS)[number];

export interface Scenario {
  readonly user: 'single' | 'pair' | 'slots' | 'guided';
  readonly places: number;
  readonly compromised: boolean;
  /** What the person does in each session, where one is asked: it may be away, or bring something else. */
  readonly person: readonly Mood[];
  readonly sessions: readonly Session[];
}

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  user: fc.constantFrom('single', 'pair', 'slots', 'guided'),
  places: fc.integer({ min: 0, max: 4 }),
  compromised: fc.boolean(),
  person: fc.array(fc.constantFrom(...MOODS), { maxLength: 4 }),
  sessions: fc.array(fc.record({ at: fc.integer({ min: 1, max: 90 }), fault: fc.constantFrom(...FAULTS) }), {
    maxLength: 4,
  }),
});

class Crash extends Error {}

/** Plays a scenario. @throws when an invariant is broken */
export async function play({ user, places, compromised, person, sessions }: Scenario): Promise<void> {
  const clock = { now: 1_000_000 };
  const names = Array.from({ length: places }, (_, index) => `${user === 'pair' ? 'pair-a' : user}.${index}`);
  const world = createWorld(() => clock.now, names);
  const store = createMemoryStore();
  for (const name of world.users.keys()) {
    const { version } = await store.vault.propose(`soak/${name}`, new Secret(`first-${name}`), 0);
    await store.vault.promote(`soak/${name}`, version, 0);
  }
  const rotateIn = (life: Life, mood: Mood = 'there') =>
    createEngine({
      manifest: 'test/soak/locum.yaml',
      store: life.store(store),
      context: life.context(world, clock),
      who: 'soak',
      systems: [modelSystem(names)],
    }).rotate({ names: [user], why: 'soak', compromised, person: personOf(world, mood) });

  const paused: { readonly life: Life; readonly ended: Promise<unknown> }[] = [];
  let rounds = 0;
  for (const session of [...sessions, undefined]) {
    rounds++;
    const life = createLife(session);
    const ended = rotateIn(life, person[rounds - 1]).catch((error: unknown) => error);
    const stopped = await Promise.race([ended.then(() => false), life.paused.then(() => true)]);
    if (stopped) paused.push({ life, ended });
    // Whoever comes next waits until the lease of a dead or stopped process is over.
    clock.now += 200_000;
  }
  for (const { life, ended } of paused) {
    life.resume();
    await ended;
  }
  // What a process that was stopped had sent already may have come late: one more look puts it right.
  clock.now += 200_000;
  const last = await rotateIn(createLife(undefined));
  await invariants({ world, store, user, names, last, compromised, rounds: rounds + 1 });
}

/** Whoever is asked at the console of the service. */
function personOf(world: World, mood: Mood): Person {
  return {
    async bring({ user }) {
      if (mood === 'away') return undefined;
      return new Secret(mood === 'mistaken' ? 'something else' : world.issue(user).text);
    },
    async did({ user, text = '' }) {
      if (mood === 'there') world.remove(user, text);
      // Who is mistaken says so, too.
      return mood !== 'away';
    },
  };
}

interface Outcome {
  readonly world: World;
  readonly store: Store;
  readonly user: string;
  readonly names: readonly string[];
  readonly last: readonly RotationReport[];
  readonly compromised: boolean;
  readonly rounds: number;
}

async function invariants({ world, store, user, names, last, compromised, rounds }: Outcome): Promise<void> {
  const bad = last.filter(({ outcome }) => outcome !== 'done');
  assert(
    bad.length === 0,
    `the last rotation ends: ${bad.map(({ outcome, findings }) => `${outcome} ${findings.map((f) => f.because).join()}`)}`,
  );
  assert((await store.rotations.open('soak')).length === 0, 'no rotation is left open');
  for (const name of [...world.users.keys()].filter((one) => one.replace(/-[ab]$/, '') === user)) {
    const current = await store.vault.open(`soak/${name}`, 'current');
    assert(current !== undefined && world.accepts(name, current.secret), `the current version of ${name} is accepted`);
    const states = (await store.vault.history(`soak/${name}`)).map(({ state }) => state);
    assert(!states.includes('pending'), `no version of ${name} is left pending`);
    if (compromised) {
      assert(!world.accepts(name, new Secret(`first-${name}`)), `the leaked secret of ${name} is refused`);
      const out = world.tokens.get(name) ?? [];
      // Nobody can end the tokens of a client but itself.
      if (user === 'single' || user === 'pair') {
        assert(!out.includes(`first-${name}`), `no token is left that the leaked secret of ${name} got`);
      }
    }
  }
  for (const name of names) {
    const held = world.places.get(name);
    assert(held !== undefined && world.accepts(held.user, new Secret(held.secret)), `${name} works`);
    const current = await store.vault.open(`soak/${held?.user}`, 'current');
    assert(current?.secret.equals(new Secret(held?.secret ?? '')) === true, `${name} holds no retired secret`);
  }
  for (const [name, { row, all }] of world.failures) {
    // What a person did is looked at by a login that is to be refused, beside the one that may be.
    const most = name === 'guided' ? 2 * rounds : rounds;
    assert(all <= most, `${name}: at most ${most} failed logins in ${rounds} runs, not ${all}`);
    assert(row < 5, `${name} is not locked`);
  }
  const changes = world.changes;
  // Written back the same, or ended once more, they harm nobody: whoever is cut off logs in anew.
  const harmless = (change: string) => change.startsWith('deliver') || change.startsWith('revoke');
  const twice = changes.filter((change, index) => changes.indexOf(change) !== index && !harmless(change));
  assert(twice.length === 0, `each mutation takes effect once: ${twice.join()}`);
  assert((await store.trail.verify()).brokenAt === undefined, 'the trail is whole');
  assert(
    (await store.journal.openRuns('soak')).every(({ fingerprint }) => fingerprint !== 'rotation'),
    'no run is open',
  );
}

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
}

/** The life of one process: counts its effects, and lets one of them go wrong. */
interface Life {
  /** Resolves when the process was stopped. */
  readonly paused: Promise<void>;
  resume(): void;
  context(world: World, clock: { now: number }): Context;
  store(store: Store): Store;
}

function createLife(session: Session | undefined): Life {
  let effects = 0;
  let dead = false;
  const stopped = Promise.withResolvers<void>();
  const resumed = Promise.withResolvers<void>();

  /** Whether the fault strikes now. */
  const struck = (): Fault | undefined => {
    if (dead) throw new Crash();
    return ++effects === session?.at ? session.fault : undefined;
  };

  async function record<T>(effect: () => Promise<T>): Promise<T> {
    const fault = struck();
    if (fault === 'crash before') dead = true;
    if (dead) throw new Crash();
    if (fault === 'pause') {
      stopped.resolve();
      await resumed.promise;
    }
    const value = await effect();
    if (fault === 'crash after') dead = true;
    if (dead) throw new Crash();
    return value;
  }

  async function send(world: World, request: Request): Promise<Response> {
    const fault = struck();
    switch (fault) {
      case 'crash before':
        dead = true;
        throw new Crash();
      case 'crash after':
        await world.fetch(request);
        dead = true;
        throw new Crash();
      case 'drop':
        await world.fetch(request);
        throw new TypeError('the connection broke');
      case 'duplicate':
        await world.fetch(request.clone());
        return world.fetch(request);
      case 'refuse 429':
        return new Response('', { status: 429 });
      case 'break before':
        return new Response('', { status: 503 });
      case 'break after':
        await world.fetch(request);
        return new Response('', { status: 503 });
      case 'pause':
        stopped.resolve();
        await resumed.promise;
    }
    return world.fetch(request);
  }

  return {
    paused: stopped.promise,
    resume: resumed.resolve,
    context: (world, clock) => ({
      now: () => clock.now,
      id: () => crypto.randomUUID(),
      random: (bytes) => randomBytes(bytes),
      sleep: async (ms) => {
        if (dead) throw new Crash();
        clock.now += ms;
      },
      fetch: (input, init) => send(world, new Request(input, init)),
    }),
    store: (store) => storeOfEffects(store, record),
  };
}
