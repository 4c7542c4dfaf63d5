import { expect, test } from 'vitest';
import { openbao } from './places/openbao.ts';
import { contextOn } from './testing/context.ts';
import { createOpenbao } from './testing/openbao.ts';

const target = openbao.target.parse({ to: 'openbao', path: 'acme/robot' }) as never;
const READ = { 'secret/data/acme/*': ['read'] };
const WHOLE = { 'secret/data/acme/*': ['create', 'read', 'update'] };

test.each([
  ['update', 'what is there', { alone: false, rights: READ }],
  ['create', 'what is not there', { alone: true, rights: READ }],
])('who lacks %s is told before anything is written to %s', async (right, _what, options) => {
  const double = createOpenbao(options);
  expect(await openbao.refusal?.(target, await contextOn(double))).toEqual({
    because: `its login lacks ${right} there`,
    remedy: `give the login a policy with ${right} on secret/data/acme/robot`,
  });
  expect(double.writes()).toBe(0);
});

test.each([true, false])('who has the rights is not stopped (nobody else there: %s)', async (alone) => {
  const ctx = await contextOn(createOpenbao({ alone, rights: WHOLE }));
  expect(await openbao.refusal?.(target, ctx)).toBeUndefined();
});
