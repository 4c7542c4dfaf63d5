import type { OffboardReport } from '../../engine/offboard.ts';
import { remedyLines } from './findings.ts';
import { isMade, renderFailure } from './run.ts';
import type { Style } from './style.ts';
import { count, printable } from './text.ts';

/** How an offboarding ended. */
export function renderOffboard(
  name: string,
  { run, remaining, confirmed, declared }: OffboardReport,
  style: Style,
): string {
  const { paint } = style;
  if (!confirmed) return '';
  const failed = (run?.steps ?? []).filter((step) => !isMade(step));
  const removed = (run?.steps ?? []).length - failed.length;
  const lines = failed.flatMap((step) => renderFailure(step, style));
  if (failed.length > 0) {
    lines.push(
      `${paint.red(paint.bold('Not gone yet.'))} ${count(removed, 'thing')} removed, ${count(failed.length, 'step')} not done.`,
      ...remedyLines(`mend what is said above, then \`locum offboard ${name}\` again: it goes on from here`, style, ''),
    );
  } else if (remaining.steps.length > 0) {
    lines.push(
      `${paint.yellow(paint.bold('Removed, but something came back.'))} A look afterwards still finds:`,
      ...remaining.steps.map((step) => `  ${printable(step.address)}`),
      ...remedyLines(`locum offboard ${name}`, style, ''),
    );
  } else {
    lines.push(`${paint.green(paint.bold(`${printable(name)} is gone.`))} ${count(removed, 'thing')} removed.`);
    if (declared)
      lines.push(...remedyLines(`remove its entry from the manifest; apply leaves it alone until then`, style, ''));
  }
  return `\n${lines.join('\n')}\n`;
}
