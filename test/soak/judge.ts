import { z } from 'zod';
import type { Store } from '../../src/kernel/ports.ts';
import { readRotation } from '../../src/kernel/rotate/record.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { User } from './scenario.ts';
import { addressOf, familyOf } from './watch.ts';
import type { Change, World } from './world.ts';

export interface Ended {
  readonly world: World;
  readonly store: Store;
  readonly user: User;
  /** A leak was told. */
  readonly leak: boolean;
  /** Faults that struck, and calls that were made: what may have come about more than once. */
  readonly faults: number;
}

/** What has to hold when a rotation has come to its end. @throws Error of the first that does not */
export async function judgeRecovered({ world, store, user, leak }: Ended): Promise<void> {
  assert((await store.rotations.open('soak')).length === 0, 'no rotation is left open');
  for (const name of familyOf(world, user)) {
    const current = await store.vault.open(`soak/${name}`, 'current');
    assert(current !== undefined && world.accepts(name, current.secret), `the current version of ${name} is accepted`);
    const states = (await store.vault.history(`soak/${name}`)).map(({ state }) => state);
    assert(!states.includes('pending'), `no version of ${name} is left pending`);
    if (!leak) continue;
    assert(!world.accepts(name, new Secret(`first-${name}`)), `the leaked secret of ${name} is refused`);
    // Nobody can end the tokens of a client but itself.
    const tokens = user === 'single' || user === 'pair' ? (world.tokens.get(name) ?? []) : [];
    assert(!tokens.includes(`first-${name}`), `no token is left that the leaked secret of ${name} got`);
  }
  for (const [name, held] of world.places) {
    assert(world.accepts(held.user, new Secret(held.secret)), `${name} works`);
    const current = await store.vault.open(`soak/${held.user}`, 'current');
    assert(current?.secret.reveal() === held.secret, `${name} holds the current secret`);
  }
}

/** What has to hold of all that was done. @throws Error of the first that does not */
export async function judgeWhole(ended: Ended): Promise<void> {
  const { world, store, user, faults } = ended;
  await judgeRecovered(ended);
  judgeLogins(world);
  const { changes } = world;
  // The same once more is a mutation too many: a history of passwords refuses it, and a second slot is one that nobody knows.
  // A call that was given up and comes between the look for it and the next one is nobody's to know.
  const sets = changes
    .filter(({ what, by }) => what === 'set' && by !== 'somebody' && !by.late)
    .map(({ of, detail }) => `${of} ${detail}`);
  assert(new Set(sets).size === sets.length, 'each password is set once');
  const issues = Map.groupBy(
    changes.filter(({ what, by }) => what === 'issue' && by !== 'somebody'),
    ({ detail }) => detail,
  );
  for (const [, made] of issues) assert(made.length <= 1 + faults, `a rotation without a fault issues one secret`);
  if (user === 'slots') assert(world.users.get('slots')?.secrets.size === 1, 'one slot is left');
  for (const name of familyOf(world, user)) {
    const live = (await store.vault.history(`soak/${name}`)).filter(({ state }) => state !== 'retired');
    assert(live.length === 1, `of ${name} the vault keeps one version, not ${live.map(({ state }) => state)}`);
  }
  await judgeTrail(ended);
}

/** At most one failed login in each process, one more after each new secret; and never past half of what locks. */
function judgeLogins({ failures, changes }: World): void {
  const spent = Map.groupBy(failures, ({ user, process }) => `${user} ${process}`);
  for (const [key, all] of spent) {
    const renewals = changes.filter(
      ({ what, of, by }) => what === 'set' && by !== 'somebody' && `${of} ${by.process}` === key,
    ).length;
    // What a person did is looked at by a login that is to be refused, beside the one that may be.
    const most = 1 + renewals + (key.startsWith('guided') ? 1 : 0);
    assert(all.length <= most, `${key}: at most ${most} failed logins, not ${all.length}`);
  }
}

const step = z.object({ change: z.object({ step: z.string() }) });
const conclusion = z.object({ rotation: z.string(), strategy: z.string() });

/** Every change has its entry, every rotation one that tells the whole; nothing is open, and the chain holds. */
async function judgeTrail({ world, store, user }: Ended): Promise<void> {
  assert((await store.trail.verify()).brokenAt === undefined, 'the trail is whole');
  assert((await store.journal.openRuns('soak')).length === 0, 'no run is open');
  const entries = await store.trail.read();
  const ours = world.changes.filter(({ by }) => by !== 'somebody');
  for (const [key, made] of Map.groupBy(ours, ({ what, of }) => `${addressOf(what, of)} ${STEPS[what].join()}`)) {
    const [one] = made;
    if (!one) continue;
    const told = entries.filter(({ subject, change }) => {
      const name = step.safeParse(change).data?.change.step ?? '';
      return subject === addressOf(one.what, one.of) && STEPS[one.what].includes(name);
    });
    assert(told.length >= made.length, `the trail tells every change: ${key}, ${told.length} of ${made.length}`);
  }
  for (const name of familyOf(world, user)) {
    for (const rotation of (await store.rotations.history(`soak/${name}`)).map(readRotation)) {
      const told = entries.filter(
        ({ subject, change }) =>
          subject === rotation.credential && conclusion.safeParse(change).data?.rotation === rotation.id,
      );
      assert(told.length === 1, `the trail concludes each rotation once, not ${told.length} times`);
      assert(told[0]?.result === rotation.record.phase, `the trail tells how ${name} ended`);
    }
  }
}

/** By which steps of a rotation a change comes about; of a freeze it has no name. */
const STEPS: Readonly<Record<Change['what'], readonly string[]>> = {
  set: ['set'],
  issue: ['mint'],
  retire: ['retire'],
  deliver: ['deliver', 'roll back'],
  revoke: ['revoke', ''],
  activate: [''],
};

export function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
}
