import { z } from 'zod';
import { disclose, vaultNameOf } from '../../kernel/vault/disclose.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../render/text.ts';
import { reasonFor } from '../terminal/disclosure.ts';
import { displayOf } from '../terminal/display.ts';

const options = z.object({
  why: z.string().optional(),
  atVersion: z.number().optional(),
  yes: z.boolean().optional(),
});

export const run: RunCommand = async (call) => {
  const { io, globals, parts, args } = call;
  const { atVersion: version, ...given } = options.parse(call.options);
  const why = reasonFor(call, given);
  const display = displayOf(io, globals);
  await using store = await parts.openStore(io, globals);
  const name = await vaultNameOf(args[0] ?? '', store.vault);
  const secrets = [{ name, ...(version === undefined ? {} : { version }) }];
  const [opened] = await disclose(store, { secrets, who: io.who, why, at: parts.now(), to: 'shown' });
  if (!opened) return EXIT.unexpected;
  const text = opened.secret.reveal();
  // On a terminal control characters would act instead of being seen.
  display.print(`${io.stdout.isTTY ? printable(text) : text}\n`);
  const { states: _, ...shown } = opened.version;
  display.json({ ...shown, secret: text });
  return EXIT.ok;
};
