import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { type Acme, frozenAcme } from '../fixtures/acme.ts';
import { mortal } from '../fixtures/mortal.ts';

const TWINS = 'test/fixtures/twins.yaml';
const thaw = await frozenAcme();

async function applied(): Promise<Acme> {
  const acme = await thaw();
  await acme.engine({ manifest: TWINS }).apply({ why: 'make it so' });
  return acme;
}

const rotation = (acme: Acme, life: ReturnType<typeof mortal>) =>
  createEngine({
    manifest: TWINS,
    store: life.store(acme.store),
    context: life.context(acme.context),
    env: (name) => acme.landscape.credentials()[name],
    who: 'test',
  }).rotate({ names: ['ctms-deploy'], why: 'rotation' });

async function effectsOfAWholeRotation(): Promise<number> {
  await using acme = await applied();
  const life = mortal(Number.POSITIVE_INFINITY);
  await rotation(acme, life);
  return life.effects();
}

const whole = await effectsOfAWholeRotation();
/** Every n-th effect, so that it takes a bounded time; `LOCUM_CRASH_EVERY=1` takes every one. The model in test/soak takes thousands. */
const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(whole / 8)));
const points = Array.from({ length: Math.ceil(whole / every) }, (_, index) => index * every);

test(`a rotation survives a crash after any of ${points.length} of its ${whole} effects against the services' own protocols`, async () => {
  for (const point of points) {
    await using acme = await applied();
    await rotation(acme, mortal(point)).catch(() => undefined);

    const engine = acme.engine({ manifest: TWINS });
    const reports = await engine.rotate({ names: ['ctms-deploy'], why: 'goes on' });
    expect(
      reports.map(({ outcome }) => outcome),
      `after a crash at ${point}`,
    ).toEqual(['done']);
    expect(await acme.store.rotations.open('acme')).toEqual([]);
    expect((await engine.plan()).steps, `drift after a crash at ${point}`).toEqual([]);
    for (const { user, status, hops } of (await engine.doctor()).users) {
      expect(status, `${user} after a crash at ${point}: ${hops.map(({ because }) => because).join()}`).toBe('ok');
    }
    expect(await acme.store.trail.verify()).not.toHaveProperty('brokenAt');
  }
}, 600_000);
