import { describe, expect, test } from 'vitest';
import { unexpected } from '../../../test/replay/scenarios/judge.ts';
import { readRecordings } from '../../../test/replay/scenarios/recordings.ts';
import { judgeUaa } from '../../../test/replay/uaa/judge.ts';
import { KNOWN_DIFFERENCES } from '../../../test/replay/uaa/known-differences.ts';

/** What the open-source UAA answered to our own scenarios; how it was made is told in CONTRIBUTING.md. */

const { service, rows } = readRecordings('uaa');

describe(`the emulated UAA answers as UAA ${service} did`, () => {
  test.each([...rows])('%s', async (_scenario, recorded) => {
    expect(unexpected(recorded, await judgeUaa(recorded), KNOWN_DIFFERENCES)).toEqual([]);
  });

  test('there are enough recordings to mean something', () => {
    expect([...rows.values()].flat().length).toBeGreaterThan(700);
  });
});
