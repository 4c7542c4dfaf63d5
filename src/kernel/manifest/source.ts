import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { ManifestProblem, Position } from '../errors.ts';

type Path = readonly (string | number)[];

/** Largest manifest file in characters. */
export const MAX_SOURCE = 2_000_000;

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

  return {
    file,
    data: problems.length > 0 ? undefined : toData(document),
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

function toData(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}
