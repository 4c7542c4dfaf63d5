import { expect, test } from 'vitest';
import { openBroker } from '../fixtures/application.ts';
import { mortal } from '../fixtures/mortal.ts';

test.for([
  ['a secret of an application', false],
  ['a secret of an application that leaked', true],
] as const)(
  'the rotation of %s survives a crash after any of its effects: no secret is left over, none is lost',
  { timeout: 600_000 },
  async ([, compromised]) => {
    const crashed = async (limit: number) => {
      await using world = await openBroker();
      const { acme, bao, engine } = world;
      await engine().rotate({ names: ['broker'], why: 'first' });
      const old = await world.current();
      const life = mortal(limit);
      await engine({ store: life.store(acme.store), context: life.context(world.context) })
        .rotate({ names: ['broker'], why: 'rotation', compromised })
        .catch(() => undefined);
      if (limit === Number.POSITIVE_INFINITY) return life.effects();
      const where = `after a crash at ${limit}`;
      if (!compromised) expect(await world.token(bao.stored()?.secret), where).toBe(200);
      const [report] = await engine().rotate({ names: ['broker'], why: 'goes on', compromised });
      expect(report?.outcome, where).toBe('done');
      expect(await acme.store.rotations.open('acme'), where).toEqual([]);
      expect(await world.listed(), where).toHaveLength(1);
      expect([await world.token(bao.stored()?.secret), await world.token(old)], where).toEqual([200, 401]);
      expect(
        (await world.states()).filter((state) => state !== 'retired'),
        where,
      ).toEqual(['current']);
      expect(await acme.store.trail.verify()).not.toHaveProperty('brokenAt');
      return life.effects();
    };
    const whole = await crashed(Number.POSITIVE_INFINITY);
    const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(whole / 6)));
    for (let point = 0; point < whole; point += every) await crashed(point);
  },
);
