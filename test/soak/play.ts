import { createEngine, type Engine } from '../../src/engine/engine.ts';
import type { RotationReport } from '../../src/engine/rotation-report.ts';
import { LocumError } from '../../src/kernel/errors.ts';
import type { Person } from '../../src/kernel/rotate/person.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { assert, judgeRecovered, judgeWhole } from './judge.ts';
import { createProcess, isFault, type Process } from './process.ts';
import { type Call, type Happening, type Mood, type Scenario, SOUND } from './scenario.ts';
import { modelSystem } from './system.ts';
import { createTally, type Tally } from './tally.ts';
import { createTimeline } from './timeline.ts';
import { createWatch } from './watch.ts';
import { createWorld, type World } from './world.ts';

/** Longer than a policy keeps a password, a lease lasts, and any clock is wrong. */
const DAY_MS = 25 * 3_600_000;
/** So often somebody calls until a rotation is done: it may go back first, or be told off by a policy. */
const CALLS = 5;

/** Plays a scenario, and after it whoever is in charge puts all in order. @throws when an invariant is broken */
export async function play(scenario: Scenario, tally: Tally = createTally()): Promise<void> {
  const { user, places, acts } = scenario;
  const timeline = createTimeline(1_000_000_000);
  const names = Array.from({ length: places }, (_, index) => `${user === 'pair' ? 'pair-a' : user}.${index}`);
  const world = createWorld({ ...scenario, now: () => timeline.now, places: names });
  const store = createMemoryStore();
  for (const name of world.users.keys()) {
    const { version } = await store.vault.propose(`soak/${name}`, new Secret(`first-${name}`), 0);
    await store.vault.promote(`soak/${name}`, version, 0);
  }
  const leak = acts.some((act) => act.do === 'rotate' && act.compromised);
  const skewed = acts.some((act) => 'skew' in act && act.skew !== 0);
  const watch = createWatch({ world, store, user, leak, ...(skewed ? {} : { now: () => timeline.now }) });
  let number = 0;
  let endStale: (() => void) | undefined;
  let endWriting: (() => void) | undefined;
  const paused: { readonly process: Process; readonly ended: Promise<unknown> }[] = [];

  function start(call: Call): { readonly process: Process; readonly ended: Promise<readonly RotationReport[]> } {
    number++;
    const { strikes, late, skew } = call;
    const process = createProcess({ number, strikes, late, skew, world, timeline, store, watch, tally });
    const engine = createEngine({
      manifest: 'test/soak/locum.yaml',
      store: process.store,
      context: process.context,
      who: `process ${number}`,
      systems: [modelSystem(names)],
    });
    return { process, ended: perform(engine, call, call.on ?? user, personOf(world, call.mood)) };
  }

  async function make(call: Call): Promise<readonly RotationReport[] | undefined> {
    const { process, ended } = start(call);
    const settled = ended.then(
      (reports) => {
        for (const { outcome } of reports) tally.ended(outcome);
        return reports;
      },
      (error: unknown) => {
        tally.ended(error instanceof LocumError ? error.code : 'died');
        // What is neither news nor a fault of ours is a bug of Locum's.
        if (!(error instanceof LocumError) && !isFault(error)) throw error;
        if (error instanceof LocumError && error.code === 'ERR_INVARIANT') throw error;
        return undefined;
      },
    );
    const first = await Promise.race([settled, process.stopped.then(() => 'stopped' as const)]);
    if (first !== 'stopped') return first;
    paused.push({ process, ended: settled });
    return undefined;
  }

  function happen(what: Happening): void {
    const place = names['place' in what ? what.place : -1];
    const held = place === undefined ? undefined : world.places.get(place);
    const [first = ''] = place?.split('.') ?? [];
    const writeBack = () => {
      if (!held) return;
      watch.disturb();
      Object.assign(held, { user: first, secret: `first-${first}`, version: held.version + 1 });
    };
    switch (what.do) {
      case 'stale logins': {
        const name = user === 'pair' ? 'pair-a' : user;
        endStale ??= timeline.every(what.every, () => void world.logIn(name, `first-${name}`));
        return;
      }
      case 'set elsewhere':
        if (user !== 'single' && user !== 'pair') return;
        watch.disturb();
        world.set(user === 'pair' ? 'pair-b' : user, 'chosen at the console');
        return;
      case 'write back':
        writeBack();
        return;
      case 'keep writing back':
        endWriting ??= timeline.every(what.every, writeBack);
        return;
      case 'take a role':
        if (held) held.role = false;
    }
  }

  for (const act of acts) {
    if ('strikes' in act) await make(act);
    else happen(act);
    assert(watch.broken.length === 0, watch.broken.join('; '));
    timeline.now += act.pass;
  }

  // Whoever is in charge comes: nobody tries a wrong secret any more, roles are given, nothing is held, no lock is left.
  endStale?.();
  endWriting?.();
  for (const held of world.places.values()) held.role = true;
  timeline.now += DAY_MS;
  const sound: Call = { ...SOUND, compromised: leak };
  for (const { subject } of await store.holds.of('soak')) await make({ ...SOUND, do: 'thaw', on: subject });
  const ended = { world, store, user, leak, faults: acts.length * 2 };
  await untilDone(sound);
  if (!watch.disturbed()) await judgeRecovered(ended);
  for (const { process, ended: over } of paused) {
    process.resume();
    await over;
  }
  await timeline.flush();
  // Who was stopped before it began may have begun one now.
  const begun = (await store.rotations.open('soak')).length > 0;
  if (!begun && !watch.disturbed()) await judgeRecovered(ended);
  // What somebody else did, and what a stopped process had sent already and came late, the next rotation of a user puts right.
  await untilDone(SOUND);
  if (user === 'pair') await untilDone(SOUND);
  assert(watch.broken.length === 0, watch.broken.join('; '));
  await judgeWhole(ended);

  async function untilDone(call: Call): Promise<void> {
    const said: string[] = [];
    for (let calls = 0; calls < CALLS; calls++) {
      timeline.now += DAY_MS;
      await make({ ...SOUND, do: 'unlock' });
      const reports = (await make(call)) ?? [];
      if (reports.length > 0 && reports.every(({ outcome }) => outcome === 'done')) return;
      said.push(reports.map(({ outcome, findings }) => `${outcome} ${findings.map((f) => f.because).join()}`).join());
    }
    assert(false, `after ${CALLS} calls a rotation is done: ${said.join(' | ')}`);
  }
}

async function perform(engine: Engine, call: Call, user: string, person: Person): Promise<readonly RotationReport[]> {
  const { wait, compromised } = call;
  switch (call.do) {
    case 'rotate':
      return engine.rotate({ names: [user], why: 'soak', compromised, wait, person });
    case 'abort':
      return engine.rotate({ names: [user], why: 'soak', abort: true, wait, person });
    case 'unlock':
      await engine.unlock(user);
      return [];
    case 'freeze':
      await engine.freeze({ name: user, why: 'soak' });
      return [];
    case 'thaw':
      await engine.thaw({ name: user, why: 'soak' });
      return [];
  }
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
