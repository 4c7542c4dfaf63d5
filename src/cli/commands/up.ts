import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import type { Access } from '../example.ts';
import { EXIT } from '../exit-codes.ts';
import { renderAddresses } from '../render/landscape.ts';
import { fileName } from '../render/style.ts';
import { displayOf } from '../terminal/display.ts';
import { untilAsked } from '../terminal/stay.ts';
import { UsageError } from '../usage-error.ts';

const options = z.object({ directory: z.string(), seed: z.string().optional(), fleet: z.string().optional() });

export const run: RunCommand = async ({ io, globals, parts, options: typed }) => {
  const { directory, seed, fleet } = options.parse(typed);
  if (seed !== undefined && fleet !== undefined) {
    throw new UsageError('a landscape starts with one seed', 'leave out --seed or --fleet');
  }
  const folder = globals.local ?? directory;
  const home = path.resolve(io.cwd, folder);
  const display = displayOf(io, globals);
  const company = fleet === undefined ? undefined : await fleetOf(fleet, home);
  await using landscape = await parts.openLandscape(home, company?.seed ?? (seed && path.resolve(io.cwd, seed)));
  if (landscape.seedDiffers) {
    display.say('The seed is another than the one that was planted here; a reset on the admin page plants it.');
  }
  const asked = untilAsked(io);
  const addresses = await landscape.listen();
  display.print(renderAddresses(addresses, folder, display.style, company?.access));
  display.json(addresses);
  if (company) {
    const { manifest } = company.access;
    await writeFile(manifest, company.manifestText());
    const name = fileName(manifest, io.cwd);
    display.say(`The manifest of the fleet: ${name}. Try: npx locum -m ${name} --local ${folder} doctor`);
  }
  display.say('Ctrl-C ends it; nothing is lost.');
  await asked;
  return EXIT.ok;
};

/** A fleet of this size: what it starts with, how to get in, and the manifest that fits. */
async function fleetOf(text: string, home: string) {
  const { accessOf, fleetManifest, fleetSeed, parseFleetSize } = await import('../../landscape/fleet/index.ts');
  const size = parseFleetSize(text);
  const access: Access = { manifest: path.join(home, 'fleet.yaml'), ...accessOf(size) };
  return { seed: fleetSeed(size), access, manifestText: () => fleetManifest(size) };
}
