import type { Finding, Severity } from '../../kernel/finding.ts';
import { placeOf, type Style } from './style.ts';
import { count, oneLine, printable, wrap } from './text.ts';

const WORDS: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', info: 'Note' };

/** Findings, each with its code, place, reason and remedy. */
export function renderFindings(findings: readonly Finding[], style: Style): string {
  return findings.map((finding) => renderFinding(finding, style)).join('\n\n');
}

function renderFinding(finding: Finding, style: Style): string {
  const { paint, width } = style;
  const color = { error: paint.red, warning: paint.yellow, info: paint.cyan }[finding.severity];
  const place = finding.at ? paint.dim(` ${placeOf(finding.at, style)}`) : '';
  const word = WORDS[finding.severity];
  return [
    `${color(paint.bold(word))} ${paint.bold(finding.code)} ${oneLine(finding.subject)}${place}`,
    ...wrap(printable(finding.because), width - 2).map((line) => `  ${line}`),
    ...remedyLines(finding.remedy, style),
    ...(finding.docs === undefined ? [] : [paint.dim(`  ${finding.docs}`)]),
  ].join('\n');
}

/** A remedy, marked as such; used wherever something is wrong. */
export function remedyLines(remedy: string, { paint, width }: Style, indent = '  '): string[] {
  return wrap(printable(remedy), width - indent.length - 2).map((line, index) => {
    return `${indent}${index === 0 ? paint.cyan('→') : ' '} ${line}`;
  });
}

/** `2 errors, 1 warning`. */
export function countFindings(findings: readonly Finding[]): string {
  const severities: readonly Severity[] = ['error', 'warning', 'info'];
  return severities
    .map((severity) => ({ severity, number: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ number }) => number > 0)
    .map(({ severity, number }) => count(number, severity === 'info' ? 'note' : severity))
    .join(', ');
}
