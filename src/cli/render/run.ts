import type { ApplyReport } from '../../engine/engine.ts';
import type { StepReport } from '../../kernel/run/execute.ts';
import { remedyLines } from './findings.ts';
import type { Style } from './style.ts';
import { count, oneLine, printable, wrap } from './text.ts';

/** How an apply ended. */
export function renderApply(report: ApplyReport, style: Style): string {
  const { paint } = style;
  const { run, remaining } = report;
  if (!run) return '';
  const failed = run.steps.filter((step) => !isMade(step));
  const lines = failed.flatMap((step) => renderFailure(step, style));
  const made = (action: StepReport['action']) =>
    run.steps.filter((step) => step.action === action && isMade(step)).length;
  const totals = `${made('create')} added, ${made('update')} changed, ${made('delete')} destroyed.`;
  if (failed.length > 0) {
    lines.push(
      `${paint.red(paint.bold('Apply incomplete.'))} Resources: ${totals} ${count(failed.length, 'step')} not done.`,
      ...remedyLines('mend what is said above, then `locum apply` again: it goes on from here', style, ''),
    );
  } else if (remaining.steps.length > 0) {
    lines.push(
      `${paint.yellow(paint.bold('Applied, but not converged.'))} Resources: ${totals}`,
      `A look afterwards still finds ${count(remaining.steps.length, 'step')} to do:`,
      ...remaining.steps.map((step) => `  ${oneLine(step.address)}`),
    );
  } else lines.push(`${paint.green(paint.bold('Apply complete!'))} Resources: ${totals}`);
  return `${lines.join('\n')}\n`;
}

/** Whether the step's effect is there: done now, or found done by a look. */
export function isMade(step: StepReport): boolean {
  return step.result === 'done' || step.result === 'found';
}

const VERBS = { create: 'creating', update: 'updating', delete: 'destroying' } as const;

/** A step that was not made, and why. */
export function renderFailure(step: StepReport, style: Style): string[] {
  const { paint, width } = style;
  const word = { failed: 'Failed', unknown: 'Outcome unknown', skipped: 'Skipped', done: '', found: '' }[step.result];
  const color = step.result === 'skipped' ? paint.yellow : paint.red;
  return [
    `${color(paint.bold(word))} ${VERBS[step.action]} ${oneLine(step.address)}`,
    ...(step.because === undefined ? [] : wrap(printable(step.because), width - 2).map((line) => `  ${line}`)),
    ...(step.remedy === undefined ? [] : remedyLines(step.remedy, style)),
    '',
  ];
}
