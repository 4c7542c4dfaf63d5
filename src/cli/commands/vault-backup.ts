import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { writePrivate } from '../files/write-private.ts';
import { renderStoreReport } from '../render/store.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

const options = z.object({ why: z.string().optional() });

export const run: RunCommand = async ({ io, globals, parts, args, options: typed }) => {
  const { why = 'locum vault backup' } = options.parse(typed);
  const display = displayOf(io, globals);
  const place = path.resolve(io.cwd, args[0] ?? '');
  // Before the trail says that there is a backup.
  if (existsSync(place))
    throw new UsageError(`${place} is there already`, 'a backup is never written over: name another file');
  await using store = await parts.openStore(io, globals);
  const { file, report } = await store.backup({ at: parts.now(), who: io.who, why });
  await writePrivate(place, file);
  // What the disk gives back is what counts.
  const intact = report.intact && Buffer.compare(await readFile(place), file) === 0;
  display.print(renderStoreReport({ ...report, intact }, place, display.style));
  display.json({ file: place, bytes: file.length, ...report, intact });
  if (intact) display.say('The master key is not in it: keep that elsewhere, without it the backup opens for nobody.');
  return intact ? EXIT.ok : EXIT.policy;
};
