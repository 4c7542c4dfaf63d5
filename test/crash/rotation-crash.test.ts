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

const rotation = (acme: Acme, life: ReturnType<typeof mortal>, compromised: boolean) =>
  createEngine({
    manifest: TWINS,
    store: life.store(acme.store),
    context: life.context(acme.context),
    env: (name) => acme.landscape.credentials()[name],
    who: 'test',
  }).rotate({ names: ['ctms-deploy'], why: 'rotation', compromised });

async function effectsOfAWholeRotation(compromised: boolean): Promise<number> {
  await using acme = await applied();
  const life = mortal(Number.POSITIVE_INFINITY);
  await rotation(acme, life, compromised);
  return life.effects();
}

/** Every n-th effect, so that it takes a bounded time; `LOCUM_CRASH_EVERY=1` takes every one. The model in test/soak takes thousands. */
function pointsOf(whole: number): readonly number[] {
  const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(whole / 8)));
  return Array.from({ length: Math.ceil(whole / every) }, (_, index) => index * every);
}

test.for([
  ['a rotation', false],
  ['a rotation after a leak', true],
] as const)(
  "%s survives a crash after any of its effects against the services' own protocols",
  { timeout: 600_000 },
  async ([, leak]) => {
    for (const point of pointsOf(await effectsOfAWholeRotation(leak))) {
      await using acme = await applied();
      const leaked = await acme.store.vault.open('acme/ctms-deploy-a', 'current');
      await rotation(acme, mortal(point), leak).catch(() => undefined);

      const engine = acme.engine({ manifest: TWINS });
      const reports = await engine.rotate({ names: ['ctms-deploy'], why: 'goes on', compromised: leak });
      expect(
        reports.map(({ outcome }) => outcome),
        `after a crash at ${point}`,
      ).toEqual(['done']);
      expect(await acme.store.rotations.open('acme')).toEqual([]);
      expect((await engine.plan()).steps, `drift after a crash at ${point}`).toEqual([]);
      for (const { user, status, hops } of (await engine.doctor()).users) {
        expect(status, `${user} after a crash at ${point}: ${hops.map(({ because }) => because).join()}`).toBe('ok');
      }
      if (leak) {
        const now = await acme.store.vault.open('acme/ctms-deploy-a', 'current');
        expect(now?.secret.equals(leaked?.secret ?? now.secret), `the leaked one after a crash at ${point}`).toBe(
          false,
        );
      }
      expect(await acme.store.trail.verify()).not.toHaveProperty('brokenAt');
    }
  },
);
