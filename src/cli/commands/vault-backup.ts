import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../kernel/errors.ts';
import type { RunCommand } from '../command.ts';
import { displayOf } from '../display.ts';
import { EXIT } from '../exit-codes.ts';
import { renderStoreReport } from '../render/store.ts';

const options = z.object({ why: z.string().optional() });

export const run: RunCommand = async ({ io, globals, parts, args, options: typed }) => {
  const { why = 'locum vault backup' } = options.parse(typed);
  const display = displayOf(io, globals);
  const place = path.resolve(io.cwd, args[0] ?? '');
  await using store = await parts.openStore(io, globals);
  const { file, report } = await store.backup({ at: parts.now(), who: io.who, why });
  await writeDurably(place, file);
  // What the disk gives back is what counts.
  const intact = report.intact && Buffer.compare(await readFile(place), file) === 0;
  display.print(renderStoreReport({ ...report, intact }, place, display.style));
  display.json({ file: place, bytes: file.length, ...report, intact });
  if (intact) display.say('The master key is not in it: keep that elsewhere, without it the backup opens for nobody.');
  return intact ? EXIT.ok : EXIT.policy;
};

async function writeDurably(place: string, content: Uint8Array): Promise<void> {
  try {
    await mkdir(path.dirname(place), { recursive: true });
    await using handle = await open(place, 'wx', 0o600);
    await handle.writeFile(content);
    await handle.sync();
    await using folder = await open(path.dirname(place), 'r');
    await folder.sync();
  } catch (cause) {
    throw new ConfigError('ERR_CONFIG', `can't write ${place}`, {
      remedy:
        (cause as NodeJS.ErrnoException).code === 'EEXIST'
          ? 'give it another name: a backup is never written over'
          : 'make the folder writable, with room for the backup',
      cause,
    });
  }
}
