import { setImmediate as soon } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

/** Turns over a state of which only is known whether the turn has changed it. */
function start() {
  const state = { changed: false };
  const events: string[] = [];
  const turns = createTurns(() => !state.changed);
  const leaving = (name: string, work: () => Promise<void>) =>
    turns.takeLeaving(async () => {
      events.push(`${name} begins`);
      await work();
      events.push(`${name} ends`);
      state.changed = false;
    });
  return { state, events, turns, leaving };
}

test('one turn after the other, in the order in which they were asked for', async () => {
  const { events, leaving } = start();
  await Promise.all(['a', 'b', 'c'].map((name) => leaving(name, () => soon())));
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('a turn that computes something lets the next one go first, and comes back after it', async () => {
  const { events, turns, leaving } = start();
  const hash = Promise.withResolvers<void>();
  const first = leaving('a', () => turns.aside(() => hash.promise));
  const second = leaving('b', async () => {
    hash.resolve();
    await soon();
  });
  await Promise.all([first, second]);
  expect(events).toEqual(['a begins', 'b begins', 'b ends', 'a ends']);
});

test('who comes back goes before those who have not begun', async () => {
  const { events, turns, leaving } = start();
  const hash = Promise.withResolvers<void>();
  await Promise.all([
    leaving('a', () => turns.aside(() => hash.promise)),
    leaving('b', async () => {
      hash.resolve();
      await soon();
    }),
    leaving('c', () => soon()),
  ]);
  expect(events).toEqual(['a begins', 'b begins', 'b ends', 'a ends', 'c begins', 'c ends']);
});

test('a turn that has changed something is not left: nobody sees half of it', async () => {
  const { state, events, turns, leaving } = start();
  await Promise.all([
    leaving('a', async () => {
      state.changed = true;
      await turns.aside(() => soon());
    }),
    leaving('b', () => soon()),
  ]);
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a turn that must stay whole is not left, even inside of one that may be', async () => {
  const { events, turns, leaving } = start();
  await Promise.all([
    turns.take(async () => {
      events.push('reset begins');
      await turns.aside(() => soon());
      events.push('reset ends');
    }),
    leaving('a', () => soon()),
  ]);
  expect(events).toEqual(['reset begins', 'reset ends', 'a begins', 'a ends']);
});

test('parts that run at the same time come back into one turn', async () => {
  const { events, turns, leaving } = start();
  let inside = 0;
  const part = async (name: string, ends: Promise<void>) => {
    await turns.aside(() => ends);
    inside += 1;
    events.push(name);
  };
  const slow = Promise.withResolvers<void>();
  await Promise.all([
    leaving('a', async () => {
      await Promise.all([part('fast part', soon()), part('slow part', slow.promise)]);
    }),
    leaving('b', async () => {
      await soon();
      slow.resolve();
      expect(inside).toBe(0);
    }),
  ]);
  expect(events).toEqual(['a begins', 'b begins', 'b ends', 'fast part', 'slow part', 'a ends']);
});

test('a failure beside the turn fails the turn, and the next one has its turn', async () => {
  const { events, turns, leaving } = start();
  const failed = leaving('a', () => turns.aside(() => Promise.reject(new Error('no memory'))));
  await expect(failed).rejects.toThrow('no memory');
  await leaving('b', () => soon());
  expect(events).toEqual(['a begins', 'b begins', 'b ends']);
});

test('a part that nobody waited for does not go on after the end of its turn', async () => {
  const { events, turns, leaving } = start();
  const late = Promise.withResolvers<void>();
  let forgotten: Promise<void> | undefined;
  await leaving('a', async () => {
    forgotten = turns.aside(() => late.promise).then(() => void events.push('out of turn'));
  });
  late.resolve();
  await expect(forgotten).rejects.toThrow('before all of its parts had ended');
  expect(events).not.toContain('out of turn');
});

test('outside of any turn a part just runs', async () => {
  const { turns } = start();
  expect(await turns.aside(async () => 'done')).toBe('done');
});

test('is idle when what waits, too, has ended', async () => {
  const { events, turns, leaving } = start();
  const hash = Promise.withResolvers<void>();
  void leaving('a', () => turns.aside(() => hash.promise));
  const idle = turns.idle().then(() => events.push('idle'));
  await soon();
  void leaving('b', async () => hash.resolve());
  await idle;
  expect(events.at(-1)).toBe('idle');
  expect(events).toContain('a ends');
});

test('where a turn is not left, a part is done in the way that is named for it', async () => {
  const { state, turns } = start();
  const how = () =>
    turns.aside(
      async () => 'apart',
      () => 'here',
    );
  const left = await turns.takeLeaving(how);
  const changed = await turns.takeLeaving(() => {
    state.changed = true;
    return how();
  });
  expect([left, changed, await turns.take(how)]).toEqual(['apart', 'here', 'here']);
});
