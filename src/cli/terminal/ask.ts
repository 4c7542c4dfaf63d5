import { Secret } from '../../kernel/secret.ts';
import type { Ask } from '../parts/parts.ts';

/** Asks on the terminal; questions go to stderr, because stdout is data. */
export function createTerminalAsk(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Ask {
  // A terminal that was never told its size says 0, and a question would be broken after every letter.
  if (output.isTTY && !output.columns) output.columns = 80;
  return {
    async confirm(message) {
      const { confirm } = await import('@clack/prompts');
      return (await confirm({ message, initialValue: false, input, output })) === true;
    },
    async secret(message) {
      const { password } = await import('@clack/prompts');
      const answer = await password({ message, input, output });
      return typeof answer === 'string' && answer !== '' ? new Secret(answer) : undefined;
    },
  };
}
