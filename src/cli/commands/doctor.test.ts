import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';
import { doctorReport } from '../testing/fixtures.ts';
import { locum } from '../testing/locum.ts';

test('doctor exits with 9 when a hop failed, and with 0 when all is proven', async () => {
  expect((await locum('doctor')).code).toBe(EXIT.doctor);
  const warned = fakeParts(fixtureEngine({ doctor: async () => ({ ...doctorReport, status: 'warning' }) }));
  expect((await locum('doctor', { parts: warned.parts })).code).toBe(EXIT.ok);
  const unknown = fakeParts(fixtureEngine({ doctor: async () => ({ ...doctorReport, status: 'unknown' }) }));
  expect((await locum('doctor', { parts: unknown.parts })).code).toBe(EXIT.doctor);
});

test('doctor examines the named users only', async () => {
  let asked: unknown;
  const engine = fixtureEngine({
    doctor: async (options) => {
      asked = options;
      return doctorReport;
    },
  });
  await locum('doctor pipeline mtx-routes', { parts: fakeParts(engine).parts });
  expect(asked).toEqual({ users: ['pipeline', 'mtx-routes'] });
});
