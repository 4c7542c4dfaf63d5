import { differencesAt } from '../scenarios/judge.ts';
import type { Recording } from '../scenarios/recordings.ts';
import { emulatedUaa } from './emulated.ts';
import { answerOf } from './normal.ts';

/** What is different at each call of a scenario when it is played at the emulated UAA. */
export async function judgeUaa(rows: readonly Recording[]): Promise<readonly (readonly string[])[]> {
  await using uaa = await emulatedUaa();
  return differencesAt(uaa, rows, answerOf);
}
