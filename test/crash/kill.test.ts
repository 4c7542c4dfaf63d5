import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLandscape, type Landscape } from '../../src/landscape/index.ts';

const ROUNDS = 4;

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

function locum(folder: string, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(
    process.execPath,
    [
      'bin/locum.js',
      '--local',
      folder,
      '--store',
      path.join(folder, 'store'),
      '-m',
      'examples/acme/locum.yaml',
      ...args,
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out })));
  return { child, ended };
}

/** A random moment of the run: when it has sent so many requests more. */
async function requestsSeen(landscape: Landscape, count: number, over: AbortSignal): Promise<void> {
  const start = landscape.requests.list().at(-1)?.seq ?? 0;
  while ((landscape.requests.list().at(-1)?.seq ?? 0) < start + count && !over.aborted) await delay(2);
}

test('kill -9 of an apply at random moments loses nothing, doubles nothing, and the next apply finishes the work', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'locum-kill-'));
  const landscape = await createLandscape({ directory: folder, seed: 'examples/acme/landscape.yaml', effort: 'least' });
  try {
    await landscape.listen({ proxyPort: 0, portsFrom: 0 });
    for (let round = 0; round < ROUNDS; round++) {
      const { child, ended } = locum(folder, '--quiet', 'apply', '--yes', '--why', `round ${round}`);
      const over = new AbortController();
      await Promise.race([ended, requestsSeen(landscape, 15 + Math.random() * 130, over.signal)]);
      over.abort();
      child.kill('SIGKILL');
      await ended;
    }
    const last = await locum(folder, '--quiet', 'apply', '--yes', '--why', 'last').ended;
    expect(last.code).toBe(0);
    const plan = await locum(folder, '--json', 'plan').ended;
    expect(plan.code).toBe(0);
    expect(plan.out).toContain('"steps":[]');
    const trail = await locum(folder, '--json', 'trail', '--verify').ended;
    expect(trail.code).toBe(0);

    const created = landscape.requests
      .list()
      .filter(
        ({ method, status, url }) =>
          method === 'POST' && status === 201 && /\/scim\/Users|\/v3\/roles|subaccountDestinations/.test(url),
      );
    const kinds = (pattern: RegExp) => created.filter(({ url }) => pattern.test(url)).length;
    expect({ users: kinds(/scim/), roles: kinds(/roles/), destinations: kinds(/Destinations/) }).toEqual({
      users: 3,
      roles: 14,
      destinations: 4,
    });
  } finally {
    await landscape[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
}, 240_000);
