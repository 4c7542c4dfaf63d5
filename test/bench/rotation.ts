import { setTimeout } from 'node:timers/promises';
import { rotateUnderLoad } from '../fixtures/rotation-load.ts';
import type { Bench, Figure } from './measure.ts';

const USERS = 100;
/** The clock of the bench runs so many times as fast as the real one: its waits are minutes. */
const SPEED = 20;

function fastClock() {
  const start = Date.now();
  const began = performance.now();
  return {
    now: () => start + Math.floor((performance.now() - began) * SPEED),
    sleep: (ms: number) => setTimeout(ms / SPEED),
    advance: () => undefined,
  };
}

export const rotationLoad: Bench = {
  name: 'rotation',
  about: `${USERS} technical users rotate while their consumers fetch tokens through their destinations`,
  async *run(): AsyncIterable<Figure> {
    for (const twins of [true, false]) {
      const how = twins ? 'twins' : 'in place';
      const { reports, calls, leastCalls, failed, unexplained } = await rotateUnderLoad(USERS, twins, fastClock());
      const done = reports.filter(({ outcome }) => outcome === 'done').length;
      yield { name: `rotated, ${how}`, value: done, unit: 'users', atLeast: USERS, promised: true };
      yield { name: `calls of consumers meanwhile, ${how}`, value: calls, unit: 'calls' };
      const least = { name: `calls of each consumer, at least, ${how}`, value: leastCalls, unit: 'calls' };
      yield { ...least, atLeast: 1, promised: true };
      const refused = { name: `failed calls of consumers, ${how}`, value: failed.length, unit: 'calls' };
      yield { ...refused, ...(twins ? { reference: 0, promised: true } : {}) };
      if (twins) continue;
      const outside = { name: 'of these outside the gap of their user', value: unexplained.length, unit: 'calls' };
      yield { ...outside, reference: 0, promised: true };
      const gaps = reports.map(({ gapMs = 0 }) => Math.round(gapMs / SPEED)).sort((a, b) => a - b);
      // In real time: how long a consumer was cut off, from the end of the old password to its delivery.
      yield { name: 'median gap of a user, in place', value: gaps[Math.floor(gaps.length / 2)] ?? 0, unit: 'ms' };
      yield { name: 'longest gap of a user, in place', value: gaps.at(-1) ?? 0, unit: 'ms' };
    }
  },
};
