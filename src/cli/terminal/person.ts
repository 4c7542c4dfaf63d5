import type { Person, PersonTask } from '../../kernel/rotate/person.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Invocation } from '../command.ts';
import { renderTask } from '../render/person.ts';
import { styleFor } from '../render/style.ts';
import { displayOf } from './display.ts';
import { readSecret } from './read-secret.ts';

interface PersonOptions {
  /** What a task wants comes on standard input. */
  readonly secretStdin: boolean;
  /** What the rotation waits for was done. */
  readonly did: boolean;
  /** Clears the line of a progress display before something is asked. */
  readonly quiet: () => void;
}

/** Whoever is at the terminal, or has said in the command line what was done. One is asked after the other. */
export function personAt({ io, globals, parts }: Invocation, { secretStdin, did, quiet }: PersonOptions): Person {
  const terminal = !globals.json && !secretStdin && io.stdin.isTTY && io.stderr.isTTY;
  const style = styleFor(io.stderr, io, globals);
  let piped = secretStdin;
  let said = did;
  let turn: Promise<unknown> = Promise.resolve();

  function ask<T>(task: PersonTask, question: () => Promise<T>): Promise<T> {
    const mine = turn.then(() => {
      quiet();
      displayOf(io, { ...globals, quiet: false }).say(`\n${renderTask(task, style)}\n`);
      return question();
    });
    turn = mine.catch(() => undefined);
    return mine;
  }

  return {
    async bring(task): Promise<Secret | undefined> {
      if (piped) {
        piped = false;
        return readSecret(io, parts.ask, task.title);
      }
      // A certificate has many lines, and a prompt takes one.
      if (!terminal || task.wants !== 'secret') return undefined;
      return ask(task, () => parts.ask.secret('The new secret (it is not shown; empty: later)'));
    },
    async did(task) {
      if (said) {
        said = false;
        return true;
      }
      return terminal ? ask(task, () => parts.ask.confirm('Is it done?')) : false;
    },
  };
}
