import { describe, expect, test } from 'vitest';
import { judgeByEmulator } from '../../../test/replay/cf/emulator-judge.ts';
import { isPromised, routeOf, serviceOf } from '../../../test/replay/cf/recorded.ts';
import { sharedRecordings } from '../../../test/replay/files.ts';

const { recorded, missing } = sharedRecordings('cf-api.jsonl');

/** Services beside the Cloud Controller: UAA's users and groups have a test of their own, the deploy service is another system's. */
const ELSEWHERE = /^(uaa|deploy-service)$/;

describe.skipIf(missing !== undefined)(`the emulator${missing === undefined ? '' : ` (${missing})`}`, () => {
  const counts = { judged: 0, promised: 0, passed: 0 };

  for (const [cassette, rows] of recorded.cf) {
    test(`answers as recorded in ${cassette}`, async () => {
      const wrong: string[] = [];
      const judgements = await judgeByEmulator(rows);
      for (const [at, row] of rows.entries()) {
        const { verdict, because } = judgements[at] ?? { verdict: 'failed', because: ['was not judged'] };
        if (verdict === 'not emulated') {
          if (isPromised(row)) wrong.push(`${cassette}#${row.index} ${routeOf(row)} is not emulated`);
          continue;
        }
        counts.judged++;
        if (isPromised(row)) counts.promised++;
        if (isPromised(row) && verdict === 'passed') counts.passed++;
        if (verdict === 'failed') wrong.push(`${cassette}#${row.index} ${routeOf(row)}: ${because.join('; ')}`);
      }
      expect(wrong).toEqual([]);
    });
  }

  test('at least 99 % of what the landscape promises is as recorded, and there is enough of it', () => {
    const all = [...recorded.cf.values()].flat();
    const promised = all.filter((row) => isPromised(row) && !ELSEWHERE.test(serviceOf(row))).length;
    const tokens = all.filter((row) => routeOf(row).endsWith('/oauth/token')).length;
    expect(counts.promised).toBe(promised + tokens);
    expect(counts.passed / counts.promised).toBeGreaterThan(0.99);
    expect(counts.judged).toBeGreaterThan(900);
  });
});
