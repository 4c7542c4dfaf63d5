import path from 'node:path';
import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { displayOf } from '../display.ts';
import { EXIT } from '../exit-codes.ts';
import { renderAddresses } from '../render/landscape.ts';
import { untilAsked } from '../stay.ts';

const options = z.object({ directory: z.string(), seed: z.string().optional() });

export const run: RunCommand = async ({ io, globals, parts, options: typed }) => {
  const { directory, seed } = options.parse(typed);
  const folder = globals.local ?? directory;
  const display = displayOf(io, globals);
  await using landscape = await parts.openLandscape(
    path.resolve(io.cwd, folder),
    seed === undefined ? undefined : path.resolve(io.cwd, seed),
  );
  if (landscape.seedDiffers) {
    display.say('The seed is another than the one that was planted here; a reset on the admin page plants it.');
  }
  const asked = untilAsked(io);
  const addresses = await landscape.listen();
  display.print(renderAddresses(addresses, folder, display.style));
  display.json(addresses);
  display.say('Ctrl-C ends it; nothing is lost.');
  await asked;
  return EXIT.ok;
};
