import type { Io, Output } from '../io.ts';

export interface FakeIoOptions {
  readonly env?: Io['env'];
  readonly cwd?: string;
  /** What stdin holds. @default nothing */
  readonly input?: string;
  /** Whether all three streams are a terminal. @default false */
  readonly terminal?: boolean;
}

/** A process that writes into memory. */
export interface FakeIo extends Io {
  out(): string;
  err(): string;
  /** Sends a signal to whoever listens. */
  signal(signal: NodeJS.Signals): void;
}

export function fakeIo(argv: readonly string[], options: FakeIoOptions = {}): FakeIo {
  const { env = {}, cwd = '/work', input = '', terminal = false } = options;
  const stdout = memory(terminal);
  const stderr = memory(terminal);
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  return {
    argv,
    env,
    cwd,
    stdin: {
      isTTY: terminal,
      async *[Symbol.asyncIterator]() {
        yield input;
      },
    },
    stdout,
    stderr,
    who: 'tester@bench',
    pid: 4711,
    isAlive: () => false,
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    out: () => stdout.text(),
    err: () => stderr.text(),
    signal: (signal) => {
      for (const listener of listeners) listener(signal);
    },
  };
}

function memory(isTTY: boolean): Output & { text(): string } {
  let written = '';
  return {
    isTTY,
    columns: 100,
    write: (text) => {
      written += text;
    },
    text: () => written,
  };
}
