import fc from 'fast-check';
import { expect, test } from 'vitest';
import { observe } from '../observe/observe.ts';
import { expandGraph, resourceTypes } from '../plan/graph.ts';
import { diffAll, makePlan } from '../plan/make-plan.ts';
import { DEFAULT_PLAN_OPTIONS, type Plan, planSchema } from '../plan/plan.ts';
import type { Resource } from '../system.ts';
import {
  context,
  createToy,
  createToyJournal,
  lostReply,
  manifest,
  refusal,
  type Toy,
  thing,
  toySystem,
} from '../testing.ts';
import { execute } from './execute.ts';
import { byDiffs, closeOpenRuns } from './resume.ts';

const inventory = {
  globalAccount: { guid: 'g', subdomain: 'acme', displayName: 'ACME' },
  directories: [],
  subaccounts: [],
};

async function setUp(toy: Toy, resources: readonly Resource[], options = DEFAULT_PLAN_OPTIONS) {
  const systems = [toySystem(toy, resources)];
  const types = resourceTypes(systems);
  const graph = expandGraph(systems, manifest, inventory);
  const ctx = context();
  const observed = await observe(graph, types, ctx);
  const input = { graph, observed, types, options, manifest, now: 0 };
  return { ...input, ctx, plan: makePlan(input) };
}

async function run(
  toy: Toy,
  resources: readonly Resource[],
  journal = createToyJournal(),
  options = DEFAULT_PLAN_OPTIONS,
) {
  const input = await setUp(toy, resources, options);
  const head = {
    id: 'run-1',
    manifest: 'test',
    fingerprint: input.plan.fingerprint,
    startedAt: 0,
    who: 'me',
    why: 'test',
  };
  return { journal, report: await execute({ ...input, journal, run: head }) };
}

const results = (report: { steps: readonly { address: string; result: string }[] }) =>
  Object.fromEntries(report.steps.map((step) => [step.address.slice('toy/thing:'.length), step.result]));

test('makes what is needed first and observes a scope once, however many resources it holds', async () => {
  const toy = createToy();
  const resources = [thing('c', ['b']), thing('b', ['a']), thing('a')];
  const { report } = await run(toy, resources);
  expect(toy.sent).toEqual(['create toy/thing:a', 'create toy/thing:b', 'create toy/thing:c']);
  expect(results(report)).toEqual({ a: 'done', b: 'done', c: 'done' });
  expect(toy.observations).toBe(1);
  expect((await setUp(toy, resources)).plan.steps).toEqual([]);
});

test('waits for a need behind something that is in place already', async () => {
  const toy = createToy();
  toy.world.set('toy/thing:b', { size: 1 });
  const { plan } = await setUp(toy, [thing('c', ['b']), thing('b', ['a']), thing('a')]);
  expect(plan.steps.find((step) => step.address === 'toy/thing:c')?.needs).toEqual(['toy/thing:a']);
});

test('skips what depends on a failed step and finishes the rest', async () => {
  const toy = createToy();
  toy.before = (address) => {
    if (address === 'toy/thing:a') throw refusal(403);
  };
  const { report, journal } = await run(toy, [thing('a'), thing('b', ['a']), thing('other')]);
  expect(results(report)).toEqual({ a: 'failed', b: 'skipped', other: 'done' });
  expect(journal.ended).toEqual(['failed']);
});

test('a lost reply to a create that took effect is found, not sent again', async () => {
  const toy = createToy();
  toy.after = () => {
    throw lostReply();
  };
  const { report } = await run(toy, [thing('a')]);
  expect(results(report)).toEqual({ a: 'found' });
  expect(toy.sent).toEqual(['create toy/thing:a']);
});

test('a lost request that took no effect is sent once more after a look', async () => {
  const toy = createToy();
  let first = true;
  toy.before = () => {
    if (first) {
      first = false;
      throw lostReply();
    }
  };
  expect(results((await run(toy, [thing('a')])).report)).toEqual({ a: 'done' });
  expect(toy.sent).toEqual(['create toy/thing:a']);
});

test('a conflict that turns out to be the wanted thing is found', async () => {
  const toy = createToy();
  toy.before = (address) => {
    toy.world.set(address, { size: 1 });
    throw refusal(409);
  };
  expect(results((await run(toy, [thing('a')])).report)).toEqual({ a: 'found' });
});

test('removes what nobody declares only when told to, and never more than the ceiling', async () => {
  const toy = createToy();
  toy.world.set('toy/thing:x', { size: 1 });
  toy.extras.push({
    type: 'toy/thing',
    address: 'toy/thing:x',
    user: 'robot',
    scope: 'all',
    removable: true,
    props: { size: 1 },
  });
  toy.world.set('toy/thing:a', { size: 1 });
  const quiet = await setUp(toy, [thing('a')]);
  expect(quiet.plan.steps).toEqual([]);
  expect(quiet.plan.findings).toMatchObject([{ code: 'PLAN_UNDECLARED_RIGHT', severity: 'warning' }]);
  const none = await setUp(toy, [thing('a')], { ...DEFAULT_PLAN_OPTIONS, prune: true, maxRemovals: 0 });
  expect(none.plan.findings).toMatchObject([{ code: 'PLAN_REMOVAL_CEILING', severity: 'error' }]);
  const { report } = await run(toy, [thing('a')], createToyJournal(), { ...DEFAULT_PLAN_OPTIONS, prune: true });
  expect(results(report)).toEqual({ x: 'done' });
  expect(toy.world.has('toy/thing:x')).toBe(false);
});

test('a plan survives JSON and its fingerprint follows the world, not the clock', async () => {
  const toy = createToy();
  const { plan } = await setUp(toy, [thing('a')]);
  const back: Plan = planSchema.parse(JSON.parse(JSON.stringify(plan)));
  expect(back.fingerprint).toBe((await setUp(toy, [thing('a')])).plan.fingerprint);
  toy.world.set('toy/thing:a', { size: 2 });
  expect((await setUp(toy, [thing('a')])).plan.fingerprint).not.toBe(back.fingerprint);
});

test('what holds a copy learns in the same plan that its original changes', async () => {
  const toy = createToy();
  const copy = { ...toy.type };
  copy.diff = (resource, observed, options) => {
    if (observed && resource.needs.some((needed) => options.changing(needed)))
      return { action: 'update', changes: [{ path: 'copy', sensitive: true }] };
    return toy.type.diff(resource, observed, options);
  };
  const withCopy: Toy = { ...toy, type: copy };
  toy.world.set('toy/thing:copy', { size: 1 });
  const { plan } = await setUp(withCopy, [thing('copy', ['original']), thing('original')]);
  expect(plan.steps.map((step) => `${step.action} ${step.address}`)).toEqual([
    'create toy/thing:original',
    'update toy/thing:copy',
  ]);
});

class Crash extends Error {}

test('after a crash at any effect the resumed run repeats no mutation and leaves nothing to do', async () => {
  const graph = fc.array(fc.record({ needs: fc.array(fc.nat(8), { maxLength: 3 }) }), { minLength: 1, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(graph, fc.nat(30), fc.boolean(), async (shape, crashAt, afterEffect) => {
      const toy = createToy();
      const resources = shape.map((node, index) =>
        thing(`${index}`, node.needs.filter((need) => need < index).map(String)),
      );
      let effects = 0;
      let crashed = false;
      const maybeCrash = (isAfter: boolean) => {
        if (crashed) throw new Crash();
        if (isAfter === afterEffect && effects++ === crashAt) {
          crashed = true;
          throw new Crash();
        }
      };
      toy.before = () => maybeCrash(false);
      toy.after = () => maybeCrash(true);
      const journal = createToyJournal();
      try {
        await run(toy, resources, journal);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
      toy.before = () => undefined;
      toy.after = () => undefined;

      const resumed = await setUp(toy, resources);
      await closeOpenRuns(
        await journal.openRuns('test'),
        byDiffs(diffAll(resumed), resumed.observed),
        journal,
        resumed.ctx,
      );
      const head = { id: 'run-2', manifest: 'test', fingerprint: '', startedAt: 0, who: 'me', why: 'again' };
      await execute({ ...resumed, journal, run: head });

      expect(await journal.openRuns('test')).toEqual([]);
      expect((await setUp(toy, resources)).plan.steps).toEqual([]);
      expect(new Set(toy.sent).size).toBe(toy.sent.length);
      expect(toy.sent.length).toBe(resources.length);
    }),
    { numRuns: 300 },
  );
});
