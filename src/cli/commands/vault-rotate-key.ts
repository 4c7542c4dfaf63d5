import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { parseMasterKeySource } from '../parts/master-key-source.ts';
import { displayOf } from '../terminal/display.ts';

const options = z.object({ to: z.string().optional() });

export const run: RunCommand = async ({ io, globals, parts, options: typed }) => {
  const { to } = options.parse(typed);
  const display = displayOf(io, globals);
  const next = to === undefined ? undefined : parseMasterKeySource(to, io);
  await using store = await parts.openStore(io, globals);
  await store.rotateMasterKey({
    ...(next ? { next } : {}),
    at: parts.now(),
    who: io.who,
    why: 'locum vault rotate-key',
  });
  display.say(
    next
      ? 'Every secret is sealed with the new master key; hand it in from now on.'
      : 'Every secret is sealed with a new master key, which took the place of the old one.',
  );
  display.say('Backups that were made before open with the old key only: make a new one.');
  display.json({ rotated: true });
  return EXIT.ok;
};
