import type { RotationPreview, RotationReport } from '../../engine/rotate.ts';
import { renderFindings } from './findings.ts';
import { renderTask } from './person.ts';
import type { Style } from './style.ts';
import { count, printable } from './text.ts';

const HOW: Readonly<Record<RotationPreview['strategy'], string>> = {
  'in place': 'in its place: the old secret ends when the new one is set',
  overlap: 'beside the old one, which is retired last',
  twins: 'at the twin that stands by; then the consumers go over to it, one by one',
};

/** What rotations would touch. */
export function renderPreviews(previews: readonly RotationPreview[], style: Style): string {
  return `${previews.map((preview) => renderPreview(preview, style)).join('\n\n')}\n`;
}

function renderPreview(preview: RotationPreview, style: Style): string {
  const { paint } = style;
  const { user, strategy, resumes, consumers, findings } = preview;
  const head = resumes === undefined ? 'gets a new secret' : 'goes on with the rotation that was under way';
  return [
    `  ${paint.bold(`# ${printable(user)}`)} ${head}, ${HOW[strategy]}`,
    ...consumers.map(({ title, ours }) =>
      ours ? `  ${paint.yellow('~')} ${printable(title)}` : `  ${paint.red('!')} ${printable(title)}, not ours`,
    ),
    ...(findings.length === 0 ? [] : ['', renderFindings(findings, style)]),
  ].join('\n');
}

/** How rotations ended. */
export function renderRotations(reports: readonly RotationReport[], style: Style): string {
  return `${reports.map((report) => renderReport(report, style)).join('\n\n')}\n`;
}

function renderReport(report: RotationReport, style: Style): string {
  const { paint } = style;
  const { outcome, deliveries, gapMs, settleUntil } = report;
  const places = Object.values(deliveries);
  const proven = places.filter(({ state }) => state === 'proven').length;
  const supplied =
    places.length === 0 ? 'no consumers' : `${count(places.length, 'consumer')} supplied, ${proven} proven`;
  const gap = gapMs === undefined ? '' : `, cut off for ${gapMs / 1000} s at most`;
  const line: Readonly<Record<RotationReport['outcome'], string>> = {
    done: `${paint.green('✓')} ${printable(report.user)} rotated: ${supplied}${gap}`,
    settling: `${paint.cyan('…')} ${printable(report.user)} rotated: ${supplied}${gap}; the old secret is retired after ${new Date(settleUntil ?? 0).toISOString()}`,
    waiting: `${paint.cyan('…')} ${printable(report.user)} waits for a person: ${supplied}`,
    stopped: `${paint.red('✗')} ${printable(report.user)} stopped: ${supplied}`,
    'rolled back': `${paint.yellow('↩')} ${printable(report.user)} rolled back: the old secret is in use as before`,
    refused: `${paint.red('✗')} ${printable(report.user)} not rotated: nothing was sent`,
    cancelled: `${paint.yellow('-')} ${printable(report.user)} cancelled: nothing was sent`,
  };
  const going = outcome === 'done' || outcome === 'settling' || outcome === 'waiting';
  const told = going ? tellable(report) : report.findings;
  return [
    line[outcome],
    ...places
      .filter(({ state }) => state !== 'proven')
      .map(
        ({ title, state, because }) => `    ${printable(title)}: ${state}${because ? `, ${printable(because)}` : ''}`,
      ),
    ...(told.length === 0 ? [] : ['', renderFindings(told, style)]),
    ...(report.task ? ['', renderTask(report.task, style)] : []),
  ].join('\n');
}

/** What was a note before the rotation is known by then. */
function tellable({ findings }: RotationReport) {
  return findings.filter(({ severity }) => severity !== 'info');
}
