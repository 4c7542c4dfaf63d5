import type { DoctorReport, UserReport } from '../../kernel/doctor/doctor.ts';
import type { Hop, HopStatus } from '../../kernel/system.ts';
import { remedyLines } from './findings.ts';
import type { Paint, Style } from './style.ts';
import { count, printable, wrap } from './text.ts';

const SIGNS: Readonly<Record<HopStatus, string>> = { ok: '✓', warning: '!', failed: '✗', unknown: '?' };

const VERDICTS: Readonly<Record<HopStatus, string>> = {
  ok: 'proven',
  warning: 'proven, with warnings',
  failed: 'broken',
  unknown: 'not proven',
};

/** The chain of every technical user: link, hop, evidence; what is wrong, why it follows, and what mends it. */
export function renderDoctor(report: DoctorReport, style: Style): string {
  const { paint } = style;
  const chains = report.users.map((user) => renderChain(user, style));
  const proven = report.users.filter((user) => user.status === 'ok' || user.status === 'warning').length;
  const total = `${proven} of ${count(report.users.length, 'technical user')} proven.`;
  return `${[...chains, paint.bold(colorOf(report.status, paint)(total))].join('\n\n')}\n`;
}

function renderChain({ user, status, hops }: UserReport, style: Style): string {
  const { paint, width } = style;
  const color = colorOf(status, paint);
  const lines = [`${color(SIGNS[status])} ${paint.bold(printable(user))} ${color(VERDICTS[status])}`];
  let link: string | undefined;
  for (const hop of hops) {
    if (hop.link !== link) {
      link = hop.link;
      lines.push(`  ${paint.bold(link.replaceAll('-', ' '))}`);
    }
    lines.push(...hopLines(hop, style));
    if (hop.because !== undefined) {
      const code = hop.code === undefined ? '' : ` (${hop.code})`;
      lines.push(...wrap(`because ${printable(hop.because)}${code}`, width - 8).map((line) => `        ${line}`));
    }
    if (hop.remedy !== undefined) lines.push(...remedyLines(hop.remedy, style, '        '));
  }
  if (hops.length === 0) lines.push('    ? no check applies to it: nothing is proven');
  return lines.join('\n');
}

/** Title and evidence on one line where they fit; otherwise the evidence below. */
function hopLines({ title, status, evidence }: Hop, { paint, width }: Style): string[] {
  const sign = colorOf(status, paint)(SIGNS[status]);
  const name = printable(title);
  const facts = evidence.map(printable).join(', ');
  if (facts === '') return [`    ${sign} ${name}`];
  if (name.length + facts.length + 8 <= width) return [`    ${sign} ${name}: ${paint.dim(facts)}`];
  return [`    ${sign} ${name}`, ...wrap(facts, width - 8).map((line) => `        ${paint.dim(line)}`)];
}

function colorOf(status: HopStatus, paint: Paint): (text: string) => string {
  return { ok: paint.green, warning: paint.yellow, failed: paint.red, unknown: paint.magenta }[status];
}
