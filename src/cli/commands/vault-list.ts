import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { oneLine } from '../render/text.ts';
import { displayOf } from '../terminal/display.ts';

export const run: RunCommand = async ({ io, globals, parts }) => {
  const display = displayOf(io, globals);
  await using store = await parts.openStore(io, globals);
  const names = await store.vault.names();
  for (const name of names) {
    const versions = await store.vault.history(name);
    const shown = versions.map(({ version, state }) => `${version} ${state}`).join(', ');
    display.print(`${oneLine(name)}  ${display.style.paint.dim(shown)}\n`);
    display.json({ name, versions });
  }
  if (names.length === 0) display.say('the vault is empty');
  return EXIT.ok;
};
