import { type Recorded, readRecorded } from './files.ts';
import { judge } from './judge.ts';
import type { Outcome } from './outcome.ts';
import { failures, summary, table } from './report.ts';

const USAGE = 'usage: npm run replay -- FILE.jsonl…   (or FILE.jsonl.gz)';

export interface Terminal {
  /** A line of what was asked for. */
  readonly out: (line: string) => void;
  /** A line of talk. */
  readonly err: (line: string) => void;
  /** How far it is; absent where nobody looks. */
  readonly progress?: (text: string) => void;
}

/**
 * Plays files one after the other. Gives the exit code: 0 all passed, 1 when a file or line could not be read, nothing was played or
 * an interaction failed, 2 for words that are no command.
 */
export async function replay(words: readonly string[], { out, err, progress }: Terminal): Promise<number> {
  const files = words.filter((word) => !word.startsWith('-'));
  const options = words.filter((word) => word.startsWith('-') && word !== '--');
  if (options.some((word) => /^(--help|-h)$/.test(word))) {
    out(USAGE);
    return 0;
  }
  if (files.length === 0 || options.length > 0) {
    for (const word of options) err(`unknown option ${word}`);
    err(USAGE);
    return 2;
  }
  const outcomes: Outcome[] = [];
  let [handWritten, unreadable] = [0, 0];
  for (const file of files) {
    const recorded = recordedIn(file, err);
    if (!recorded) {
      unreadable++;
      continue;
    }
    for (const { line, because } of recorded.unreadable) err(`${file}:${line}: ${because}`);
    handWritten += recorded.handWritten;
    unreadable += recorded.unreadable.length;
    const sequences = recorded.cf.size + recorded.btpCli.size;
    if (sequences === 0) err(`${file}: holds no interaction that could be played`);
    let done = 0;
    for await (const judged of judge(recorded)) {
      outcomes.push(...judged);
      progress?.(`${file}: ${++done} of ${sequences} sequences`);
    }
  }
  for (const line of [...failures(outcomes), '', ...table(outcomes), '']) out(line);
  const all = summary(outcomes);
  out(JSON.stringify({ ...all, handWritten, unreadable }));
  return all.failed > 0 || unreadable > 0 || outcomes.length === 0 ? 1 : 0;
}

/** Undefined when a file can't be read, which is said and counts as unreadable. */
function recordedIn(file: string, err: Terminal['err']): Recorded | undefined {
  try {
    return readRecorded(file);
  } catch (error) {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    err(`${file}: ${code === 'ENOENT' ? 'there is no such file' : `can't be read (${code}: ${message})`}`);
    return undefined;
  }
}
