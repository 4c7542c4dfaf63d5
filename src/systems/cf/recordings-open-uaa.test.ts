import { describe, expect, test } from 'vitest';
import { judgeUaa } from '../../../test/replay/uaa/judge.ts';
import { KNOWN_DIFFERENCES, unexpected } from '../../../test/replay/uaa/known-differences.ts';
import { readUaaRecordings } from '../../../test/replay/uaa/recordings.ts';

/** What the open-source UAA answered to our own scenarios; how it was made is told in CONTRIBUTING.md. */

const { uaa, rows } = readUaaRecordings();

describe(`the emulated UAA answers as UAA ${uaa} did`, () => {
  test.each([...rows])('%s', async (scenario, recorded) => {
    const found = await judgeUaa(recorded);
    const wrong = recorded.flatMap((row, at) =>
      unexpected(row, found[at] ?? ['it was not played']).map(
        (text) => `#${row.index} ${row.call.method} ${row.call.path}: ${text}`,
      ),
    );
    expect(wrong).toEqual([]);
    // A difference that is no more is not excused any longer.
    for (const { because, differs, is, scenario: where } of KNOWN_DIFFERENCES) {
      if (where !== scenario) continue;
      const seen = recorded.some((row, at) => is(row.call) && found[at]?.some((text) => differs.test(text)));
      expect([because, seen]).toEqual([because, true]);
    }
  });

  test('there are enough recordings to mean something', () => {
    expect([...rows.values()].flat().length).toBeGreaterThan(700);
  });
});
