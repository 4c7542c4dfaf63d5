import type { SecretVersion } from '../../kernel/ports.ts';
import { vaultNameOf } from '../../kernel/vault/disclose.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Style } from '../render/style.ts';
import { displayOf } from '../terminal/display.ts';

export const run: RunCommand = async ({ io, globals, parts, args }) => {
  const display = displayOf(io, globals);
  await using store = await parts.openStore(io, globals);
  const name = await vaultNameOf(args[0] ?? '', store.vault);
  for (const version of await store.vault.history(name)) {
    display.print(`${line(version, display.style)}\n`);
    display.json(version);
  }
  return EXIT.ok;
};

/** `  3  current   pending 2026-11-21 10:00:00, current 2026-11-21 10:00:04`. */
function line({ version, state, states }: SecretVersion, { paint }: Style): string {
  const shown = state === 'current' ? paint.green(state.padEnd(8)) : state.padEnd(8);
  const life = states.map((one) => `${one.state} ${time(one.at)}`).join(', ');
  return `${String(version).padStart(3)}  ${shown}  ${paint.dim(life)}`;
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
