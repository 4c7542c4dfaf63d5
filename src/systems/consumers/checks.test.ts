import { expect, test } from 'vitest';
import { createMemo } from '../../kernel/context.ts';
import { examine, subjectOf } from '../../kernel/doctor/doctor.ts';
import { observe } from '../../kernel/observe/observe.ts';
import { expandGraph, resourceTypes } from '../../kernel/plan/graph.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { consumers } from './index.ts';
import { inventory, keep, planOn } from './testing/acts.ts';
import { contextOn } from './testing/context.ts';
import { createOpenbao } from './testing/openbao.ts';

test('doctor tells what each place holds', async () => {
  const double = createOpenbao();
  const ctx = await contextOn(double);
  await keep(ctx, 's1');
  const hops = async (more: Partial<SystemContext> = {}) => {
    const look = { ...ctx, ...more, memo: createMemo() };
    const graph = expandGraph([consumers], ctx.manifest, inventory);
    const observed = await observe(graph, resourceTypes([consumers]), look);
    const [user] = ctx.manifest.technicalUsers;
    if (!user) throw new Error('no user');
    const subject = subjectOf(user, { manifest: ctx.manifest, inventory, graph, observed, diffs: new Map() });
    const { users } = await examine([consumers], [subject], look);
    return users.flatMap((one) =>
      one.hops.map(({ title, status, code }) => `${title}: ${status} ${code ?? ''}`.trim()),
    );
  };
  const title = 'secret/acme/robot in OpenBao';
  expect(await hops()).toEqual([`${title}: failed CONSUMER_EMPTY`]);
  await (await planOn(ctx)).apply();
  expect(await hops()).toEqual([`${title}: ok`]);
  await keep(ctx, 's2');
  expect(await hops()).toEqual([`${title}: failed CONSUMER_STALE`]);
  double.overwrite?.('of somebody else');
  expect(await hops()).toEqual([`${title}: failed CONSUMER_NOT_OURS`]);
  expect(await hops({ fetch: async () => new Response(null, { status: 403 }) })).toEqual([
    `${title}: unknown CONSUMER_UNREAD`,
  ]);
});
