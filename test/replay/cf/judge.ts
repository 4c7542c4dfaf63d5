import { type Judgement, judgeAll, type Outcome } from '../outcome.ts';
import { judgeByClient } from './client-judge.ts';
import { isOfDeployService, judgeByDeployService } from './deploy-judge.ts';
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

async function judgedBeside(
  rows: readonly Interaction[],
  judge: (rows: readonly Interaction[]) => Promise<readonly Judgement[]>,
): Promise<readonly (readonly [Interaction | undefined, Judgement | undefined])[]> {
  if (rows.length === 0) return [];
  const judgements = await judgeAll(rows, () => judge(rows));
  return rows.map((row, at) => [row, judgements[at]]);
}

/** The Cloud Controller with tokens, UAA's own users and groups, and the deploy service. */
async function judgeByEmulators(rows: readonly Interaction[]): Promise<readonly Judgement[]> {
  const calls = await judgeByEmulator(rows);
  const beside = new Map([
    ...(await judgedBeside(rows.filter(isOfUaa), judgeByUaa)),
    ...(await judgedBeside(rows.filter(isOfDeployService), judgeByDeployService)),
  ]);
  return calls.map((call, at) => beside.get(rows[at]) ?? call);
}
