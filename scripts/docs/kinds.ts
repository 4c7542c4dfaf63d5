import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Fact } from '../../src/kernel/rotate/declaration.ts';
import { type DeclaredKind, declaredKinds } from '../../src/kernel/rotate/kinds.ts';
import { systems } from '../../src/systems/index.ts';
import { table } from './table.ts';

const root = path.join(import.meta.dirname, '../..');

export const ROTATION_PAGE = 'docs/rotation.md';

const BEGIN = '<!-- Kinds of credential: written by `npm run docs`; change what the slices declare instead. -->';
const END = '<!-- End of the kinds. -->';

/** docs/rotation.md with the part about kinds as the slices declare them; the rest stays as it is. */
export function rotationPage(): string {
  const text = readFileSync(path.join(root, ROTATION_PAGE), 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from)
    throw new Error(`${ROTATION_PAGE} has no place for the kinds of credential: ${BEGIN} … ${END}`);
  return `${text.slice(0, from)}${BEGIN}\n\n${kindsPart()}\n\n${text.slice(to)}`;
}

function kindsPart(): string {
  const kinds = declaredKinds(systems);
  const rows = (cells: (kind: DeclaredKind) => readonly string[]) =>
    kinds.map((kind) => [`\`${kind.name}\``, ...cells(kind)]);
  return [
    table(
      ['Kind', 'Credential', 'Declared as', 'Valid at once', 'Strategy'],
      rows((kind) => [kind.title, kind.declaredAs, told(kind.validAtOnce), strategy(kind)]),
    ),
    'How each comes about, and how it ends:',
    table(
      ['Kind', 'Minted', 'Proven', 'Retired'],
      rows(({ minted, proven, retired }) => [minted, proven, retired]),
    ),
    'What its policy demands:',
    table(
      ['Kind', 'Minimum age', 'History', 'Maximum age', 'Unused limit'],
      rows(({ policy }) => [policy.minimumAge, policy.history, policy.maximumAge, policy.unusedLimit].map(told)),
    ),
  ].join('\n\n');
}

const told = ({ is, source }: Fact) => `${is} <sub>${source}</sub>`;

const strategy = ({ strategy: how, byPerson }: DeclaredKind) => (byPerson ? `${how}, by a person` : how);
