import { expect, test } from 'vitest';
import { createLandscape, type FaultRuleInput } from '../index.ts';
import { notesEmulator, notesSeed } from '../testing/notes-emulator.ts';

async function open(...rules: FaultRuleInput[]) {
  const landscape = await createLandscape({
    emulators: [notesEmulator],
    seed: notesSeed,
    context: { now: () => 0, sleep: () => new Promise(() => {}) },
  });
  for (const rule of rules) await landscape.faults.add(rule);
  return landscape;
}

const NOTES = 'https://a.notes.example/notes';
const write = { method: 'POST', body: 'x' };

test('answers in the place of the service, which never sees the request', async () => {
  await using landscape = await open({
    method: 'post',
    path: '/no*',
    times: 1,
    effect: { kind: 'answer', status: 429, headers: { 'retry-after': '7' }, body: '{}' },
  });
  const limited = await landscape.fetch(NOTES, write);
  expect([limited.status, limited.headers.get('retry-after'), await limited.text()]).toEqual([429, '7', '{}']);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
  expect((await landscape.fetch(NOTES, write)).status).toBe(201);
});

test('strikes from the n-th match on, so many times', async () => {
  await using landscape = await open({ nth: 2, times: 2, effect: { kind: 'answer', status: 500 } });
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push((await landscape.fetch(NOTES)).status);
  expect(statuses).toEqual([200, 500, 500, 200, 200]);
  expect(landscape.faults.list()).toMatchObject([{ seen: 5, struck: 2 }]);
});

test('a dropped reply looks like a broken connection, but the effect is there', async () => {
  await using landscape = await open({ method: 'POST', times: 1, effect: { kind: 'drop' } });
  await expect(landscape.fetch(NOTES, write)).rejects.toMatchObject({
    message: 'fetch failed',
    cause: { code: 'UND_ERR_SOCKET' },
  });
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['x']);
});

test('a connection that breaks before the service saw the request looks the same, but nothing happened', async () => {
  await using landscape = await open({ method: 'POST', times: 1, effect: { kind: 'drop', when: 'before' } });
  await expect(landscape.fetch(NOTES, write)).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
});

test('a gateway may give up although the service did what was asked', async () => {
  await using landscape = await open({
    method: 'POST',
    times: 1,
    effect: { kind: 'answer', status: 504, when: 'after', body: 'upstream timeout' },
  });
  const timedOut = await landscape.fetch(NOTES, write);
  expect([timedOut.status, await timedOut.text()]).toEqual([504, 'upstream timeout']);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['x']);
});

test('a malformed body comes with the status and headers of the service, whose effect is there', async () => {
  await using landscape = await open({ method: 'POST', times: 1, effect: { kind: 'malformed' } });
  const cut = await landscape.fetch(NOTES, write);
  expect([cut.status, cut.headers.get('content-type')]).toEqual([201, 'application/json']);
  await expect(cut.json()).rejects.toThrow(SyntaxError);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['x']);
});

test('a malformed body may be another one, such as the page of a proxy', async () => {
  await using landscape = await open({ path: '/notes', effect: { kind: 'malformed', body: '<html>' } });
  const page = await landscape.fetch(NOTES);
  expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
    200,
    'application/json',
    '<html>',
  ]);
});

test('an answer that has no body keeps having none', async () => {
  await using landscape = await open({ method: 'PUT', effect: { kind: 'malformed', body: '<html>' } });
  const kept = await landscape.fetch(NOTES, { method: 'PUT' });
  expect([kept.status, await kept.text()]).toEqual([204, '']);
});

test('what one service asks of another may come back malformed', async () => {
  await using landscape = await open({ host: 'b.notes.example', effect: { kind: 'malformed', body: '<html>' } });
  const relayed = await landscape.fetch(`https://a.notes.example/relay?to=https://b.notes.example/notes`);
  expect(await relayed.json()).toEqual({ status: 200 });
});

test('a refused connection has no effect', async () => {
  await using landscape = await open({ times: 1, effect: { kind: 'refuse' } });
  await expect(landscape.fetch(NOTES, write)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
});

test('a delayed request waits for the clock and holds up no other', async () => {
  await using landscape = await open({ path: '/notes', method: 'POST', effect: { kind: 'delay', ms: 30_000 } });
  let arrived = false;
  const slow = landscape.fetch(NOTES, write).then((response) => {
    arrived = true;
    return response.status;
  });
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
  await landscape.clock.advance(29_999);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
  expect(arrived).toBe(false);
  await landscape.clock.advance(1);
  expect(await slow).toBe(201);
});

test('strikes what one service asks of another', async () => {
  await using landscape = await open({ host: 'b.notes.example', effect: { kind: 'refuse' } });
  const relayed = await landscape.fetch(`https://a.notes.example/relay?to=https://b.notes.example/notes`);
  expect(await relayed.json()).toEqual({ failed: 'connect ECONNREFUSED b.notes.example' });
});

test('a removed rule strikes no more', async () => {
  await using landscape = await open({ effect: { kind: 'answer', status: 500 } });
  const [fault] = landscape.faults.list();
  expect(await landscape.faults.remove(fault?.id ?? '')).toBe(true);
  expect(await landscape.faults.remove(fault?.id ?? '')).toBe(false);
  expect((await landscape.fetch(NOTES)).status).toBe(200);
});

test('a rule with a misspelt key is refused', async () => {
  await using landscape = await open();
  const rule = { hots: '*', effect: { kind: 'drop' } } as FaultRuleInput;
  await expect(async () => landscape.faults.add(rule)).rejects.toThrow(/hots/);
});

test.each([
  ['a body where the status has none', { status: 204, body: 'x' }],
  ['a malformed header', { status: 200, headers: { 'no spaces': 'x' } }],
])('a rule that could not be answered is refused: %s', async (_, answer) => {
  await using landscape = await open();
  await expect(async () => landscape.faults.add({ effect: { kind: 'answer', ...answer } })).rejects.toThrow(
    /no such answer/,
  );
});
