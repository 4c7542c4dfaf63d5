import path from 'node:path';
import type { OpenStore, StoreOptions } from '../../store/index.ts';
import { EXAMPLE_SEED } from '../example.ts';
import type { GlobalOptions } from '../global-options.ts';
import type { Io } from '../io.ts';
import { createTerminalAsk } from '../terminal/ask.ts';
import { externalPayloads } from './external-payloads.ts';
import { openLocalWorld } from './local-world.ts';
import { besideLandscape } from './loopback.ts';
import { masterKeySource } from './master-key-source.ts';
import type { EngineRequest, OpenEngine, Parts, World } from './parts.ts';
import { openRestingStore } from './resting-store.ts';
import { runChild } from './run-child.ts';

/** The real engine, store and landscape, each loaded when it is first asked for. */
export function createRealParts(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Parts {
  const parts: Parts = {
    ask: createTerminalAsk(input, output),
    now: () => Date.now(),
    runChild,
    openEngine: (request, world) => openEngine(request, world, parts),
    openStore: (io, globals) => openStore(io, globals),
    async restoreStore(io, globals, restoration) {
      const [{ restoreStore }, { createNodeContext }] = await Promise.all([
        import('../../store/index.ts'),
        import('../../engine/node-context.ts'),
      ]);
      await using context = createNodeContext();
      return restoreStore(restoration, await storeOptions(io, globals), context);
    },
    async verifyBackup(io, globals, backup) {
      const { verifyBackup } = await import('../../store/index.ts');
      return verifyBackup(backup, await storeOptions(io, globals));
    },
    async openLandscape(directory, seed = EXAMPLE_SEED) {
      // Not by the index either, which brings what it takes to find one that runs.
      const { createLandscape } = await import('../../landscape/landscape.ts');
      return createLandscape({ directory, seed });
    },
    async findLandscape(directory) {
      // Not by the index: that loads the emulators, which a running landscape has already.
      const { findLandscape } = await import('../../landscape/admin/running.ts');
      return findLandscape(directory);
    },
  };
  return parts;
}

async function openEngine(
  { io, globals, onEvent, offline, storeWaitMs }: EngineRequest,
  world: World | undefined,
  parts: Parts,
): Promise<OpenEngine> {
  await using opening = new AsyncDisposableStack();
  const [{ createEngine }, { createNodeContext }] = await Promise.all([
    import('../../engine/engine.ts'),
    import('../../engine/node-context.ts'),
  ]);
  const real = opening.use(createNodeContext());
  const local =
    world || globals.local === undefined || offline
      ? undefined
      : opening.use(await openLocalWorld(globals.local, io, parts));
  const there = world ?? local;
  const resting = offline ? undefined : opening.use(await openRestingStore(() => openStore(io, globals, storeWaitMs)));
  const engine = createEngine({
    manifest: path.resolve(io.cwd, globals.manifest),
    store: resting ?? (await memoryStore()),
    context: there ? { ...real, fetch: besideLandscape(there.fetch, real.fetch), now: there.now } : real,
    // What the user set wins over the landscape's own credentials.
    env: (name) => io.env[name] ?? there?.env[name],
    who: io.who,
    ...(resting ? { rest: resting.rest } : {}),
    ...(onEvent ? { onEvent } : {}),
  });
  const opened = opening.move();
  return { engine, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function openStore(io: Io, globals: GlobalOptions, waitMs?: number): Promise<OpenStore> {
  const [{ openStore: open }, { createNodeContext }] = await Promise.all([
    import('../../store/index.ts'),
    import('../../engine/node-context.ts'),
  ]);
  await using opening = new AsyncDisposableStack();
  const context = opening.use(createNodeContext());
  const payloads = await externalPayloads(io, context);
  const store = opening.use(
    await open(
      {
        ...(await storeOptions(io, globals)),
        ...(payloads ? { payloads } : {}),
        ...(waitMs === undefined ? {} : { waitMs }),
      },
      context,
    ),
  );
  const opened = opening.move();
  return { ...store, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function storeOptions(io: Io, { store }: GlobalOptions): Promise<StoreOptions> {
  const { Secret } = await import('../../kernel/secret.ts');
  const masterKey = masterKeySource(io);
  const url = io.env.DATABASE_URL;
  return {
    ...(url ? { databaseUrl: new Secret(url) } : { directory: path.resolve(io.cwd, store) }),
    ...(masterKey ? { masterKey } : {}),
  };
}

async function memoryStore() {
  const { createMemoryStore } = await import('../../store/index.ts');
  return createMemoryStore();
}
