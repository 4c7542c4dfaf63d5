import { isDeepStrictEqual } from 'node:util';
import { play } from './play.ts';
import type { Recording } from './recordings.ts';
import type { Answer, Normal, Step, World } from './step.ts';

/** Where ours answers otherwise than the recorded service, on purpose. */
export interface KnownDifference {
  readonly scenario: string;
  /** The calls that it is about. */
  is(call: Step): boolean;
  /** The differences that are meant, as the judge tells them. */
  readonly differs: RegExp;
  readonly because: string;
}

/** What is different at each call of a scenario when it is played at `world`. */
export async function differencesAt(
  world: World,
  rows: readonly Recording[],
  answerOf: Normal,
): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  try {
    for await (const answer of play(
      world,
      rows.map(({ call }) => call),
      answerOf,
    )) {
      const row = rows[found.length];
      if (row) found.push(differences(answer, row.answer));
    }
  } catch (error) {
    found.push([`can't go on: ${error instanceof Error ? error.message : error}`]);
  }
  return found;
}

/**
 * What is different and not meant to be, a line each with its call, and what is known to differ and does not any more: that is
 * not excused any longer.
 */
export function unexpected(
  rows: readonly Recording[],
  found: readonly (readonly string[])[],
  known: readonly KnownDifference[],
): readonly string[] {
  const wrong = rows.flatMap((row, at) =>
    (found[at] ?? ['it was not played'])
      .filter((text) => !known.some((one) => isAbout(one, row) && one.differs.test(text)))
      .map((text) => `#${row.index} ${row.call.method} ${row.call.path}: ${text}`),
  );
  const past = known.filter(
    (one) =>
      rows.some(({ scenario }) => scenario === one.scenario) &&
      !rows.some((row, at) => isAbout(one, row) && found[at]?.some((text) => one.differs.test(text))),
  );
  return [...wrong, ...past.map(({ because }) => `known to differ, and does not: ${because}`)];
}

function isAbout({ scenario, is }: KnownDifference, row: Recording): boolean {
  return scenario === row.scenario && is(row.call);
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
