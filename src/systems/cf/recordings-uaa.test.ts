import { describe, expect, test } from 'vitest';
import { isOfUaa, judgeByUaa } from '../../../test/replay/cf/uaa-judge.ts';
import { sharedRecordings } from '../../../test/replay/files.ts';

/** Users and groups of UAA as a SAP landscape answered them; tokens are judged beside the Cloud Controller's calls. */

const { recorded, missing } = sharedRecordings('cf-api.jsonl');
const cassettes = [...recorded.cf]
  .map(([cassette, rows]) => ({ cassette, rows: rows.filter(isOfUaa) }))
  .filter(({ rows }) => rows.length > 0);

describe.skipIf(missing !== undefined)(`UAA${missing === undefined ? '' : ` (${missing})`}`, () => {
  test.each(cassettes)('answers as recorded in $cassette', async ({ rows }) => {
    const judgements = await judgeByUaa(rows);
    expect(judgements.flatMap(({ because }) => because)).toEqual([]);
  });

  test('there are enough recordings to mean something', () => {
    expect(cassettes.flatMap(({ rows }) => rows).length).toBeGreaterThan(40);
  });
});
