import { judgeAll, type Outcome } from '../outcome.ts';
import { judgeByClient } from './client-judge.ts';
import { judgeByEmulator } from './emulator-judge.ts';
import { operationOf, type Recording } from './recorded.ts';
import type { Survey } from './survey.ts';
import { isGone } from './times.ts';

/** Both judges on one sequence of commands. */
export async function judgeBtpCli(
  cassette: string,
  recordings: readonly Recording[],
  known: Survey,
): Promise<readonly Outcome[]> {
  const client = await judgeAll(recordings, () => judgeByClient(recordings));
  const emulator = await judgeAll(recordings, () => judgeByEmulator(recordings, known));
  return recordings.flatMap((recorded, at) => {
    const [byClient, byEmulator] = [client[at], emulator[at]];
    if (!byClient || !byEmulator) return [];
    const operation = operationOf(recorded);
    const promised = !isGone(recorded) && /^(login$|accounts\/|security\/|connectivity\/|services\/)/.test(operation);
    return [{ cassette, index: recorded.index, operation, promised, client: byClient, emulator: byEmulator }];
  });
}
