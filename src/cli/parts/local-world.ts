import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import type { Parts, World } from './parts.ts';

/** The local landscape as the world of an engine: one that is up, through its proxy; else booted in this process. */
export interface LocalWorld extends World, AsyncDisposable {
  /** Variables by which other programs reach it. */
  environment(): Promise<Readonly<Record<string, string>>>;
}

/** Directory that `--local` means without a value. */
const DEFAULT_DIRECTORY = '.locum';

export async function openLocalWorld(
  directory: string,
  io: Io,
  parts: Pick<Parts, 'findLandscape' | 'openLandscape'>,
): Promise<LocalWorld> {
  const folder = path.resolve(io.cwd, directory);
  const found = await parts.findLandscape(folder);
  if (found) {
    const env = await found.environment();
    return {
      fetch: found.fetch,
      // Its clock may have been moved.
      now: found.now,
      env,
      environment: async () => env,
      [Symbol.asyncDispose]: () => found[Symbol.asyncDispose](),
    };
  }
  // `--local NAME` is more often a technical user in the wrong place than a wish for a new landscape.
  if (directory !== DEFAULT_DIRECTORY && !existsSync(folder)) {
    throw new UsageError(`there is no landscape in '${directory}'`, `make one: locum up --directory ${directory}`);
  }
  const landscape = await parts.openLandscape(folder);
  return {
    fetch: landscape.fetch,
    now: () => landscape.clock.now(),
    env: landscape.credentials(),
    async environment() {
      await landscape.listen();
      return landscape.environment();
    },
    [Symbol.asyncDispose]: () => landscape[Symbol.asyncDispose](),
  };
}
