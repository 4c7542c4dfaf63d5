// Plays recordings of SAP's services against our clients and our emulators: `npm run replay -- FILE.jsonl…`
import { type Recorded, readRecorded } from './files.ts';
import { judge } from './judge.ts';
import type { Outcome } from './outcome.ts';
import { failures, summary, table } from './report.ts';

const files = process.argv.slice(2).filter((word) => !word.startsWith('-'));
if (files.length === 0) {
  console.error('usage: npm run replay -- FILE.jsonl…');
  process.exitCode = 2;
} else {
  process.exitCode = await replay();
}

/** Gives the exit code: 1 when a file or line could not be read or an interaction failed. */
async function replay(): Promise<number> {
  const outcomes: Outcome[] = [];
  let [handWritten, unreadable] = [0, 0];
  for (const file of files) {
    const recorded = recordedIn(file);
    if (!recorded) {
      unreadable++;
      continue;
    }
    for (const line of recorded.unreadable)
      console.log(`${file}:${line}: neither a call of Cloud Foundry nor a command`);
    handWritten += recorded.handWritten;
    unreadable += recorded.unreadable.length;
    const cassettes = recorded.cf.size + recorded.btpCli.size;
    let done = 0;
    for await (const judged of judge(recorded)) {
      outcomes.push(...judged);
      done++;
      if (process.stderr.isTTY) process.stderr.write(`\r${file}: ${done} of ${cassettes} sequences`);
    }
    if (process.stderr.isTTY) process.stderr.write('\n');
  }
  for (const line of [...failures(outcomes), '', ...table(outcomes), '']) console.log(line);
  const all = summary(outcomes);
  console.log(JSON.stringify({ ...all, handWritten, unreadable }));
  return all.failed > 0 || unreadable > 0 ? 1 : 0;
}

/** Undefined when there is no such file, which is said and counts as unreadable. */
function recordedIn(file: string): Recorded | undefined {
  try {
    return readRecorded(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    console.error(`${file}: ${code === 'ENOENT' ? 'there is no such file' : `can't be read (${code})`}`);
    return undefined;
  }
}
