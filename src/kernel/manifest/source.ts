import {
  type Alias,
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { ManifestProblem, Position } from '../errors.ts';

type Path = readonly (string | number)[];

/** Largest manifest file in characters. */
const MAX_SOURCE = 2_000_000;

/** Most places of a value: at its anchor (`&name`) and by aliases (`*name`), those within aliases multiplied. */
const MAX_ALIASES = 100;

/** One manifest file as text, with the places of its values. */
export interface Source {
  readonly file: string;
  /** Plain data; undefined when the text is no YAML. */
  readonly data: unknown;
  readonly problems: readonly ManifestProblem[];
  /** Place of a value; of the nearest parent when the path leads nowhere. */
  locate(path: Path): Position;
  /** Place of a key of a mapping. */
  locateKey(path: Path, key: string): Position;
}

/** Parses YAML, keeping positions. Aliases are bounded, so that a small file can't expand to a large one. */
export function readSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (text.length > MAX_SOURCE) {
    const at: Position = { file, line: 1, column: 1 };
    const problem = {
      at,
      because: `the file is larger than ${MAX_SOURCE} characters`,
      remedy: 'split it with include',
    };
    return { file, data: undefined, problems: [problem], locate: () => at, locateKey: () => at };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: ManifestProblem[] = document.errors.map((error) => ({
    at: position(error.pos[0]),
    because: error.message.split('\n')[0] ?? 'not YAML',
    remedy: 'mend the YAML here',
  }));

  function startOf(node: Node | null): number {
    return isNode(node) && node.range ? node.range[0] : 0;
  }

  function locate(path: Path): Position {
    let node: unknown = document.contents;
    let offset = startOf(document.contents);
    for (const step of path) {
      const next = isMap(node) || isSeq(node) ? node.get(step, true) : undefined;
      if (!isNode(next)) break;
      node = next;
      offset = startOf(next);
    }
    return position(offset);
  }

  const dangling = aliasesOf(document).filter((alias) => alias.resolve(document) === undefined);
  problems.push(...dangling.map((alias) => unresolved(position(startOf(alias)), alias.source)));
  const data = problems.length > 0 ? undefined : toData(document);
  if (data === TOO_MANY) problems.push(tooManyAliases(position(startOf(aliasesOf(document)[0] ?? null))));
  return {
    file,
    data: problems.length > 0 ? undefined : data,
    problems,
    locate,
    locateKey(path, key) {
      const parent = path.length === 0 ? document.contents : document.getIn(path, true);
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
        if (pair && isNode(pair.key)) return position(startOf(pair.key));
      }
      return locate(path);
    },
  };
}

const TOO_MANY = Symbol('too many aliases');

/** Once every alias has its anchor, their number is all that the conversion refuses. */
function toData(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof ReferenceError) return TOO_MANY;
    throw error;
  }
}

function tooManyAliases(at: Position): ManifestProblem {
  return {
    at,
    because: `the value of an anchor stands in more than ${MAX_ALIASES} places`,
    remedy: 'write some of the values out; aliases within what an alias stands for are multiplied',
  };
}

function unresolved(at: Position, name: string): ManifestProblem {
  return { at, because: `no anchor '&${name}' stands before '*${name}'`, remedy: 'name an anchor that is set above' };
}

function aliasesOf(document: Document.Parsed): readonly Alias[] {
  const found: Alias[] = [];
  visit(document, { Alias: (_key, alias) => void found.push(alias) });
  return found;
}
