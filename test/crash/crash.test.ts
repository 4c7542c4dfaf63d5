import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Context } from '../../src/kernel/context.ts';
import type { Records, Store } from '../../src/kernel/ports.ts';
import { ACME_MANIFEST, type Acme, frozenAcme, type SeenCall } from '../fixtures/acme.ts';

class Crash extends Error {}

/** Lets a process live for some effects (calls and durable records); then everything that it tries fails. */
function mortal(limit: number) {
  let effects = 0;
  const dead = () => effects > limit;
  const mark = <T>(effect: () => Promise<T>): Promise<T> => {
    if (dead()) return Promise.reject(new Crash());
    return effect().then((value) => {
      effects++;
      // The effect took place, but its process does not live to hear of it.
      if (dead()) throw new Crash();
      return value;
    });
  };
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => mark(() => Reflect.apply(member, target, args) as Promise<unknown>);
      },
    });
  const wrapAll = ({ journal, trail, vault, rotations, holds }: Records): Records => ({
    journal: wrap(journal),
    trail: wrap(trail),
    vault: wrap(vault),
    rotations: wrap(rotations),
    holds: wrap(holds),
  });
  return {
    effects: () => effects,
    context: (context: Context): Context => ({
      ...context,
      fetch: (input, init) => mark(() => context.fetch(input, init)),
    }),
    store: (store: Store): Store => ({
      ...wrapAll(store),
      fenced: (lease) => wrapAll(store.fenced(lease)),
      leases: wrap(store.leases),
      // The lock is released by the operating system.
      runs: store.runs,
      [Symbol.asyncDispose]: async () => undefined,
    }),
  };
}

function engineOf(acme: Acme, life: ReturnType<typeof mortal>) {
  return createEngine({
    manifest: ACME_MANIFEST,
    store: life.store(acme.store),
    context: life.context(acme.context),
    env: (name) => acme.landscape.credentials()[name],
    who: 'test',
  });
}

const READS = new Set(['list', 'get']);

/** What the calls changed, each as one text; logins and sessions change nothing of ours. */
function mutations(calls: readonly SeenCall[]): string[] {
  return calls
    .filter(({ method, url, status }) => {
      const { pathname, search } = new URL(url);
      if (method === 'GET' || method === 'HEAD' || status >= 400) return false;
      if (pathname.startsWith('/command/')) return !READS.has(search.slice(1));
      return !/^\/(login|logout|client)\/|\/oauth2?\/token\/?$|\/service\/users\/password$/.test(pathname);
    })
    .map(({ method, url, body }) => `${method} ${url} ${body}`);
}

const thaw = await frozenAcme();

async function effectsOfAWholeRun(): Promise<number> {
  await using acme = await thaw();
  const life = mortal(Number.POSITIVE_INFINITY);
  await engineOf(acme, life).apply({ why: 'first run' });
  return life.effects();
}

const whole = await effectsOfAWholeRun();
/** Every n-th effect, so that the whole takes a bounded time; `LOCUM_CRASH_EVERY=1` takes every one. */
const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(whole / 40)));
const points = Array.from({ length: Math.ceil(whole / every) }, (_, index) => index * every);

test(`survives a crash after any of ${points.length} of its ${whole} effects: nothing is lost, nothing is done twice`, async () => {
  let deaths = 0;
  for (const point of points) {
    await using acme = await thaw();
    await engineOf(acme, mortal(point))
      .apply({ why: 'the run that crashes' })
      .catch(() => deaths++);

    const resumed = await acme.engine().apply({ why: 'the run that resumes' });
    const failed = resumed.run?.steps.filter((step) => step.result !== 'done' && step.result !== 'found') ?? [];
    expect(failed, `steps that failed after a crash at ${point}`).toEqual([]);
    expect(resumed.remaining.steps, `what is left after a crash at ${point}`).toEqual([]);
    expect((await acme.engine().plan()).steps).toEqual([]);

    const sent = mutations(acme.calls);
    expect(sent.length - new Set(sent).size, `mutations sent twice after a crash at ${point}`).toBe(0);
    expect(await acme.store.journal.openRuns('acme')).toEqual([]);
    expect(await acme.store.trail.verify()).not.toHaveProperty('brokenAt');
  }
  // Parallel steps make the number of effects vary a little: at the very end a run may live on.
  expect(deaths).toBeGreaterThanOrEqual(points.length - 5);
}, 600_000);
