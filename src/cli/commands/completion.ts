import type { RunCommand } from '../command.ts';
import { GLOBAL_OPTIONS } from '../commands.ts';
import { SHELLS } from '../completion.ts';
import { EXIT } from '../exit-codes.ts';

export const run: RunCommand = async ({ io, args, table }) => {
  const [shell] = args;
  const script = SHELLS[shell === 'zsh' || shell === 'fish' ? shell : 'bash'];
  io.stdout.write(script({ commands: table, globals: GLOBAL_OPTIONS }));
  return EXIT.ok;
};
