import type { Engine } from '../../engine/engine.ts';
import type { Invocation } from '../command.ts';
import { type Progress, progressFor } from '../terminal/progress.ts';

export interface WithEngineOptions {
  /** Whether progress events go to stdout with `--json`. @default false */
  readonly events?: boolean;
  /** The command looks at the manifest alone. @default false */
  readonly offline?: boolean;
  /** Milliseconds to wait for another process that has the store. @default 3000 */
  readonly storeWaitMs?: number;
}

/** Opens an engine for one command and closes it, whatever happens. */
export async function withEngine<T>(
  { io, globals, parts }: Invocation,
  options: WithEngineOptions,
  use: (engine: Engine, progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = progressFor(io, globals, options);
  await using open = await parts.openEngine({
    io,
    globals,
    onEvent: progress.handle,
    offline: options.offline ?? false,
    ...(options.storeWaitMs === undefined ? {} : { storeWaitMs: options.storeWaitMs }),
  });
  try {
    return await use(open.engine, progress);
  } finally {
    progress.end();
  }
}
