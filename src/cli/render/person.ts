import type { PersonTask } from '../../kernel/rotate/person.ts';
import type { Style } from './style.ts';
import { printable, wrap } from './text.ts';

/** What a person has to do, step by step. */
export function renderTask({ title, steps, text }: PersonTask, { paint, width }: Style): string {
  const lines = steps.flatMap((step, index) =>
    wrap(printable(step), width - 5).map((line, row) => (row === 0 ? `  ${index + 1}. ${line}` : `     ${line}`)),
  );
  // Copied as it is: nothing before and after its lines.
  return [paint.bold(printable(title)), ...lines, ...(text === undefined ? [] : ['', printable(text).trimEnd()])].join(
    '\n',
  );
}
