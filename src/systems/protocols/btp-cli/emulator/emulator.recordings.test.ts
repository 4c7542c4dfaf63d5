import { expect, test } from 'vitest';
import { judgeByEmulator } from '../../../../../test/replay/btp-cli/emulator-judge.ts';
import { operationOf } from '../../../../../test/replay/btp-cli/recorded.ts';
import { survey } from '../../../../../test/replay/btp-cli/survey.ts';
import { sharedRecordings } from '../../../../../test/replay/files.ts';

const { recorded, missing } = sharedRecordings('btp-cli-server.jsonl');
const known = survey([...recorded.btpCli.values()].flat());

test.skipIf(missing !== undefined)(
  `answers the recorded exchanges in ${recorded.btpCli.size} sequences as the service did${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    const wrong: string[] = [];
    for (const [cassette, recordings] of recorded.btpCli) {
      const judgements = await judgeByEmulator(recordings, known);
      for (const [at, { verdict, because }] of judgements.entries()) {
        const one = recordings[at];
        if (verdict === 'passed' || !one) continue;
        wrong.push(`${cassette}#${one.index} ${operationOf(one)}: ${because.join('; ')}`);
      }
    }
    expect(wrong).toEqual([]);
  },
);

test.skipIf(missing !== undefined)('a sequence alone tells enough of where it was recorded', async () => {
  let [passed, all] = [0, 0];
  for (const recordings of recorded.btpCli.values()) {
    const judgements = await judgeByEmulator(recordings, survey(recordings));
    all += judgements.length;
    passed += judgements.filter(({ verdict }) => verdict === 'passed').length;
  }
  expect(passed / all).toBeGreaterThan(0.99);
});
