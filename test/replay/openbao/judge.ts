import { differencesAt } from '../scenarios/judge.ts';
import type { Recording } from '../scenarios/recordings.ts';
import { emulatedBao } from './emulated.ts';
import { answerOf } from './normal.ts';

/** What is different at each call of a scenario when it is played at the double. */
export async function judgeBao(rows: readonly Recording[]): Promise<readonly (readonly string[])[]> {
  await using bao = await emulatedBao();
  return differencesAt(bao, rows, answerOf);
}
