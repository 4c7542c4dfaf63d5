import { nearest } from '../../kernel/manifest/nearest.ts';
import type { RunCommand } from '../command.ts';
import { EXIT, EXIT_CODES } from '../exit-codes.ts';
import { helpOf } from '../program.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

export const run: RunCommand = async ({ io, globals, args, table }) => {
  const display = displayOf(io, globals);
  if (args[0] === 'exit-codes') {
    display.print(exitCodesText());
    display.json({ exitCodes: EXIT_CODES });
    return EXIT.ok;
  }
  const help = helpOf(args, io);
  if (help === undefined) {
    const topic = args.join(' ');
    const guess = nearest(topic, ['exit-codes', ...table.map((command) => command.name)]);
    throw new UsageError(`no help on '${topic}'`, guess === undefined ? undefined : `did you mean '${guess}'?`);
  }
  io.stdout.write(help);
  return EXIT.ok;
};

function exitCodesText(): string {
  const widest = Math.max(...EXIT_CODES.map(({ meaning }) => meaning.length));
  const lines = EXIT_CODES.map(({ code, meaning, react }) => {
    return `${String(code).padStart(4)}  ${meaning.padEnd(widest)}  → ${react}`;
  });
  return `Exit codes of locum:\n\n${lines.join('\n')}\n\nlocum exec ends with the exit code of its command.\n`;
}
