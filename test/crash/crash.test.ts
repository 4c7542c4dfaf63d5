import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { ACME_MANIFEST, type Acme, frozenAcme } from '../fixtures/acme.ts';
import { mortal, mutations } from '../fixtures/mortal.ts';

function engineOf(acme: Acme, life: ReturnType<typeof mortal>) {
  return createEngine({
    manifest: ACME_MANIFEST,
    store: life.store(acme.store),
    context: life.context(acme.context),
    env: (name) => acme.landscape.credentials()[name],
    who: 'test',
  });
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
