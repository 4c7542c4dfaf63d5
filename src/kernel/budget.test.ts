import { expect, test } from 'vitest';
import { createBudget } from './budget.ts';

function clock() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

test('lets no more calls start in a window than the service allows', async () => {
  const ctx = clock();
  const budget = createBudget({ concurrency: 10, calls: 3, windowMs: 1000 }, ctx);
  const starts: number[] = [];
  for (let call = 0; call < 7; call++) await budget.run(async () => void starts.push(ctx.now()));
  expect(starts).toEqual([0, 0, 0, 1000, 1000, 1000, 2000]);
});

test('holds everybody back as long as one Retry-After asked for', async () => {
  const ctx = clock();
  const budget = createBudget({ concurrency: 2 }, ctx);
  budget.pauseUntil(5000);
  await budget.run(async () => undefined);
  expect(ctx.now()).toBe(5000);
});

test('keeps calls in flight under the limit', async () => {
  const budget = createBudget({ concurrency: 2 }, clock());
  let flying = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, () =>
      budget.run(async () => {
        most = Math.max(most, ++flying);
        await Promise.resolve();
        flying--;
      }),
    ),
  );
  expect(most).toBe(2);
});
