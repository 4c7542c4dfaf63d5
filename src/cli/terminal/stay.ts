import type { Io } from '../io.ts';

/** Resolves when somebody asks the process to end. */
export function untilAsked(io: Io): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  // Not taken back: an impatient second Ctrl-C must not cut the closing short.
  io.onSignal(resolve);
  return promise;
}
