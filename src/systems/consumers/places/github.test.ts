import { expect, test } from 'vitest';
import { consumers } from '../index.ts';
import { inventory, keep, lookIn, placeIn, planOn } from '../testing/acts.ts';
import { AT, contextOn } from '../testing/context.ts';
import { createGithub } from '../testing/github.ts';

const now = () => AT;

test('a secret of an organization stays for the repositories that its owner chose, however many', async () => {
  const double = createGithub(now, { place: 'organization', chosen: [11, 12, 13, 14, 15] });
  await (await placeIn(await contextOn(double))).deliver('s1', 1);
  expect(double.audience('CF_PASSWORD')).toMatchObject({ text: 's1', repositories: [11, 12, 13, 14, 15] });
});

test('a new secret of an organization is for its private repositories', async () => {
  const double = createGithub(now, { place: 'organization' });
  await (await placeIn(await contextOn(double))).deliver('s1', 1);
  expect(double.audience('CF_PASSWORD')).toMatchObject({ text: 's1', visibility: 'private' });
});

test.each([
  ['repository', { repositories: ['app'], permissions: { secrets: 'write' } }],
  ['environment', { repositories: ['app'], permissions: { environments: 'write' } }],
  ['organization', { permissions: { organization_secrets: 'write' } }],
] as const)('an app gets a token that is good for the secrets of its %s alone', async (place, granted) => {
  const double = createGithub(now, { place, app: true });
  await (await placeIn(await contextOn(double))).deliver('s1', 1);
  expect(double.stored()?.secret).toBe('s1');
  expect(double.granted()).toEqual([granted]);
});

test('a rotation that looks before it retires the old secret finds what somebody wrote meanwhile', async () => {
  let at = AT;
  const double = createGithub(() => at);
  const place = await placeIn(await contextOn(double));
  await place.deliver('s1', 1);
  expect(await place.holds('s1', 1)).toBe('unknown');
  at += 60_000;
  double.overwrite('of somebody else');
  expect(await place.holds('s1', 1)).toBe('other');
  await place.deliver('s1', 1);
  expect(await place.holds('s1', 1)).toBe('unknown');
});

test('a token of an app that ends meanwhile is had again', async () => {
  let at = AT;
  const double = createGithub(() => at, { app: true });
  const place = await placeIn(await contextOn(double, { now: () => at }));
  await place.deliver('s1', 1);
  at += 3_600_000;
  await place.deliver('s2', 2);
  expect(double.stored()?.secret).toBe('s2');
  expect(double.granted()).toHaveLength(2);
});

test('a private key that is none is told without what is in it', async () => {
  const double = createGithub(now, { app: true });
  const ctx = await contextOn({ ...double, secrets: { APP_KEY: 'hush-hush' } });
  const error = await lookIn(ctx).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'ERR_CONFIG_CONNECTION' });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hush');
});

test.each([
  ['in seconds', { 'retry-after': '30' }, 30],
  ['by the hour of the reset', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(AT / 1000 + 45) }, 45],
])('a limit that GitHub tells by 403, %s, is waited out', async (_how, headers, seconds) => {
  const double = createGithub(now);
  let [limited, at] = [true, AT];
  const ctx = await contextOn(
    {
      ...double,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        if (request.method !== 'PUT' || !limited) return double.fetch(request);
        limited = false;
        return new Response('{"message":"You have exceeded a secondary rate limit"}', { status: 403, headers });
      },
    },
    {
      now: () => at,
      sleep: async (ms) => {
        at += ms;
      },
    },
  );
  await (await placeIn(ctx)).deliver('s1', 1);
  expect(double.stored()?.secret).toBe('s1');
  expect(at - AT).toBe(seconds * 1000);
});

test('a limit that ends later than anybody waits is told as such', async () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(AT / 1000 + 3000) };
  const ctx = await contextOn({
    ...createGithub(now),
    fetch: async () => new Response('{}', { status: 403, headers }),
  });
  await expect(lookIn(ctx)).rejects.toMatchObject({
    code: 'ERR_REMOTE_RATE_LIMITED',
    remedy: 'try again in 3000 s',
  });
});

test('somebody who writes the secret after us is noticed, and not written over unless told to', async () => {
  let at = AT;
  const double = createGithub(() => at);
  const ctx = await contextOn(double);
  await keep(ctx, 's1-of-github');
  at = AT + 60_000;
  await (await planOn(ctx)).apply();
  expect((await planOn(ctx)).plan).toMatchObject({ steps: [], findings: [], unknown: [{ paths: ['secret'] }] });
  at = AT + 120_000;
  double.overwrite('of somebody else');
  expect((await planOn(ctx)).plan.findings).toMatchObject([
    { code: 'CONSUMER_NOT_OURS', because: expect.stringContaining('somebody else at 2026-11-21T00:02:00.000Z') },
  ]);
  const without = { ...ctx, manifest: (await contextOn(double, {}, { deliverTo: [] })).manifest };
  expect((await consumers.left?.(inventory, without))?.extras).toMatchObject([{ removable: false }]);
  await (await planOn(ctx, true)).apply();
  expect(double.stored()?.secret).toBe('s1-of-github');
  expect((await planOn(ctx)).plan.findings).toEqual([]);
});
