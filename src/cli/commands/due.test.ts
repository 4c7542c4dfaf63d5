import { expect, test } from 'vitest';
import { type Expiry, forecast } from '../../kernel/due/due.ts';
import { EXIT } from '../exit-codes.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';

const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;
const codes = { ended: 'E', soon: 'S', unknown: 'U' };

function expiry(user: string, end: Expiry['end'], more: Partial<Expiry> = {}): Expiry {
  return {
    user,
    subject: `ias/password:t/${user}`,
    title: 'password',
    end,
    codes,
    remedy: `locum rotate ${user}`,
    ...more,
  };
}

async function locum(line: string, expiries: readonly Expiry[]) {
  const asked: unknown[] = [];
  const engine = fixtureEngine({
    due: async (request) => {
      asked.push(request);
      return forecast(expiries, { now: NOW, within: request.within });
    },
  });
  const io = fakeIo(line.split(' '));
  const code = await runProgram(io, fakeParts(engine).parts);
  return { code, out: io.out(), err: io.err(), asked };
}

const SOON = expiry(
  'pipeline',
  { kind: 'at', at: NOW + 9 * DAY, because: 'its policy ends passwords after 6 months' },
  { policy: 'enterprise', since: NOW - 173 * DAY },
);

test('due tells one thing on a line, the soonest first', async () => {
  const { code, out } = await locum('due', [
    expiry('monitoring', { kind: 'never' }, { policy: 'standard', since: NOW - DAY }),
    expiry('own', { kind: 'unknown', because: "the policy is the tenant's own" }),
    SOON,
    expiry('late', { kind: 'at', at: NOW - DAY, because: 'it is initial' }),
  ]);
  expect(code).toBe(EXIT.ok);
  expect(out).toMatchInlineSnapshot(`
    "2026-11-20 ended        late        password  it is initial; → locum rotate late
    2026-11-30 in 9 days    pipeline    password  policy enterprise; set 2026-06-01, 173 days old; its policy ends passwords after 6 months; → locum rotate pipeline
    never                   monitoring  password  policy standard; set 2026-11-20, 1 day old
    unknown                 own         password  the policy is the tenant's own

    2 of 4 end within 30 days
    "
  `);
});

test('due --exit-code tells a pipeline that something ends within the time that it names', async () => {
  expect(await locum('due --within 1w --exit-code pipeline', [SOON])).toMatchObject({
    code: EXIT.ok,
    asked: [{ within: 7 * DAY, users: ['pipeline'] }],
  });
  expect(await locum('due --within 240h --exit-code', [SOON])).toMatchObject({ code: EXIT.changes });
  expect(await locum('due --within 2w', [SOON])).toMatchObject({ code: EXIT.ok });
  expect(await locum('due --within soon', [SOON])).toMatchObject({ code: EXIT.usage });
});

test('due --json is the report, with findings', async () => {
  const { out } = await locum('due --json', [SOON]);
  expect(JSON.parse(out)).toMatchObject({
    due: [{ user: 'pipeline', status: 'soon' }],
    findings: [{ code: 'S', severity: 'warning', subject: 'pipeline' }],
  });
});
