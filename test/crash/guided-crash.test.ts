import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { openConsole, rosa, statesIn } from '../fixtures/console-person.ts';
import { mortal } from '../fixtures/mortal.ts';

test.for([
  ['a secret', 'nightly-api', false],
  ['a certificate', 'nightly-signed', false],
  ['a secret that leaked', 'nightly-api', true],
] as const)(
  'the rotation of %s by a person survives a crash after any of its effects',
  { timeout: 600_000 },
  async ([, name, compromised]) => {
    const crashed = async (limit: number) => {
      await using world = await openConsole();
      const { acme, manifest } = world;
      const person = rosa(world);
      await world.engine().rotate({ names: [name], why: 'first', person });
      const life = mortal(limit);
      await createEngine({
        manifest,
        store: life.store(acme.store),
        context: life.context(acme.context),
        env: (variable) => acme.landscape.credentials()[variable],
        who: 'test',
      })
        .rotate({ names: [name], why: 'rotation', compromised, person })
        .catch(() => undefined);
      if (limit === Number.POSITIVE_INFINITY) return life.effects();
      const [report] = await world.engine().rotate({ names: [name], why: 'goes on', compromised, person });
      expect(
        report?.outcome,
        `after a crash at ${limit}: ${report?.findings.map(({ because }) => because).join()}`,
      ).toBe('done');
      expect(await acme.store.rotations.open('acme')).toEqual([]);
      const states = await statesIn(acme, `acme/${name}`);
      expect(
        states.filter((state) => state !== 'retired'),
        `after a crash at ${limit}`,
      ).toEqual(['current']);
      expect((await world.engine().doctor({ users: [name] })).users, `after a crash at ${limit}`).toMatchObject([
        { status: 'ok' },
      ]);
      expect(await acme.store.trail.verify()).not.toHaveProperty('brokenAt');
      return life.effects();
    };
    const whole = await crashed(Number.POSITIVE_INFINITY);
    const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(whole / 6)));
    for (let point = 0; point < whole; point += every) await crashed(point);
  },
);
