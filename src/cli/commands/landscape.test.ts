import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fleetSeed } from '../../landscape/fleet/index.ts';
import type { Addresses } from '../../landscape/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { OpenLandscape, World } from '../parts/parts.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';
import { doctorReport, emptyPlan } from '../testing/fixtures.ts';

const addresses: Addresses = {
  proxy: 'http://127.0.0.1:24400',
  admin: 'http://127.0.0.1:24401',
  caFile: '/ca.pem',
  origins: { 'api.cf.eu10-004.hana.ondemand.com': 'http://localhost:24402' },
};

/** A landscape that remembers what was done with it. */
function landscape() {
  const calls: string[] = [];
  const opened: OpenLandscape = {
    fetch: () => Promise.reject(new Error('not used')),
    clock: { now: () => 1_000, advance: async () => {}, set: async () => {} },
    credentials: () => ({ ACME_ADMIN_PASSWORD: 'p' }),
    environment: () => ({ ACME_ADMIN_PASSWORD: 'p' }),
    listen: async () => {
      calls.push('listen');
      return addresses;
    },
    seedDiffers: false,
    async [Symbol.asyncDispose]() {
      calls.push('close');
    },
  };
  return { calls, opened };
}

const proven = fixtureEngine({ doctor: async () => ({ ...doctorReport, status: 'ok' }) });

/** Runs a command until it says that it stays up, then sends it SIGTERM. */
async function untilUp(io: ReturnType<typeof fakeIo>, running: Promise<number>): Promise<number> {
  while (!io.err().includes('Ctrl-C')) await setImmediate();
  io.signal('SIGTERM');
  return running;
}

test('up listens, prints the addresses, and closes the landscape on a signal', async () => {
  const { calls, opened } = landscape();
  const { parts } = fakeParts(proven, { openLandscape: async () => opened });
  const io = fakeIo(['up']);
  expect(await untilUp(io, runProgram(io, parts))).toBe(EXIT.ok);
  expect(io.out()).toContain('http://localhost:24402  api.cf.eu10-004.hana.ondemand.com');
  expect(calls).toEqual(['listen', 'close']);
});

test('start --once runs plan, apply and doctor in process, and ends with the exit code of the doctor', async () => {
  const { calls, opened } = landscape();
  const { parts, requests } = fakeParts(proven, { openLandscape: async () => opened });
  const io = fakeIo(['start', '--once', '--directory', 'data']);
  expect(await runProgram(io, parts)).toBe(EXIT.ok);
  expect(io.out()).toMatch(/Plan: 2 to add[\s\S]*Apply complete![\s\S]*of 2 technical users proven\./);
  expect(calls).toEqual(['close']);
  expect(requests[0]?.globals.manifest).toMatch(/examples\/acme\/locum\.yaml$/);
  expect(requests[0]?.globals.store).toBe('data/store');

  const broken = fakeParts(fixtureEngine(), { openLandscape: async () => landscape().opened });
  expect(await runProgram(fakeIo(['start', '--once']), broken.parts)).toBe(EXIT.doctor);
});

test('a start that finds everything in place applies nothing', async () => {
  const engine = fixtureEngine({
    plan: async () => emptyPlan,
    apply: async () => {
      throw new Error('there is nothing to apply');
    },
    doctor: async () => ({ ...doctorReport, status: 'ok' }),
  });
  const { parts } = fakeParts(engine, { openLandscape: async () => landscape().opened });
  const io = fakeIo(['start', '--once']);
  expect(await runProgram(io, parts)).toBe(EXIT.ok);
  expect(io.out()).toContain('No changes.');
});

test('start stays up after the tour, until it is asked to end', async () => {
  const { calls, opened } = landscape();
  const { parts } = fakeParts(proven, { openLandscape: async () => opened });
  const io = fakeIo(['start']);
  expect(await untilUp(io, runProgram(io, parts))).toBe(EXIT.ok);
  expect(io.out()).toContain('The local landscape is up.');
  expect(calls).toEqual(['listen', 'close']);
});

test('start works on a landscape that is up already, and leaves it up', async () => {
  const worlds: (World | undefined)[] = [];
  const fetch = () => Promise.reject(new Error('not used'));
  const { parts } = fakeParts(proven, {
    findLandscape: async () => ({
      pid: 77,
      proxy: addresses.proxy,
      admin: addresses.admin,
      caFile: addresses.caFile,
      fetch,
      now: () => 7,
      environment: async () => ({ ACME_ADMIN_PASSWORD: 'p' }),
      async [Symbol.asyncDispose]() {},
    }),
    openEngine: async (_request, world) => {
      worlds.push(world);
      return { engine: proven, async [Symbol.asyncDispose]() {} };
    },
  });
  const io = fakeIo(['start']);
  expect(await runProgram(io, parts)).toBe(EXIT.ok);
  expect(io.err()).toContain('process 77');
  expect(worlds[0]?.fetch).toBe(fetch);
  // The clock of the landscape, which may have been moved.
  expect(worlds[0]?.now()).toBe(7);
  expect(worlds[0]?.env).toEqual({ ACME_ADMIN_PASSWORD: 'p' });
});

test('up --fleet starts with a fleet, tells how to get in, and writes the manifest that fits', async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'locum-up-'));
  try {
    const { opened } = landscape();
    const seeds: unknown[] = [];
    const { parts } = fakeParts(proven, {
      async openLandscape(directory, seed) {
        await mkdir(directory, { recursive: true });
        seeds.push(seed);
        return opened;
      },
    });
    const io = fakeIo(['up', '--fleet', '4x8', '--directory', 'data'], { cwd });
    expect(await untilUp(io, runProgram(io, parts))).toBe(EXIT.ok);
    expect(seeds).toEqual([fleetSeed({ subaccounts: 4, technicalUsers: 8 })]);
    expect(io.out()).toContain('CF_USERNAME=platform-admin@fleet.example CF_PASSWORD="$FLEET_ADMIN_PASSWORD" cf auth');
    expect(io.err()).toContain('npx locum -m data/fleet.yaml --local data doctor');
    const manifest = await readFile(path.join(cwd, 'data/fleet.yaml'), 'utf8');
    expect(manifest.match(/^ {2}- name: /gm)).toHaveLength(1 + 8);

    const wrong = fakeIo(['up', '--fleet', '4x8', '--seed', 'seed.yaml'], { cwd });
    expect(await runProgram(wrong, parts)).toBe(EXIT.usage);
  } finally {
    await rm(cwd, { recursive: true });
  }
});
