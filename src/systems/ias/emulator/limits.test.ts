import { expect, test } from 'vitest';
import { createOAuthLimit, createRateLimit } from './limits.ts';

/** Calls that come all at the same moment; `delays` are what each of them waited. */
function burst(switched = true) {
  const delays: number[] = [];
  let now = 0;
  const limit = createRateLimit({
    now: () => now,
    sleep: async (ms) => {
      delays.push(ms);
    },
    switched: () => switched,
  });
  const send = async (calls: number) => {
    const admitted = await Promise.all(Array.from({ length: calls }, () => limit.admit('acme')));
    return admitted.filter((one) => one).length;
  };
  return {
    delays,
    send,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

test('A33: 200 calls a minute are smooth, 80 more are a second late, the next blocks the tenant for a minute', async () => {
  const { delays, send, advance } = burst();
  expect(await send(200)).toBe(200);
  expect(delays).toEqual([]);
  expect(await send(80)).toBe(80);
  expect(delays).toEqual(Array.from({ length: 80 }, () => 1000));
  expect(await send(1)).toBe(0);
  advance(59_999);
  expect(await send(1)).toBe(0);
  advance(1);
  expect(await send(1)).toBe(1);
});

test('can be switched off', async () => {
  expect(await burst(false).send(1000)).toBe(1000);
});

test('1000 calls of /oauth2 a minute and tenant are answered, the others refused until the minute is over', async () => {
  let now = 0;
  const limit = createOAuthLimit({ now: () => now, switched: (_name, fallback) => fallback });
  const admitted = await Promise.all(Array.from({ length: 1001 }, () => limit.admit('acme')));
  expect(admitted.filter((one) => !one)).toHaveLength(1);
  expect(await limit.admit('other')).toBe(true);
  now = 59_999;
  expect(await limit.admit('acme')).toBe(false);
  now = 60_000;
  expect(await limit.admit('acme')).toBe(true);
});
