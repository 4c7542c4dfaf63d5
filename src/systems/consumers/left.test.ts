import { expect, test } from 'vitest';
import { createMemo } from '../../kernel/context.ts';
import { consumers } from './index.ts';
import { inventory, keep, planOn } from './testing/acts.ts';
import { contextOn } from './testing/context.ts';
import { createOpenbao } from './testing/openbao.ts';

test('a copy that somebody else has written over is not taken away', async () => {
  const double = createOpenbao();
  const ctx = await contextOn(double);
  await keep(ctx, 's1');
  await (await planOn(ctx)).apply();
  double.overwrite?.('of somebody else');
  const without = { ...ctx, manifest: (await contextOn(double, {}, { deliverTo: [] })).manifest };
  const [extra] = (await consumers.left?.(inventory, without))?.extras ?? [];
  expect(extra).toMatchObject({ removable: false, told: { remedy: expect.stringContaining('--forget') } });
});

test('a copy whose connection has left the manifest too is told, and gates nothing', async () => {
  const double = createOpenbao();
  const ctx = await contextOn(double);
  await keep(ctx, 's1');
  await (await planOn(ctx)).apply();
  const without = {
    ...ctx,
    manifest: (await contextOn({ ...double, connections: {} }, {}, { deliverTo: [] })).manifest,
  };
  expect(await consumers.left?.(inventory, { ...without, memo: createMemo() })).toMatchObject({
    extras: [],
    gone: [],
    findings: [{ code: 'COPY_LEFT_UNREAD', severity: 'warning' }],
  });
});
