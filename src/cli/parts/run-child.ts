import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ConfigError } from '../../kernel/errors.ts';
import type { Io } from '../io.ts';
import type { Child } from './parts.ts';

/** Runs a program on our own terminal to its end. @returns its exit code, 128 + n after signal n */
export function runChild({ command, args, env }: Child, io: Io): Promise<number> {
  const child = spawn(command, args, { cwd: io.cwd, env: { ...env }, stdio: 'inherit' });
  const unlisten = io.onSignal((signal) => {
    // A terminal sends Ctrl-C to the child as well; twice would be an urgent wish.
    if (signal !== 'SIGINT' || !io.stdin.isTTY) child.kill(signal);
  });
  return new Promise<number>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const because = cause.code === 'ENOENT' ? 'there is no such program' : (cause.code ?? 'it failed');
      reject(
        new ConfigError('ERR_CONFIG', `can't run ${command}: ${because}`, { remedy: `install ${command}`, cause }),
      );
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  }).finally(unlisten);
}
