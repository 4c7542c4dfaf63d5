import { expect, test } from 'vitest';
import { createLandscape } from '../index.ts';
import { notesEmulator, notesSeed } from '../testing/notes-emulator.ts';
import { createRequestLog } from './request-log.ts';

test('holds no secret: no bodies, no headers, no values of unknown query parameters, no tokens in paths', async () => {
  await using landscape = await createLandscape({ emulators: [notesEmulator], seed: notesSeed });
  const token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
  await landscape.fetch(
    `https://a.notes.example/echo/${token}?grant_type=password&password=hunter2&page=2&state=${token}`,
    { method: 'POST', headers: { authorization: 'Bearer hunter2' }, body: 'client_secret=hunter2' },
  );
  const logged = JSON.stringify(landscape.requests.list());
  expect(logged).not.toContain('hunter2');
  expect(logged).not.toContain('eyJ');
  expect(landscape.requests.list()).toMatchObject([
    {
      method: 'POST',
      status: 501,
      url: 'https://a.notes.example/echo/[secret]?grant_type=password&password=[secret]&page=2&state=[secret]',
    },
  ]);
});

test('tells how a request ended, what struck it and who sent it', async () => {
  await using landscape = await createLandscape({ emulators: [notesEmulator], seed: notesSeed });
  const fault = await landscape.faults.add({ host: 'b.*', effect: { kind: 'drop' } });
  await landscape.fetch('https://a.notes.example/relay?to=https://b.notes.example/notes');
  await landscape.fetch('https://c.notes.example/').catch(() => undefined);
  expect(landscape.requests.list()).toMatchObject([
    { internal: true, outcome: 'dropped', faults: [fault.id], url: 'https://b.notes.example/notes' },
    { internal: false, outcome: 'answered', status: 502, faults: [] },
    { internal: false, outcome: 'unknown host' },
  ]);
});

test('is bounded and can be read on from where one was', () => {
  const log = createRequestLog(3);
  const request = { time: 0, method: 'GET', outcome: 'answered', durationMs: 0, internal: false, faults: [] } as const;
  for (let i = 1; i <= 10; i++) log.add({ ...request, url: `https://a.example/${i}` });
  expect(log.list().map(({ seq }) => seq)).toEqual([8, 9, 10]);
  expect(log.list({ after: 9 }).map(({ url }) => url)).toEqual(['https://a.example/10']);
  expect(log.list({ limit: 1 }).map(({ seq }) => seq)).toEqual([10]);
});
