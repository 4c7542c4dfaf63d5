import { expect, test } from 'vitest';
import { createMemo } from '../../../kernel/context.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import { awaitJob, discover, landscapeName, list } from './client.ts';
import { listValue, space } from './wire.ts';

const JOB = 'https://api.cf.eu10.hana.ondemand.com/v3/jobs/j';
const accepted = (location?: string) => new Response('', { status: 202, headers: location ? { location } : {} });
const sleeper = () => {
  const slept: number[] = [];
  return {
    slept,
    sleep: async (ms: number) => {
      slept.push(ms);
    },
  };
};
const job = (state: string, errors: object[] = []) =>
  Response.json({ guid: 'j', operation: 'role.delete', state, errors, links: {} });

test.each([
  ['https://api.cf.eu10-004.hana.ondemand.com', 'eu10-004'],
  ['https://api.cf.cn40.platform.sapcloud.cn', 'cn40'],
  ['http://localhost:4000', 'localhost:4000'],
])('names the landscape of %s %s', (api, name) => {
  expect(landscapeName(api)).toBe(name);
});

test('encodes a comma and a percent sign inside a value of a list, and nothing else', () => {
  expect(listValue('50%, or so+1')).toBe('50%25%2C or so+1');
});

test('waits for a job with growing pauses', async () => {
  const answers = [job('PROCESSING'), job('POLLING'), job('COMPLETE')];
  const time = sleeper();
  await awaitJob(async () => answers.shift() ?? job('COMPLETE'), accepted(JOB), 'delete role', time);
  expect(time.slept).toEqual([250, 500]);
});

test('fails with the title of a failed job', async () => {
  const failed = job('FAILED', [{ title: 'CF-UnableToPerform', detail: 'no', code: 10001 }]);
  await expect(awaitJob(async () => failed, accepted(JOB), 'delete role', sleeper())).rejects.toMatchObject({
    serviceCode: 'CF-UnableToPerform',
  });
});

test('leaves the outcome unknown when a job does not end, or has no address', async () => {
  const endless = awaitJob(async () => job('PROCESSING'), accepted(JOB), 'delete role', sleeper());
  await expect(endless).rejects.toMatchObject({ outcome: 'unknown', retryable: true });
  const lost = awaitJob(async () => job('COMPLETE'), accepted(), 'delete role', sleeper());
  await expect(lost).rejects.toMatchObject({ outcome: 'unknown' });
});

test('says where an answer is not what it should be, without quoting it', async () => {
  const strange = async () => Response.json({ pagination: { secret: 'hunter2' }, resources: [] });
  const reading = list(strange, { operation: 'list spaces', url: new URL('https://api.example/v3/spaces') }, space);
  const error: unknown = await reading.catch((caught: unknown) => caught);
  if (!(error instanceof RemoteError)) throw new Error('no RemoteError');
  expect(error.message).toContain('pagination.total_results');
  expect(JSON.stringify([error.message, error.cause])).not.toContain('hunter2');
});

test('discovers a landscape once, however many ask', async () => {
  let calls = 0;
  const href = (host: string) => ({ href: `https://${host}.example` });
  const links = {
    self: href('api'),
    cloud_controller_v3: { ...href('api'), meta: { version: '3.188.0' } },
    login: href('login'),
    uaa: href('uaa'),
    logging: null,
  };
  const ctx = {
    ...sleeper(),
    now: () => 0,
    memo: createMemo(),
    fetch: async () => {
      calls++;
      return Response.json({ links });
    },
  };
  const [first, second] = await Promise.all([
    discover(ctx, 'https://api.example'),
    discover(ctx, 'https://api.example'),
  ]);
  expect(first).toBe(second);
  expect(calls).toBe(1);
});
