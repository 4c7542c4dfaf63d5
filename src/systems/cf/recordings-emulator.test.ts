import { describe, expect, test } from 'vitest';
import { judgeByEmulator } from '../../../test/replay/cf/emulator-judge.ts';
import { isPromised, routeOf, serviceOf } from '../../../test/replay/cf/recorded.ts';
import { sharedRecordings } from '../../../test/replay/files.ts';

const { recorded, missing } = sharedRecordings('cf-api.jsonl');

/** Interactions that the emulator does not answer as recorded, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'resource_app_bits#30': 'nothing is staged: no buildpack is detected',
  'resource_app_bits#31': 'nothing is staged: no buildpack is detected',
  'resource_buildpack#2': 'no buildpack is uploaded',
  'resource_buildpack#3': 'no buildpack is uploaded',
};

/** Services beside the Cloud Controller: UAA's users and groups have a test of their own, the deploy service is another system's. */
const ELSEWHERE = /^(uaa|deploy-service)$/;

const cassettes = [...recorded.cf].map(([cassette, rows]) => {
  const reasons = Object.entries(DIFFERENT).filter(([place]) => place.startsWith(`${cassette}#`));
  const but = [...new Set(reasons.map(([, reason]) => reason))].join(', ');
  return { cassette, rows, but: but === '' ? '' : `, but for ${reasons.length}: ${but}` };
});

describe.skipIf(missing !== undefined)(`the emulator${missing === undefined ? '' : ` (${missing})`}`, () => {
  const counts = { judged: 0, promised: 0, passed: 0 };

  for (const { cassette, rows, but } of cassettes) {
    test(`answers as recorded in ${cassette}${but}`, async () => {
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
        const place = `${cassette}#${row.index}`;
        if (verdict === 'failed' && !Object.hasOwn(DIFFERENT, place)) {
          wrong.push(`${place} ${routeOf(row)}: ${because.join('; ')}`);
        }
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
