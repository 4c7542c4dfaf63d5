import { nearest } from '../../kernel/manifest/nearest.ts';
import { declaredKinds } from '../../kernel/rotate/kinds.ts';
import { systems } from '../../systems/index.ts';
import { catalogue } from '../catalogue.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { renderKind } from '../render/kind.ts';
import { wrap } from '../render/text.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

export const run: RunCommand = async ({ io, globals, args }) => {
  const display = displayOf(io, globals);
  const kinds = catalogue();
  const credentials = declaredKinds(systems);
  const [code] = args;
  if (code === undefined) {
    const entries = [...kinds.map(({ code: name, title }) => ({ name, title })), ...credentials];
    const widest = Math.max(...entries.map(({ name }) => name.length));
    display.print(entries.map(({ name, title }) => `${name.padEnd(widest)}  ${title}\n`).join(''));
    display.json({ kinds, credentials });
    return EXIT.ok;
  }
  const credential = credentials.find(({ name }) => name === code.toLowerCase());
  if (credential) {
    display.print(renderKind(credential, display.style));
    display.json(credential);
    return EXIT.ok;
  }
  const kind = kinds.find((candidate) => candidate.code === code.toUpperCase());
  if (!kind) {
    const guess = nearest(code, [...kinds.map((candidate) => candidate.code), ...credentials.map(({ name }) => name)]);
    throw new UsageError(
      `no code or kind of credential '${code}'`,
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
