import type { Engine } from '../../engine/engine.ts';
import { USES, type UseKind } from '../../kernel/identity.ts';
import { remedyLines } from './findings.ts';
import type { Style } from './style.ts';
import { count, oneLine, printable, wrap } from './text.ts';

const HEADINGS: Readonly<Record<UseKind, string>> = {
  credential: 'logs in with it',
  role: 'may',
  'shadow-user': 'known as',
  account: 'account',
  secret: 'secrets',
};

/** The blast radius of a technical user, by what it is. */
export function renderUses(name: string, { found, unread }: Awaited<ReturnType<Engine['uses']>>, style: Style): string {
  const { paint, width } = style;
  const lines: string[] = [paint.bold(oneLine(name))];
  for (const what of USES) {
    const of = found.filter((use) => use.what === what);
    if (of.length > 0) lines.push(`  ${paint.cyan(HEADINGS[what])}`);
    for (const use of of) {
      const proof = use.proven === undefined ? '' : paint.dim(`, last proven ${new Date(use.proven).toISOString()}`);
      lines.push(`    ${oneLine(use.title)}${use.ours ? '' : paint.yellow(', not ours')}${proof}`);
    }
  }
  for (const { where, because, remedy } of unread) {
    lines.push(`  ${paint.red('not looked at')} ${oneLine(where)}`);
    lines.push(...wrap(printable(because), width - 4).map((line) => `    ${line}`));
    if (remedy !== undefined) lines.push(...remedyLines(remedy, style, '    '));
  }
  const foreign = found.filter(({ ours, what }) => !ours && what === 'credential').length;
  lines.push(
    '',
    `${count(found.length, 'use')}${foreign > 0 ? `, ${foreign} not ours that log in with it` : ''}${unread.length > 0 ? `, ${count(unread.length, 'place')} unknown` : ''}.`,
  );
  return `${lines.join('\n')}\n`;
}
