import type { RunCommand } from '../command.ts';
import { displayOf } from '../display.ts';
import { EXIT } from '../exit-codes.ts';
import { readBackup } from '../read-backup.ts';
import { renderStoreReport } from '../render/store.ts';

export const run: RunCommand = async ({ io, globals, parts, args }) => {
  const display = displayOf(io, globals);
  const [file] = args;
  if (file !== undefined) {
    const report = await parts.verifyBackup(io, globals, await readBackup(file, io));
    display.print(renderStoreReport(report, `${file}, as of ${report.madeAt}`, display.style));
    display.json(report);
    return report.intact ? EXIT.ok : EXIT.policy;
  }
  await using store = await parts.openStore(io, globals);
  const report = await store.verify();
  display.print(renderStoreReport(report, 'the store', display.style));
  display.json(report);
  return report.intact ? EXIT.ok : EXIT.policy;
};
