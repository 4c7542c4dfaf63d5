import { type Judgement, judgeAll, type Outcome } from '../outcome.ts';
import { judgeByClient } from './client-judge.ts';
import { judgeByEmulator } from './emulator-judge.ts';
import { type Interaction, isPromised, routeOf } from './recorded.ts';
import { isOfUaa, judgeByUaa } from './uaa-judge.ts';

/** Both judges on one cassette of calls of Cloud Foundry. */
export async function judgeCf(cassette: string, rows: readonly Interaction[]): Promise<readonly Outcome[]> {
  const client = await judgeAll(rows, () => judgeByClient(rows));
  const emulator = await judgeAll(rows, () => judgeByEmulators(rows));
  return rows.flatMap((row, at) => {
    const [byClient, byEmulator] = [client[at], emulator[at]];
    if (!byClient || !byEmulator) return [];
    const operation = routeOf(row);
    return [
      { cassette, index: row.index, operation, promised: isPromised(row), client: byClient, emulator: byEmulator },
    ];
  });
}

/** The Cloud Controller with tokens, and UAA's own users and groups. */
async function judgeByEmulators(rows: readonly Interaction[]): Promise<readonly Judgement[]> {
  const calls = await judgeByEmulator(rows);
  const ofUaa = rows.filter(isOfUaa);
  if (ofUaa.length === 0) return calls;
  const identities = await judgeAll(ofUaa, () => judgeByUaa(ofUaa));
  return calls.map((call, at) => {
    const row = rows[at];
    return (row && identities[ofUaa.indexOf(row)]) ?? call;
  });
}
