import type { FreezeReport } from '../../engine/lifecycle/freeze.ts';
import type { OffboardReport } from '../../engine/lifecycle/offboard.ts';
import type { ThawReport } from '../../engine/lifecycle/thaw.ts';
import { remedyLines } from './findings.ts';
import { isMade, renderFailure } from './run.ts';
import type { Style } from './style.ts';
import { count, oneLine, printable, wrap } from './text.ts';

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
    lines.push(`${paint.green(paint.bold(`${oneLine(name)} is gone.`))} ${count(removed, 'thing')} removed.`);
    if (declared)
      lines.push(...remedyLines(`remove its entry from the manifest; apply leaves it alone until then`, style, ''));
  }
  return `\n${lines.join('\n')}\n`;
}

const SIGNS = { frozen: '✓', open: '✗', unknown: '?' } as const;

/** What a freeze ended, and what still works. */
export function renderFreeze({ user, complete, parts, limits }: FreezeReport, style: Style): string {
  const { paint, width } = style;
  const colors = { frozen: paint.green, open: paint.red, unknown: paint.yellow };
  const lines = parts.flatMap(({ title, state, because, remedy }) => [
    `${colors[state](SIGNS[state])} ${oneLine(title)}${state === 'frozen' ? '' : `: ${state === 'open' ? 'NOT frozen' : 'unknown'}`}`,
    ...(because === undefined ? [] : wrap(printable(because), width - 2).map((line) => `  ${line}`)),
    ...(remedy === undefined ? [] : remedyLines(remedy, style)),
  ]);
  if (limits.length > 0) lines.push('', 'What nobody can end at once:', ...limits.map((limit) => `  ${limit}`));
  lines.push(
    '',
    complete
      ? `${paint.green(paint.bold(`${oneLine(user)} is frozen.`))} Back again with: locum thaw ${oneLine(user)}`
      : `${paint.red(paint.bold(`${oneLine(user)} is frozen in part only.`))} Mend what is said above, then freeze it again.`,
  );
  return `${lines.join('\n')}\n`;
}

export function renderThaw({ user, run, confirmed, complete, left }: ThawReport, style: Style): string {
  const { paint } = style;
  if (!confirmed) return '';
  const lines = (run?.steps ?? []).filter((step) => !isMade(step)).flatMap((step) => renderFailure(step, style));
  if (complete) {
    const back =
      left.length === 0 ? 'is back.' : `is back, without ${count(left.length, 'thing')} that could not be put back.`;
    lines.push(`${paint.green(paint.bold(`${oneLine(user)} ${back}`))} Prove it with: locum doctor ${oneLine(user)}`);
  } else {
    lines.push(
      `${paint.red(paint.bold(`${oneLine(user)} is not back as it was.`))} It stays held; mend that and thaw it again.`,
      ...remedyLines('where the place of something is gone for good: --leave-missing', style, ''),
    );
  }
  return `\n${lines.join('\n')}\n`;
}
