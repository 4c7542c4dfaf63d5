import { z } from 'zod';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { readBackup } from '../files/read-backup.ts';
import { renderStoreReport } from '../render/store.ts';
import { displayOf } from '../terminal/display.ts';

const options = z.object({ replace: z.boolean().optional(), why: z.string().optional() });

export const run: RunCommand = async ({ io, globals, parts, args, options: typed }) => {
  const { replace = false, why = 'locum vault restore' } = options.parse(typed);
  const display = displayOf(io, globals);
  const backup = await readBackup(args[0] ?? '', io);
  const report = await parts.restoreStore(io, globals, { backup, replace, at: parts.now(), who: io.who, why });
  display.print(renderStoreReport(report, `restored, as of ${report.madeAt}`, display.style));
  display.json(report);
  if (report.movedTo !== undefined) display.say(`The store that was there lies in ${report.movedTo} now.`);
  display.say(
    'What happened at SAP since the backup is not in it: `locum plan` shows it, `locum doctor` proves the passwords.',
  );
  return EXIT.ok;
};
