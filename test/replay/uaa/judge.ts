import { isDeepStrictEqual } from 'node:util';
import { emulatedUaa } from './emulated.ts';
import { play } from './play.ts';
import type { UaaRecording } from './recordings.ts';
import type { Answer } from './step.ts';

/** What is different at each call of a scenario when it is played at the emulated UAA. */
export async function judgeUaa(rows: readonly UaaRecording[]): Promise<readonly (readonly string[])[]> {
  await using uaa = await emulatedUaa();
  const found: (readonly string[])[] = [];
  try {
    for await (const answer of play(
      uaa,
      rows.map(({ call }) => call),
    )) {
      const row = rows[found.length];
      if (row) found.push(differences(answer, row.answer));
    }
  } catch (error) {
    found.push([`can't go on: ${error instanceof Error ? error.message : error}`]);
  }
  return found;
}

function differences(mine: Answer, theirs: Answer): readonly string[] {
  const found: string[] = [];
  if (mine.status !== theirs.status) {
    found.push(
      `status ${mine.status}, not ${theirs.status}: ${JSON.stringify(mine.body)}, not ${JSON.stringify(theirs.body)}`,
    );
    return found;
  }
  for (const name of new Set([...Object.keys(mine.headers), ...Object.keys(theirs.headers)])) {
    const [own, recorded] = [mine.headers[name], theirs.headers[name]];
    if (own !== recorded) found.push(`${name} ${own}, not ${recorded}`);
  }
  compare('body', mine.body, theirs.body, found);
  compare('tokens', mine.tokens, theirs.tokens, found);
  return found;
}

/** Differences by path; a list that differs is told whole. */
function compare(path: string, mine: unknown, theirs: unknown, found: string[]): void {
  if (isDeepStrictEqual(mine, theirs)) return;
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject(mine) && isObject(theirs)) {
    for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      compare(`${path}.${key}`, mine[key], theirs[key], found);
    }
    return;
  }
  if (Array.isArray(mine) && Array.isArray(theirs) && mine.length === theirs.length) {
    for (const [at, one] of mine.entries()) compare(`${path}.${at}`, one, theirs[at], found);
    return;
  }
  found.push(`${path} ${JSON.stringify(mine)}, not ${JSON.stringify(theirs)}`);
}
