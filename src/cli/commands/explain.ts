import { nearest } from '../../kernel/manifest/nearest.ts';
import { catalogue } from '../catalogue.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { wrap } from '../render/text.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

export const run: RunCommand = async ({ io, globals, args }) => {
  const display = displayOf(io, globals);
  const kinds = catalogue();
  const [code] = args;
  if (code === undefined) {
    const widest = Math.max(...kinds.map((kind) => kind.code.length));
    display.print(kinds.map((kind) => `${kind.code.padEnd(widest)}  ${kind.title}\n`).join(''));
    display.json({ kinds });
    return EXIT.ok;
  }
  const kind = kinds.find((candidate) => candidate.code === code.toUpperCase());
  if (!kind) {
    const guess = nearest(
      code,
      kinds.map((candidate) => candidate.code),
    );
    throw new UsageError(
      `no code '${code}'`,
      guess === undefined ? '`locum explain` lists all' : `did you mean ${guess}?`,
    );
  }
  const docs = kind.docs === undefined ? '' : `\n${display.style.paint.dim(kind.docs)}\n`;
  display.print(
    `${display.style.paint.bold(kind.code)} ${kind.title}\n\n${wrap(kind.explanation, display.style.width).join('\n')}\n${docs}`,
  );
  display.json(kind);
  return EXIT.ok;
};
