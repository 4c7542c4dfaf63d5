import type { Due, DueReport } from '../../kernel/due/due.ts';
import type { Style } from './style.ts';
import { count, printable } from './text.ts';

const DAY = 86_400_000;

/** What ends, the soonest first; one line each. */
export function renderDue({ due, now, within }: DueReport, style: Style): string {
  if (due.length === 0) return 'no technical user is declared\n';
  const widest = (text: (one: Due) => string) => Math.max(...due.map((one) => text(one).length));
  const [users, titles] = [widest(({ user }) => user), widest(({ title }) => title)];
  const lines = due.map((one) => {
    const facts = [
      one.policy === undefined ? [] : [`policy ${one.policy}`],
      one.since === undefined
        ? []
        : [`set ${day(one.since)}, ${count(Math.floor((now - one.since) / DAY), 'day')} old`],
      one.notBefore === undefined || one.notBefore <= now ? [] : [`not to be replaced before ${minute(one.notBefore)}`],
      one.end.because === undefined ? [] : [one.end.because],
      one.status === 'ended' || one.status === 'soon' ? [`→ ${one.remedy}`] : [],
    ].flat();
    const about = facts.length === 0 ? '' : `  ${style.paint.dim(printable(facts.join('; ')))}`;
    return `${verdict(one, now, style)}  ${one.user.padEnd(users)}  ${one.title.padEnd(titles)}${about}`;
  });
  const soon = due.filter(({ status }) => status === 'ended' || status === 'soon').length;
  const ends = soon === 1 ? 'ends' : 'end';
  return `${lines.join('\n')}\n\n${soon === 0 ? 'nothing' : soon} of ${due.length} ${soon === 0 ? 'ends' : ends} within ${count(Math.round(within / DAY), 'day')}\n`;
}

/** Of one width, so that the columns stand below each other. */
function verdict({ end, status }: Due, now: number, { paint }: Style): string {
  const text = (end.kind === 'at' ? `${day(end.at)} ${left(end.at - now)}` : end.kind).padEnd(22);
  if (status === 'ended') return paint.red(text);
  return status === 'soon' || status === 'unknown' ? paint.yellow(text) : paint.green(text);
}

function left(ms: number): string {
  return ms <= 0 ? 'ended' : `in ${count(Math.ceil(ms / DAY), 'day')}`;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
