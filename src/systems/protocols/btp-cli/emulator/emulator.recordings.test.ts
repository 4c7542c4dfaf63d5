import { expect, test } from 'vitest';
import { judgeByEmulator } from '../../../../../test/replay/btp-cli/emulator-judge.ts';
import { operationOf } from '../../../../../test/replay/btp-cli/recorded.ts';
import { survey } from '../../../../../test/replay/btp-cli/survey.ts';
import { sharedRecordings } from '../../../../../test/replay/files.ts';

const { recorded, missing } = sharedRecordings('btp-cli-server.jsonl');
const known = survey([...recorded.btpCli.values()].flat());

/** What recorded answers are about that the emulators do not have. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'a role of an application that nobody here has': [
    'datasource_subaccount_role_with_attributes',
    'resource_subaccount_role_with_attributes',
  ],
};
const reasons = Object.entries(LEFT_OUT).map(([reason, cassettes]) => `${cassettes.length} about ${reason}`);

test.skipIf(missing !== undefined)(
  `answers the recorded exchanges in ${recorded.btpCli.size} sequences as the service did, but for ${reasons.join(', ')}${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    const wrong: string[] = [];
    const counts = { passed: 0, failed: 0, 'not emulated': 0 };
    for (const [cassette, recordings] of recorded.btpCli) {
      const judgements = await judgeByEmulator(recordings, known);
      for (const [at, { verdict, because }] of judgements.entries()) {
        counts[verdict]++;
        const one = recordings[at];
        if (verdict !== 'failed' || !one || Object.values(LEFT_OUT).flat().includes(cassette)) continue;
        wrong.push(`${cassette}#${one.index} ${operationOf(one)}: ${because.join('; ')}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(counts).toMatchObject({ failed: 7, 'not emulated': 3 });
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
