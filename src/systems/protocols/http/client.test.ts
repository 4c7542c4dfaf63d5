import { expect, test } from 'vitest';
import { createBudget } from '../../../kernel/budget.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import { createHttp } from './client.ts';

function service(...answers: (Response | Error)[]) {
  let now = 0;
  let calls = 0;
  const ctx = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
    fetch: async () => {
      const answer = answers[Math.min(calls++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      if (!answer) throw new Error('no answer left');
      return answer.clone();
    },
  };
  const http = createHttp({
    system: 'toy',
    ctx,
    budget: createBudget({ concurrency: 4 }, ctx),
    correlationHeader: 'x-correlation',
  });
  return { http, calls: () => calls, now: ctx.now };
}

const get = { operation: 'read thing', url: 'https://toy.example/thing' };
const post = { ...get, operation: 'make thing', method: 'POST' };
const dropped = Object.assign(new TypeError('fetch failed'), {
  cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
});
const absent = Object.assign(new TypeError('fetch failed'), {
  cause: Object.assign(new Error('dns'), { code: 'ENOTFOUND' }),
});

async function errorOf(promise: Promise<unknown>): Promise<RemoteError> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof RemoteError)) throw new Error('no RemoteError');
  return error;
}

test('waits as long as Retry-After says, in seconds or as a date, also for a mutation: 429 was not executed', async () => {
  const limited = new Response(null, { status: 429, headers: { 'retry-after': '7' } });
  const { http, calls, now } = service(
    limited,
    new Response(null, { status: 429, headers: { 'retry-after': new Date(20_000).toUTCString() } }),
    new Response('ok'),
  );
  expect((await http(post)).status).toBe(200);
  expect(calls()).toBe(3);
  expect(now()).toBe(20_000);
});

test('backs off by itself when a 429 has no Retry-After', async () => {
  const { http, now } = service(
    new Response(null, { status: 429 }),
    new Response(null, { status: 429 }),
    new Response('ok'),
  );
  await http(post);
  expect(now()).toBe(3000);
});

test('gives up on a Retry-After beyond its patience and says when to come back', async () => {
  const { http, calls } = service(new Response(null, { status: 429, headers: { 'retry-after': '3600' } }));
  const error = await errorOf(http(get));
  expect(error).toMatchObject({ code: 'ERR_REMOTE_RATE_LIMITED', retryAfter: 3600, retryable: true });
  expect(calls()).toBe(1);
});

test('repeats a read whose answer was lost, never a mutation', async () => {
  const read = service(dropped, new Response('ok'));
  expect((await read.http(get)).status).toBe(200);
  const write = service(dropped, new Response('ok'));
  expect(await errorOf(write.http(post))).toMatchObject({ code: 'ERR_REMOTE_OUTCOME_UNKNOWN', outcome: 'unknown' });
  expect(write.calls()).toBe(1);
});

test('knows that a host that was never reached did nothing', async () => {
  expect(await errorOf(service(absent).http(post))).toMatchObject({
    code: 'ERR_REMOTE_UNREACHABLE',
    outcome: 'refused',
  });
});

test('a 5xx to a mutation leaves its outcome unknown', async () => {
  const { http, calls } = service(new Response(null, { status: 502 }));
  expect(await errorOf(http(post))).toMatchObject({ outcome: 'unknown', status: 502 });
  expect(calls()).toBe(1);
});

test('an error tells status and correlation, never the body', async () => {
  const { http } = service(new Response('password=hunter2', { status: 400, headers: { 'x-correlation': 'c-1' } }));
  const error = await errorOf(http(get));
  expect(error.message).toBe('toy: read thing: status 400, correlation c-1');
  expect(JSON.stringify(error) + String(error.stack)).not.toContain('hunter2');
});

test('an answer that unpacks to more than any service has to say is not read to its end', async () => {
  const chunk = new Uint8Array(1024 * 1024);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent++;
      controller.enqueue(chunk);
    },
  });
  const { http } = service(new Response(endless));
  const answer = await http(get);
  expect(await errorOf(answer.text())).toMatchObject({ code: 'ERR_REMOTE_BROKEN', operation: 'read thing' });
  expect(sent).toBeLessThan(100);
});

test('an answer keeps its status and headers', async () => {
  const { http } = service(new Response('{"a":1}', { status: 201, headers: { etag: 'x' } }));
  const answer = await http({ ...post, expect: [201] });
  expect([answer.status, answer.headers.get('etag'), await answer.json()]).toEqual([201, 'x', { a: 1 }]);
});

const cutOff = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"password":"top-secret'));
      controller.error(new TypeError('terminated: top-secret'));
    },
  });

test.each([
  ['a page', () => '<html><title>top-secret</title>'],
  ['nothing', () => ''],
  ['no body', () => null],
  ['half an answer', () => '{"password":"top-secret'],
  ['a line that broke off', cutOff],
])('%s where JSON was expected is an error of its service with a remedy, and never quoted', async (_what, body) => {
  const answering = () => {
    const ctx = { now: () => 0, sleep: async () => undefined, fetch: async () => new Response(body()) };
    return createHttp({ system: 'toy', ctx, budget: createBudget({ concurrency: 4 }, ctx) });
  };
  const read = await errorOf(answering()(get).then((response) => response.json()));
  expect(read).toMatchObject({
    code: 'ERR_REMOTE_BROKEN',
    message: 'toy: read thing: status 200, unreadable answer',
    remedy: 'see what answers at toy.example: it may be a proxy or a sign-in page',
    outcome: 'refused',
  });
  expect(read.cause).toBeUndefined();
  // Whoever answered, what was sent may have been done.
  const sent = await errorOf(answering()(post).then((response) => response.json()));
  expect(sent).toMatchObject({ code: 'ERR_REMOTE_BROKEN', outcome: 'unknown' });
});
