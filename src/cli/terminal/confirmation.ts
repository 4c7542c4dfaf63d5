import type { Invocation } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Asks on the terminal before something is changed; `--yes` answers.
 * @throws UsageError with the remedy when there is neither a terminal nor `--yes`
 */
export function confirmation(
  { io, globals, parts }: Pick<Invocation, 'io' | 'globals' | 'parts'>,
  yes: boolean,
  remedy: string,
): (question: string) => Promise<boolean> {
  if (!yes && (globals.json || !io.stdin.isTTY || !io.stderr.isTTY)) {
    throw new UsageError('there is no terminal to ask on', remedy);
  }
  return async (question) => yes || parts.ask.confirm(question);
}
