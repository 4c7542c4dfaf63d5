import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { createEngine } from '../../src/engine/engine.ts';
import type { Context } from '../../src/kernel/context.ts';
import {
  type Addresses,
  createLandscape,
  createMemoryPersistence,
  findLandscape,
  type Seed,
} from '../../src/landscape/index.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { withConformanceSeed } from './seed.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The landscape of acme with its technical users in place, on loopback sockets. */
export interface ConformanceLandscape extends AsyncDisposable {
  /** Through the proxy, over TLS, with the local CA: what any client of another process does. */
  readonly fetch: Context['fetch'];
  readonly addresses: Addresses;
  /** Variables by which unmodified programs reach the landscape: proxy and CA. */
  readonly environment: Readonly<Record<string, string>>;
  /** A credential of the seed; throws when there is none of that name. */
  credential(name: string): string;
  /** Password of a technical user of the manifest, as Locum set it. */
  passwordOf(technicalUser: string): Promise<string>;
  /** Acts while the landscape's clock is moved by so many milliseconds, e.g. for a token that is old by now. */
  atOffset<T>(ms: number, act: () => Promise<T>): Promise<T>;
}

/** Opens the landscape, lets Locum make the technical users of examples/acme/locum.yaml, and listens. */
export async function openConformanceLandscape(): Promise<ConformanceLandscape> {
  await using opening = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'locum-conformance-'));
  opening.defer(() => rm(directory, { recursive: true, force: true }));
  const seed = parse(await readFile(path.join(root, 'examples/acme/landscape.yaml'), 'utf8')) as Seed;
  const landscape = opening.use(
    await createLandscape({ directory, persistence: createMemoryPersistence(), seed: withConformanceSeed(seed) }),
  );
  const store = createMemoryStore();
  const engine = createEngine({
    manifest: path.join(root, 'examples/acme/locum.yaml'),
    store,
    context: {
      fetch: landscape.fetch,
      // Foreign clients judge tokens by the real time, so nothing here has another one.
      now: () => Date.now(),
      id: () => randomUUID(),
      random: (bytes) => randomBytes(bytes),
      sleep: (ms) => delay(ms),
    },
    env: (name) => landscape.credentials()[name],
    who: 'conformance',
  });
  const { run, remaining } = await engine.apply({ why: 'foreign clients work with the technical users' });
  const undone = [...(run?.steps.filter((step) => step.result !== 'done') ?? []), ...remaining.steps];
  if (undone.length > 0) throw new Error(`apply left ${undone.map((step) => step.address).join(', ')}`);

  const addresses = await landscape.listen({ portsFrom: 0 });
  const running = await findLandscape(directory);
  if (!running) throw new Error('the landscape does not listen');
  opening.use(running);
  const opened = opening.move();
  return {
    fetch: running.fetch,
    addresses,
    environment: Object.fromEntries(
      // Credentials are handed out one by one: a client gets those of its own.
      Object.entries(landscape.environment()).filter(([name]) => !(name in landscape.credentials())),
    ),
    credential(name) {
      const value = landscape.credentials()[name];
      if (value === undefined) throw new Error(`the landscape has no credential ${name}`);
      return value;
    },
    async passwordOf(technicalUser) {
      const version = await store.vault.open(`acme/${technicalUser}`, 'current');
      if (!version) throw new Error(`Locum has set no password for ${technicalUser}`);
      return version.secret.reveal();
    },
    async atOffset(ms, act) {
      await landscape.clock.advance(ms);
      try {
        return await act();
      } finally {
        await landscape.clock.advance(-ms);
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
