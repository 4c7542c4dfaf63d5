import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { readRunFile } from './admin/run-file.ts';
import { createLandscape, findLandscape } from './index.ts';
import { direct } from './testing/listening.ts';
import { notesEmulator, notesSeed } from './testing/notes-emulator.ts';

const A = 'a.notes.example';
const NOTES = `https://${A}/notes`;

// One folder for all tests, which take turns.
let directory: string;
beforeAll(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), 'locum-landscape-test-')), 'made');
});
afterAll(() => rm(path.dirname(directory), { recursive: true, force: true }));
beforeEach(async () => {
  await using landscape = await open();
  await landscape.reset();
});

const open = () => createLandscape({ directory, emulators: [notesEmulator], seed: notesSeed });

/** A landscape in a process of its own. */
async function start() {
  const script = path.join(import.meta.dirname, 'testing/landscape-process.ts');
  const child = spawn('node', [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, ...(JSON.parse(line) as { proxy: string; origins: Record<string, string> }) };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('a directory keeps documents, their order and what was deleted', async () => {
  {
    await using landscape = await open();
    for (const text of ['b', 'a', 'c']) await landscape.fetch(NOTES, { method: 'POST', body: text });
    await landscape.faults.add({ effect: { kind: 'refuse' } });
    await landscape.faults.clear();
  }
  await using landscape = await open();
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['b', 'a', 'c']);
  expect(landscape.faults.list()).toEqual([]);
});

test('a reset empties the database too', async () => {
  {
    await using landscape = await open();
    await landscape.fetch(NOTES, { method: 'POST', body: 'gone' });
    await landscape.reset();
  }
  await using landscape = await open();
  expect(await (await landscape.fetch(NOTES)).json()).toEqual([]);
});

test('killed at any moment, it has every acknowledged write, and no half one', { timeout: 180_000 }, async () => {
  const acknowledged: string[] = [];
  for (let round = 1; round <= 3; round++) {
    const { child, origins } = await start();
    const fetch = direct();
    let killed: Promise<void> | undefined;
    const killAt = acknowledged.length + 5 * round;
    const writers = Array.from({ length: 6 }, async () => {
      for (;;) {
        try {
          const response = await fetch(`${origins[A]}/pairs`, { method: 'POST' });
          acknowledged.push(((await response.json()) as { id: string }).id);
        } catch {
          return;
        }
        if (acknowledged.length >= killAt) killed ??= kill(child);
      }
    });
    await Promise.all(writers);
    await killed;

    await using landscape = await open();
    const kept = (await (await landscape.fetch(NOTES)).json()) as string[];
    const counts = Map.groupBy(kept, (id) => id);
    expect(acknowledged.filter((id) => !counts.has(id))).toEqual([]);
    expect([...counts.values()].filter((notes) => notes.length !== 2)).toEqual([]);
  }
});

test('a file that is no database is not taken for an empty landscape', async () => {
  const broken = path.join(path.dirname(directory), 'broken');
  await mkdir(path.join(broken, 'database'), { recursive: true });
  await writeFile(path.join(broken, 'database/documents.sqlite'), 'no database'.repeat(1000));
  await expect(createLandscape({ directory: broken, emulators: [notesEmulator] })).rejects.toMatchObject({
    code: 'ERR_STORE_CORRUPT',
  });
});

test('a second process is told who has the landscape', async () => {
  const { child } = await start();
  await expect(open()).rejects.toMatchObject({
    code: 'ERR_LANDSCAPE_LOCKED',
    message: expect.stringContaining(`process ${child.pid}`),
    remedy: `use the landscape that is up (\`locum env\`), or stop process ${child.pid}`,
  });
  await kill(child);
  await using landscape = await open();
  expect((await landscape.fetch(NOTES)).status).toBe(200);
});

test('another process finds a running landscape and reaches it under production URLs', async () => {
  const { child, proxy } = await start();
  await using found = await findLandscape(directory);
  expect(found).toMatchObject({ pid: child.pid, proxy });
  expect((await found?.fetch(NOTES, { method: 'POST', body: 'from outside' }))?.status).toBe(201);
  expect(await (await found?.fetch(NOTES))?.json()).toEqual(['from outside']);
  await expect(found?.fetch('https://sap.com/')).rejects.toThrow('fetch failed');
  expect(await found?.environment()).toMatchObject({
    HTTPS_PROXY: proxy,
    SSL_CERT_FILE: path.join(directory, 'ca/ca.crt'),
    NOTES_PASSWORD: expect.stringMatching(/^Pw1-/),
  });
  expect(Math.abs((found?.now() ?? 0) - Date.now())).toBeLessThan(10_000);
  await found?.reset();
  expect(await (await found?.fetch(NOTES))?.json()).toEqual([]);
});

test('the run file is private, goes with the landscape, and a stale one is no landscape', async () => {
  const { child } = await start();
  const file = path.join(directory, 'run.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await kill(child);
  expect(await findLandscape(directory)).toBeUndefined();
  // Another process got the pid by chance.
  const run = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...run, pid: process.pid }));
  expect(await findLandscape(directory)).toBeUndefined();
  {
    await using landscape = await open();
    await landscape.listen({ portsFrom: 0 });
    expect(await readRunFile(directory)).toMatchObject({ pid: process.pid });
  }
  expect(await readRunFile(directory)).toBeUndefined();
});

test('keeps nothing that anybody else on the machine may read', async () => {
  await using landscape = await open();
  await landscape.listen({ portsFrom: 0 });
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});
