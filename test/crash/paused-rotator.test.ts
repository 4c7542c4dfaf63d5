import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createLandscape, type Landscape } from '../../src/landscape/index.ts';
import { openStore } from '../../src/store/index.ts';
import { realContext } from '../../src/store/store.fixture.ts';
import { ACME_MANIFEST } from '../fixtures/acme.ts';
import { startPostgres } from '../postgres.ts';

const server = await startPostgres();
afterAll(() => server.stop());
const without = 'skipped' in server ? ` (${server.skipped})` : '';

/** A database that nobody else has: the command has no option for another schema. */
async function freshDatabase(url: Secret): Promise<Secret> {
  const name = `locum_test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: url.reveal() });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const own = new URL(url.reveal());
  own.pathname = `/${name}`;
  return new Secret(own.href);
}

interface Rotator {
  readonly child: ChildProcess;
  /** Resolves when the output has this text. */
  seen(text: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly talk: string }>;
}

/** `locum rotate` as a process of its own; its clock is so many milliseconds ahead. */
function rotator(folder: string, who: string, env: NodeJS.ProcessEnv, aheadMs: number): Rotator {
  const line = ['-m', ACME_MANIFEST, '--json', 'rotate', 'mtx-routes', '--yes', '--no-wait', '--why', who];
  const child = spawn(process.execPath, ['test/crash/locum.child.ts', String(aheadMs), folder, ...line], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, LOCUM_WHO: who },
  });
  let [out, talk] = ['', ''];
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    for (const look of waiting) look();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    talk += chunk.toString();
  });
  const ended = new Promise<Awaited<Rotator['ended']>>((resolve) => {
    child.on('close', (code) => resolve({ code, out, talk }));
  });
  return {
    child,
    ended,
    seen: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (out.includes(text)) resolve();
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without '${text}': ${out}${talk}`)));
      }),
  };
}

const IAS = 'acme-platform.accounts.ondemand.com';
/** The landscape holds a request of the first process for so long, by its own clock. */
const HELD_MS = 600_000;
/** Longer than a lease lasts. */
const TAKEOVER_MS = 180_000;

/** Requests that would change something at a service; logons change nothing of ours. */
const changes = (landscape: Landscape, after: number) =>
  landscape.requests
    .list({ after })
    .filter(({ method, url }) => !['GET', 'HEAD'].includes(method) && /\/scim\/Users|[dD]estinations/.test(url));

/** Resolves when the landscape holds a request. */
async function held({ faults }: Landscape): Promise<void> {
  while (!faults.list().some(({ struck }) => struck > 0)) await delay(2);
}

/** When the first one is stopped; a request of its that the landscape holds; what such requests are answered with afterwards. */
const CASES = [
  ['has journaled that it sets the password', 'set', undefined, []],
  ['has sent the password, which arrives late', 'set', { method: 'PATCH', path: '/scim/Users/*' }, [412]],
  ['waits for the answer to its proof', 'prove', { method: 'POST', path: '/service/users/password' }, []],
] as const;

for (const [when, step, request, late] of CASES) {
  test.skipIf(without !== '')(
    `a rotator that is stopped when it ${when} writes nothing when it goes on after another took over${without}`,
    { timeout: 240_000 },
    async () => {
      if ('skipped' in server) return;
      const folder = await mkdtemp(path.join(tmpdir(), 'locum-paused-'));
      const landscape = await createLandscape({
        directory: folder,
        seed: 'examples/acme/landscape.yaml',
        effort: 'least',
      });
      const stopped: ChildProcess[] = [];
      try {
        await landscape.listen({ proxyPort: 0, portsFrom: 0 });
        const databaseUrl = await freshDatabase(server.url);
        const LOCUM_MASTER_KEY = randomBytes(32).toString('base64');
        const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl.reveal(), LOCUM_MASTER_KEY };
        await using store = await openStore(
          { databaseUrl, masterKey: { variable: 'LOCUM_MASTER_KEY', environment: env } },
          realContext,
        );
        const engine = createEngine({
          manifest: ACME_MANIFEST,
          store,
          context: { ...realContext, fetch: landscape.fetch },
          env: (name) => landscape.credentials()[name],
          who: 'test',
        });
        await engine.apply({ why: 'make it so' });

        const effect = { kind: 'delay', ms: HELD_MS } as const;
        if (request) await landscape.faults.add({ host: IAS, ...request, times: 1, effect });
        const first = rotator(folder, 'first', env, 0);
        stopped.push(first.child);
        await first.seen(`"action":"${step}"`);
        if (request) await held(landscape);
        first.child.kill('SIGSTOP');
        const second = await rotator(folder, 'second', env, TAKEOVER_MS).ended;
        expect(second, second.talk).toMatchObject({ code: EXIT.ok });
        const [rotated] = await store.rotations.history('acme/mtx-routes');
        const kept = async () => (await store.vault.open('acme/mtx-routes', 'current'))?.version;
        const version = await kept();
        const before = landscape.requests.list().at(-1)?.seq ?? 0;

        await landscape.clock.advance(HELD_MS);
        first.child.kill('SIGCONT');
        const resumed = await first.ended;
        expect(resumed, resumed.talk).toMatchObject({ code: EXIT.run });
        expect(resumed.talk + resumed.out).toMatch(/ERR_RUN_INTERRUPTED|has taken over/);
        // What was on its way already comes too late, and it sends nothing more.
        const after = changes(landscape, before).map(({ status = 0 }) => status);
        expect(request ? after : after.filter((status) => status < 400)).toEqual(late);
        expect(await kept()).toEqual(version);
        expect(await store.rotations.history('acme/mtx-routes')).toEqual([rotated]);
        const trail = await store.trail.read();
        const takeover = trail.findIndex(({ why, who }) => why === 'second' || who === 'second');
        expect(takeover).toBeGreaterThan(0);
        expect(trail.slice(takeover).filter(({ who }) => who === 'first')).toEqual([]);
        expect(await store.trail.verify()).not.toHaveProperty('brokenAt');
        expect((await engine.doctor({ users: ['mtx-routes'] })).status).toBe('ok');
      } finally {
        for (const child of stopped) child.kill('SIGKILL');
        await landscape[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      }
    },
  );
}
