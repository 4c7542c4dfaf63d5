import { expect, test } from 'vitest';
import type { FreezeReport } from '../../engine/lifecycle/freeze.ts';
import { EXIT } from '../exit-codes.ts';
import { runProgram } from '../program.ts';
import { fakeIo } from '../testing/fake-io.ts';
import { fakeParts, fixtureEngine } from '../testing/fake-parts.ts';
import { emptyPlan, plan } from '../testing/fixtures.ts';

async function locum(line: string, engine: Parameters<typeof fixtureEngine>[0]) {
  const io = fakeIo(line.split(' '));
  const code = await runProgram(io, fakeParts(fixtureEngine(engine)).parts);
  return { code, out: io.out(), err: io.err() };
}

const partly: FreezeReport = {
  user: 'pipeline',
  complete: false,
  parts: [
    { title: 'logon of pipeline at acme.accounts.ondemand.com', state: 'frozen' },
    {
      title: 'space_developer in acme-dev/app',
      state: 'open',
      because: 'cf: delete role: status 503',
      remedy: 'again',
    },
    { title: 'users of subaccount prod', state: 'unknown', because: 'btp-cli: status 403' },
  ],
  limits: ['access tokens that are out already are accepted until they end'],
};

test('a freeze that leaves something working says what, and fails', async () => {
  const { code, out } = await locum('freeze pipeline --why leaked --yes', { freeze: async () => partly });
  expect(code).toBe(EXIT.run);
  expect(out).toMatchInlineSnapshot(`
    "✓ logon of pipeline at acme.accounts.ondemand.com
    ✗ space_developer in acme-dev/app: NOT frozen
      cf: delete role: status 503
      → again
    ? users of subaccount prod: unknown
      btp-cli: status 403

    What nobody can end at once:
      access tokens that are out already are accepted until they end

    pipeline is frozen in part only. Mend what is said above, then freeze it again.
    "
  `);
});

test('a freeze needs a reason, and somebody who confirms it', async () => {
  const freeze = async () => partly;
  expect(await locum('freeze pipeline --yes', { freeze })).toMatchObject({ code: EXIT.usage });
  expect(await locum('freeze pipeline --why leaked', { freeze })).toMatchObject({ code: EXIT.usage });
});

test('offboard shows the plan before it asks, and says what is left to do in the manifest', async () => {
  const asked: string[] = [];
  const { code, out } = await locum('offboard pipeline --yes --keep-ias', {
    async offboard({ name, keepIas, confirm }) {
      asked.push(`${name} ${keepIas}`);
      expect(await confirm?.(plan)).toBe(true);
      const steps = plan.steps.map(({ address, action }) => ({ address, action, result: 'done' as const }));
      return { plan, run: { run: 'r-1', steps }, remaining: emptyPlan, confirmed: true, declared: true };
    },
  });
  expect({ code, asked }).toEqual({ code: EXIT.ok, asked: ['pipeline true'] });
  expect(out).toContain('pipeline is gone.');
  expect(out).toContain('remove its entry from the manifest');
});

test('a migration says whom it is about, and an id needs the e-mail by which the accounts know it', async () => {
  expect(await locum('migrate --overview', {})).toMatchObject({ code: EXIT.usage });
  const { code, err } = await locum('migrate --from P2000000002 --overview', {});
  expect(code).toBe(EXIT.usage);
  expect(err).toContain('--email');
});

test.each(['freeze pipeline --yes', 'freeze pipeline --yes --why='])(
  'nothing is frozen without a reason: %s',
  async (line) => {
    const { code, err } = await locum(line, {});
    expect({ code, err }).toMatchObject({ code: EXIT.usage, err: expect.stringContaining('needs a reason') });
  },
);

test('a freeze waits for another process that has the store', async () => {
  const { parts, requests } = fakeParts(fixtureEngine({ freeze: async () => partly }));
  await runProgram(fakeIo(['freeze', 'pipeline', '--why', 'leaked', '--yes']), parts);
  expect(requests).toMatchObject([{ storeWaitMs: 30_000 }]);
});
