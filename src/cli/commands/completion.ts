import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { GLOBAL_OPTIONS } from '../table/commands.ts';
import { SHELLS } from '../table/completion.ts';

export const run: RunCommand = async ({ io, args, table }) => {
  const [shell] = args;
  const script = SHELLS[shell === 'zsh' || shell === 'fish' ? shell : 'bash'];
  io.stdout.write(script({ commands: table, globals: GLOBAL_OPTIONS }));
  return EXIT.ok;
};
