import { expect, test } from 'vitest';
import { createLandscape, createMemoryPersistence, type Landscape, type LandscapeOptions } from './index.ts';
import { notesEmulator, notesSeed } from './testing/notes-emulator.ts';

const START = Date.UTC(2026, 10, 21);

/** A landscape whose clock stands still unless it is moved. */
function open(options: LandscapeOptions = {}) {
  return createLandscape({
    emulators: [notesEmulator],
    seed: notesSeed,
    context: { now: () => START, sleep: () => new Promise(() => {}) },
    ...options,
  });
}

async function timeOf(landscape: Landscape) {
  const response = await landscape.fetch('https://a.notes.example/time');
  return (await response.json()) as { now: number; ticks: number };
}

const NOTES = 'https://a.notes.example/notes';
const write = (text: string) => ({ method: 'POST', body: text });

test('answers production URLs of seeded hosts, in process', async () => {
  await using landscape = await open();
  expect((await landscape.fetch(NOTES, write('hello'))).status).toBe(201);
  expect(await (await landscape.fetch('https://b.notes.example/notes')).json()).toEqual(['hello']);
});

test('knows no other host: fails as DNS would', async () => {
  await using landscape = await open();
  await expect(landscape.fetch('https://c.notes.example/notes')).rejects.toMatchObject({
    cause: { code: 'ENOTFOUND' },
  });
});

test('an unknown route is 501 with method and URL', async () => {
  await using landscape = await open();
  const response = await landscape.fetch('https://a.notes.example/nothing?x=1', { method: 'DELETE' });
  expect([response.status, await response.text()]).toEqual([
    501,
    'not emulated: DELETE https://a.notes.example/nothing?x=1',
  ]);
});

test('follows redirects as a fetch over a network does, unless told not to', async () => {
  await using landscape = await open();
  await landscape.fetch(NOTES, write('there'));
  const away = 'https://a.notes.example/away';
  expect(await (await landscape.fetch(away)).json()).toEqual(['there']);
  expect((await landscape.fetch(away, { redirect: 'manual' })).status).toBe(302);
  await expect(landscape.fetch(away, { redirect: 'error' })).rejects.toThrow('fetch failed');
  const kept = await landscape.fetch('https://a.notes.example/moved', {
    ...write('body'),
    headers: { authorization: 'Bearer x', 'x-mine': '1' },
  });
  expect(await kept.json()).toMatchObject({ method: 'POST', body: 'body', headers: { 'x-mine': '1' } });
  expect(JSON.stringify(landscape.requests.list())).toContain('https://b.notes.example/echo');
});

test('a redirect to another host does not take the authorization along', async () => {
  await using landscape = await open();
  const moved = await landscape.fetch('https://a.notes.example/moved', {
    ...write('body'),
    headers: { authorization: 'Bearer x' },
  });
  expect(await moved.text()).not.toContain('Bearer');
});

test('a service reaches the other services, and nothing else', async () => {
  await using landscape = await open();
  const relay = async (to: string) =>
    (await landscape.fetch(`https://a.notes.example/relay?to=${encodeURIComponent(to)}`)).json();
  expect(await relay('https://b.notes.example/notes')).toEqual({ status: 200 });
  expect(await relay('https://sap.com/')).toEqual({ failed: 'getaddrinfo ENOTFOUND sap.com' });
});

test('state, credentials, clock and fault rules are there again after a reopening', async () => {
  const persistence = createMemoryPersistence();
  const before = await open({ persistence });
  await before.fetch(NOTES, write('kept'));
  await before.clock.advance(5000);
  await before.faults.add({ host: 'b.*', nth: 2, effect: { kind: 'answer', status: 503 } });
  await before.fetch('https://b.notes.example/notes');
  const credentials = before.credentials();
  await before[Symbol.asyncDispose]();

  await using after = await open({ persistence });
  expect(await (await after.fetch(NOTES)).json()).toEqual(['kept']);
  expect(after.credentials()).toEqual(credentials);
  expect(credentials.NOTES_PASSWORD).toMatch(/^Pw1-/);
  expect(after.clock.now()).toBe(START + 5000);
  expect(after.faults.list()).toMatchObject([{ seen: 1, struck: 0, rule: { nth: 2 } }]);
  expect((await after.fetch('https://b.notes.example/notes')).status).toBe(503);
});

test('a seed is planted into an empty state only; another one is noticed and planted by a reset', async () => {
  const persistence = createMemoryPersistence();
  await (await open({ persistence }))[Symbol.asyncDispose]();
  await using landscape = await open({ persistence, seed: { notes: { boards: ['z'] } } });
  expect((await landscape.hosts()).map(({ host }) => host)).toEqual(['a.notes.example', 'b.notes.example']);
  expect(landscape.seedDiffers).toBe(true);
  await landscape.reset();
  expect(landscape.seedDiffers).toBe(false);
  expect(await landscape.hosts()).toEqual([{ host: 'z.notes.example' }]);
});

test('a reset starts anew but keeps the credentials that were handed out', async () => {
  const persistence = createMemoryPersistence();
  await using landscape = await open({ persistence });
  const credentials = landscape.credentials();
  await landscape.fetch(NOTES, write('gone'));
  await landscape.clock.advance(5000);
  await landscape.faults.add({ effect: { kind: 'refuse' } });
  await landscape.reset();
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
  expect(landscape.clock.now()).toBe(START);
  expect(landscape.faults.list()).toEqual([]);
  expect(landscape.credentials()).toEqual(credentials);
  for await (const { collection } of persistence.load()) expect(collection).not.toBe('notes/notes');
});

test('a reset to a bad seed is refused and changes nothing', async () => {
  await using landscape = await open();
  await landscape.fetch(NOTES, write('stays'));
  const bad = { notes: { boards: 'a' }, note: {} };
  await expect(landscape.reset(bad)).rejects.toMatchObject({
    code: 'ERR_CONFIG',
    message: expect.stringMatching(/unknown key 'note' \(did you mean 'notes'\?\)\nnotes\.boards: /),
  });
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['stays']);
});

test('an answer is released only after what it tells is durable, a read after the writes before it', async () => {
  const memory = createMemoryPersistence();
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let gated = false;
  await using landscape = await open({
    persistence: {
      ...memory,
      write: async (changes, options) => {
        if (gated) reached.resolve();
        if (gated) await gate.promise;
        await memory.write(changes, options);
      },
    },
  });
  await landscape.fetch(NOTES);
  gated = true;
  const order: string[] = [];
  const written = landscape.fetch(NOTES, write('x')).then(() => order.push('write'));
  await reached.promise;
  const read = landscape.fetch(NOTES).then(() => order.push('read'));
  await new Promise((resolve) => setImmediate(resolve));
  order.push('durable');
  gate.resolve();
  await Promise.all([written, read]);
  expect(order).toEqual(['durable', 'write', 'read']);
});

test('a service that lets its caller wait does not let the others wait', async () => {
  await using landscape = await open();
  let awake = false;
  const nap = landscape.fetch('https://a.notes.example/naps', { method: 'POST' }).then(() => {
    awake = true;
  });
  expect((await landscape.fetch(NOTES, write('meanwhile'))).status).toBe(201);
  expect(awake).toBe(false);
  await landscape.clock.advance(1000);
  await nap;
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['meanwhile', 'slept']);
});

test('requests that write back what they read keep their turn: no change is lost', async () => {
  await using landscape = await open();
  const add = (body: string) => landscape.fetch(NOTES, { method: 'PATCH', body });
  await Promise.all([add('a'), add('b')]);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['+a+b']);
});

test('a request that waits is answered out of the world it began in, though a reset came between', async () => {
  await using landscape = await open();
  const nap = landscape.fetch('https://a.notes.example/naps', { method: 'POST' });
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
  await landscape.reset();
  await landscape.clock.advance(1000);
  expect((await nap).status).toBe(204);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
});

test('after a failed write no answer leaves any more', async () => {
  const memory = createMemoryPersistence();
  let full = false;
  const failures: unknown[] = [];
  await using landscape = await open({
    onFailure: (error) => failures.push(error),
    persistence: {
      ...memory,
      write: async (changes, options) => {
        if (full) throw new Error('disk full');
        await memory.write(changes, options);
      },
    },
  });
  full = true;
  await expect(landscape.fetch(NOTES, write('lost'))).rejects.toThrow('disk full');
  await expect(landscape.fetch(NOTES)).rejects.toThrow('disk full');
  expect(failures).toHaveLength(2);
});

test('an aborted client stops waiting, the service goes on', async () => {
  await using landscape = await open();
  await landscape.faults.add({ method: 'post', effect: { kind: 'delay', ms: 1000 } });
  const abort = new AbortController();
  const gone = landscape.fetch(NOTES, { ...write('late'), signal: abort.signal });
  gone.catch(() => undefined);
  await expect.poll(() => landscape.faults.list()[0]?.struck).toBe(1);
  abort.abort();
  await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
  await landscape.clock.advance(1000);
  await expect.poll(async () => (await landscape.fetch(NOTES)).json()).toEqual(['late']);
});

test('moving the clock moves the time of the services and lets them do what fell due', async () => {
  await using landscape = await open();
  const time = () => timeOf(landscape);
  const before = await time();
  await landscape.clock.advance(86_400_000);
  expect(await time()).toEqual({ now: START + 86_400_000, ticks: before.ticks + 1 });
  await landscape.clock.set(START - 1000);
  expect((await time()).now).toBe(START - 1000);
  await expect(landscape.clock.advance(Number.POSITIVE_INFINITY)).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  expect((await time()).now).toBe(START - 1000);
});

test('time that passes by itself lets the services act at the next request', async () => {
  let now = START;
  await using landscape = await open({ context: { now: () => now } });
  const ticks = async () => (await timeOf(landscape)).ticks;
  const first = await ticks();
  expect(await ticks()).toBe(first);
  now += 60_000;
  expect(await ticks()).toBe(first + 1);
});
