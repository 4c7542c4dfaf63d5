import type { Fact } from '../../kernel/rotate/declaration.ts';
import type { DeclaredKind } from '../../kernel/rotate/kinds.ts';
import type { Style } from './style.ts';
import { wrap } from './text.ts';

/** What a slice declares of a kind of credential, a line for each. */
export function renderKind(kind: DeclaredKind, style: Style): string {
  const { policy, byPerson, strategy } = kind;
  const rows: readonly (readonly [label: string, text: string, source?: string])[] = [
    ['declared as', kind.declaredAs],
    ['valid at once', ...told(kind.validAtOnce)],
    ['strategy', byPerson ? `${strategy}, by a person` : strategy],
    ['minted', kind.minted],
    ['proven', kind.proven],
    ['retired', kind.retired],
    ['minimum age', ...told(policy.minimumAge)],
    ['history', ...told(policy.history)],
    ['maximum age', ...told(policy.maximumAge)],
    ['unused limit', ...told(policy.unusedLimit)],
  ];
  const widest = Math.max(...rows.map(([label]) => label.length)) + 2;
  const lines = rows.flatMap(([label, text, source]) => {
    const whole = source === undefined ? text : `${text} (${source})`;
    return wrap(whole, style.width - widest).map(
      (line, index) => `${(index === 0 ? label : '').padEnd(widest)}${line}`,
    );
  });
  return `${style.paint.bold(kind.name)} ${kind.title}\n\n${lines.join('\n')}\n`;
}

const told = ({ is, source }: Fact) => [is, source] as const;
