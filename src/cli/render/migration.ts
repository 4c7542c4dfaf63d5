import type { FinishReport, MigrateReport } from '../../engine/lifecycle/migrate.ts';
import type { Overview } from '../../kernel/lifecycle/migrate.ts';
import { remedyLines, renderFindings } from './findings.ts';
import { isMade, renderFailure } from './run.ts';
import type { Style } from './style.ts';
import { count, printable } from './text.ts';

/** What a person's user is used for, and what becomes of it. */
export function renderOverview({ from, uses, entry, flips, byHand }: Overview, style: Style): string {
  const { paint } = style;
  const hands = new Map(byHand.map(({ use, because }) => [use.address, because]));
  const flipped = new Set(flips.map((use) => use.address));
  const lines = uses.found.map((use) => {
    const because = hands.get(use.address);
    if (because !== undefined) return `  ${paint.yellow('!')} ${printable(use.title)}: by hand, ${because}`;
    if (flipped.has(use.address)) return `  ${paint.green('~')} ${printable(use.title)}: goes over`;
    return `  ${use.what === 'role' ? paint.green('+') : ' '} ${printable(use.title)}`;
  });
  const unread = uses.unread.map((one) => `  ${paint.yellow('?')} ${printable(`${one.where}: ${one.because}`)}`);
  return `${[
    paint.bold(
      `${printable(from.userName)} (${printable(from.email)}) is used in ${count(uses.found.length, 'place')}:`,
    ),
    ...lines,
    ...unread,
    '',
    `Replaced by ${printable(String(entry.name))}: print its entry for the manifest with --entry.`,
  ].join('\n')}\n`;
}

const ENDINGS: Readonly<Record<MigrateReport['ended'], string>> = {
  'not-confirmed': 'Cancelled. What was made before stays; call it again to go on.',
  'not-made': 'The new user is not complete. Mend what is said above, then call this again.',
  'not-proven': 'The new user does not work yet, so no destination was changed. See locum doctor.',
  'not-flipped': 'Not every destination works with the new user. See locum doctor; the old user still has its rights.',
  grace: '',
};

export function renderMigration(report: MigrateReport, style: Style): string {
  const { paint } = style;
  const steps = [...(report.made?.run?.steps ?? []), ...(report.flipped?.run?.steps ?? [])];
  const lines = steps.filter((step) => !isMade(step)).flatMap((step) => renderFailure(step, style));
  if (report.findings.length > 0) lines.push(renderFindings(report.findings, style), '');
  for (const { use, because } of report.overview.byHand) {
    lines.push(`${paint.yellow('!')} ${printable(use.title)}: by hand, ${because}`);
  }
  const { from, entry } = report.overview;
  if (report.until === undefined) lines.push(paint.red(paint.bold(ENDINGS[report.ended])));
  else {
    lines.push(
      `${paint.green(paint.bold(`${printable(String(entry.name))} has taken over.`))} ${printable(from.userName)} keeps its rights until ${new Date(report.until).toISOString().slice(0, 10)}.`,
      ...remedyLines(`then: locum migrate --from ${from.userName} --finish`, style, ''),
    );
  }
  return `\n${lines.join('\n')}\n`;
}

export function renderFinish(from: string, { run, confirmed, complete }: FinishReport, style: Style): string {
  const { paint } = style;
  if (!confirmed) return 'Cancelled: nothing was changed.\n';
  const lines = (run?.steps ?? []).filter((step) => !isMade(step)).flatMap((step) => renderFailure(step, style));
  lines.push(
    complete
      ? `${paint.green(paint.bold(`${printable(from)} has no rights any more.`))} They come back with: locum thaw ${printable(from)}`
      : paint.red(paint.bold(`${printable(from)} still has rights. Mend that and call this again.`)),
  );
  return `\n${lines.join('\n')}\n`;
}
