import type { RotationPreview, RotationReport } from '../../engine/rotation-report.ts';
import { WHERE } from '../../kernel/rotate/record.ts';
import { renderFindings } from './findings.ts';
import { renderTask } from './person.ts';
import type { Style } from './style.ts';
import { count, oneLine, wrap } from './text.ts';

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
  const { paint, width } = style;
  const { user, strategy, phase, settleUntil, consumers, findings } = preview;
  const name = oneLine(user);
  const left = phase === 'roll back' ? 'new' : 'old';
  const until = settleUntil === undefined ? '' : `; caches may hold the ${left} one until ${iso(settleUntil)}`;
  const head =
    phase === undefined
      ? `${name} gets a new secret, ${HOW[strategy]}`
      : `${name} goes on with the rotation that was under way: ${WHERE[phase]}${until}`;
  const [first = '', ...rest] = wrap(head, width - 4);
  return [
    `  ${paint.bold(`# ${first}`)}`,
    ...rest.map((line) => `    ${paint.bold(line)}`),
    ...consumers.map(({ title, ours }) =>
      ours ? `  ${paint.yellow('~')} ${oneLine(title)}` : `  ${paint.red('!')} ${oneLine(title)}, not ours`,
    ),
    ...(findings.length === 0 ? [] : ['', renderFindings(findings, style)]),
  ].join('\n');
}

/** How rotations ended. @param previews those that were shown before: what they told is not told again. @default none */
export function renderRotations(
  reports: readonly RotationReport[],
  style: Style,
  previews: readonly RotationPreview[] = [],
): string {
  const shown = new Set(previews.flatMap(({ findings }) => findings.map((finding) => JSON.stringify(finding))));
  return `${reports.map((report) => renderReport(report, shown, style)).join('\n\n')}\n`;
}

function renderReport(report: RotationReport, shown: ReadonlySet<string>, style: Style): string {
  const { paint } = style;
  const { outcome, findings, settleUntil } = report;
  const name = oneLine(report.user);
  const supplied = `${suppliedOf(report)}${gapOf(report)}`;
  const line: Readonly<Record<RotationReport['outcome'], string>> = {
    done: `${paint.green('✓')} ${name} rotated: ${supplied}`,
    settling: `${paint.cyan('…')} ${name} rotated: ${supplied}; the old secret is retired after ${iso(settleUntil ?? 0)}`,
    'going back': `${paint.yellow('↩')} ${name} goes back: the old secret is in use as before; the new one is retired after ${iso(settleUntil ?? 0)}`,
    waiting: `${paint.cyan('…')} ${name} waits for a person: ${supplied}`,
    stopped: `${paint.red('✗')} ${name} stopped: ${supplied}`,
    'rolled back': `${paint.yellow('↩')} ${name} rolled back: the old secret is in use as before`,
    refused: `${paint.red('✗')} ${name} not rotated: nothing was sent`,
    cancelled: `${paint.yellow('-')} ${name} cancelled: nothing was sent`,
  };
  // What was a note before the rotation is known by then; what gates it is told again.
  const going = outcome === 'done' || outcome === 'settling' || outcome === 'waiting';
  const told = findings.filter(
    (finding) =>
      (outcome === 'refused' && finding.severity === 'error') ||
      (!shown.has(JSON.stringify(finding)) && !(going && finding.severity === 'info')),
  );
  return [
    line[outcome],
    ...placesOf(report).map((place) => `    ${oneLine(place)}`),
    ...(told.length === 0 ? [] : ['', renderFindings(told, style)]),
    ...(report.task ? ['', renderTask(report.task, style)] : []),
  ].join('\n');
}

function suppliedOf({ consumers, deliveries }: RotationReport): string {
  const places = Object.values(deliveries);
  const all = Math.max(consumers.filter(({ ours }) => ours).length, places.length);
  if (all === 0) return 'no consumers';
  const proven = places.filter(({ state }) => state === 'proven').length;
  const supplied = places.length === all ? count(all, 'consumer') : `${places.length} of ${count(all, 'consumer')}`;
  return `${supplied} supplied, ${proven} proven`;
}

function gapOf({ gapMs, staleMs, outcome, deliveries }: RotationReport): string {
  if (gapMs === undefined || Object.keys(deliveries).length === 0 || outcome === 'stopped') return '';
  return `, cut off for ${gapMs / 1000} s${staleMs === 0 ? '' : `, with caches up to ${staleMs / 60_000} min longer`}`;
}

/** Places that are not proven, and those that a rotation that stopped did not come to. */
function placesOf({ consumers, deliveries, outcome, gapMs }: RotationReport): readonly string[] {
  const unproven = Object.values(deliveries)
    .filter(({ state }) => state !== 'proven')
    .map(({ title, state, because }) => `${title}: ${state}${because ? `, ${because}` : ''}`);
  if (outcome !== 'stopped') return unproven;
  const refused = gapMs === undefined ? '' : ', and refused until it is';
  const left = consumers.filter(({ ours, address }) => ours && !deliveries[address]);
  return [...unproven, ...left.map(({ title }) => `${title}: not supplied yet${refused}`)];
}

const iso = (time: number) => new Date(time).toISOString();
