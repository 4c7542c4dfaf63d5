import { Secret } from '../kernel/secret.ts';
import type { Ask } from './parts.ts';

/** Asks on the terminal; questions go to stderr, because stdout is data. */
export function createTerminalAsk(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Ask {
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
