import { hostname, userInfo } from 'node:os';
import process from 'node:process';
import type { Io, Output } from './io.ts';
import { runProgram } from './program.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function outputOf(stream: NodeJS.WriteStream): Output {
  // Who reads us may stop reading (`locum plan | head`).
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => {
      stream.write(text);
    },
    isTTY: stream.isTTY === true,
    get columns() {
      // A terminal that was never told its size says 0.
      return stream.columns || 100;
    },
  };
}

function whoami(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container may run with a user id that has no name.
    return `uid-${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 is not sent; it only asks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const io: Io = {
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: {
    get isTTY() {
      return process.stdin.isTTY === true;
    },
    [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator](),
  },
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  get who() {
    return process.env.LOCUM_WHO ?? whoami();
  },
  pid: process.pid,
  isAlive,
  onSignal(listener) {
    for (const signal of SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    };
  },
};

process.exitCode = await runProgram(io, async () => {
  const { createRealParts } = await import('./parts/real-parts.ts');
  return createRealParts(process.stdin, process.stderr);
});
