import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { readBackup } from '../files/read-backup.ts';
import { renderStoreReport } from '../render/store.ts';
import { displayOf } from '../terminal/display.ts';
import { UsageError } from '../usage-error.ts';

const options = z.object({ prune: z.boolean().optional() });

export const run: RunCommand = async ({ io, globals, parts, args, options: typed }) => {
  const { prune = false } = options.parse(typed);
  const display = displayOf(io, globals);
  const [file] = args;
  if (file !== undefined) {
    if (prune) throw new UsageError('a backup has nothing outside', 'leave --prune away');
    const report = await parts.verifyBackup(io, globals, await readBackup(file, io));
    display.print(renderStoreReport(report, `${file}, as of ${report.madeAt}`, display.style));
    display.json(report);
    return report.intact ? EXIT.ok : EXIT.policy;
  }
  await using store = await parts.openStore(io, globals);
  const report = await store.verify(
    prune ? { at: parts.now(), who: io.who, why: 'locum vault verify --prune' } : undefined,
  );
  display.print(renderStoreReport(report, 'the store', display.style));
  display.json(report);
  return report.intact ? EXIT.ok : EXIT.policy;
};
