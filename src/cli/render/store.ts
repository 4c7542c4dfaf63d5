import type { StoreReport } from '../../store/index.ts';
import type { Style } from './style.ts';
import { count, printable } from './text.ts';

/** What was proven of a store or a backup, `what`. */
export function renderStoreReport(report: StoreReport, what: string, { paint }: Style): string {
  const { secrets, versions, unreadable, trail, runs, unreferenced = [] } = report;
  const line = (good: boolean, text: string) => `${good ? paint.green('✓') : paint.red('✗')} ${text}\n`;
  const opened = `${count(versions, 'version')} of ${count(secrets, 'secret')}`;
  return [
    line(report.intact, what),
    unreadable.length === 0 ? line(true, `${opened}: every one opens with the master key`) : '',
    ...unreadable.map(({ name, version }) => line(false, `version ${version} of ${printable(name)} does not open`)),
    trail.brokenAt === undefined
      ? line(true, `${count(trail.entries, 'entry', 'entries')} of the trail, the chain is unbroken`)
      : line(false, `the chain of the trail is broken at entry ${trail.brokenAt}`),
    line(true, count(runs, 'run')),
    ...unreferenced.map((place) => `  ${printable(place)}: no version refers to it; remove it with --prune\n`),
  ].join('');
}
