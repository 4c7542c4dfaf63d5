import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { judgeByDeployService } from './deploy-judge.ts';
import type { Interaction } from './recorded.ts';

const SPACE = randomUUID();
const BASE = `spaces/${SPACE}`;
const USER = 'somebody@example.com';

interface Exchange {
  readonly method?: string;
  readonly path: string;
  readonly sent?: unknown;
  readonly status?: number;
  readonly location?: string;
  readonly answer?: unknown;
}

const recorded = (exchanges: readonly Exchange[]): readonly Interaction[] =>
  exchanges.map(({ method = 'GET', path, sent = '', status = 200, location, answer = '' }, index) => ({
    cassette: 'deployment',
    index,
    method,
    url: `https://deploy-service.cf.example.com/api/v1/${path}`,
    request_headers: {},
    request_body: sent,
    status,
    response_headers: { Location: location ?? null },
    response_body: answer,
  }));

/** A file of the space, as it is shown. */
const file = (id: string) => ({
  id,
  name: 'shop.mtar',
  size: 2365,
  digest: '8FC95BAEF1A228E42C775F9E3D44241C',
  digestAlgorithm: 'MD5',
  space: SPACE,
});

const upload = (id: string): Exchange => ({
  method: 'POST',
  path: `${BASE}/files`,
  sent: '--b\r\nContent-Disposition: form-data; name="file"; filename="shop.mtar"\r\n\r\nPK',
  status: 201,
  answer: file(id),
});

const operation = (id: string, more: object) => ({
  processId: id,
  processType: 'DEPLOY',
  startedAt: '2024-05-23T06:42:26.922Z[UTC]',
  spaceId: SPACE,
  mtaId: 'shop',
  user: USER,
  messages: [],
  parameters: {},
  ...more,
});

/** A deployment from a file, read while it runs and when it has come to its end. */
function deployment(archive: string, end: object): readonly Exchange[] {
  const id = randomUUID();
  const path = `${BASE}/operations/${id}`;
  return [
    {
      method: 'POST',
      path: `${BASE}/operations`,
      sent: { processType: 'DEPLOY', parameters: { appArchiveId: archive, mtaId: 'shop' } },
      status: 202,
      location: `${path}?embed=messages`,
    },
    { path, answer: operation(id, { acquiredLock: false, state: 'RUNNING' }) },
    { path, answer: operation(id, end) },
  ];
}

const ENDED = { endedAt: '2024-05-23T06:42:29.311Z[UTC]', acquiredLock: false, state: 'FINISHED' };

async function failures(exchanges: readonly Exchange[]) {
  const judgements = await judgeByDeployService(recorded(exchanges));
  return judgements.flatMap(({ verdict, because }, at) => (verdict === 'passed' ? [] : [[at, ...because]]));
}

test('what was uploaded was lost, and its deployment passes', async () => {
  const archive = randomUUID();
  expect(await failures([upload(archive), ...deployment(archive, ENDED)])).toEqual([]);
});

test('a file that the service fetched itself is deployed', async () => {
  const [job, archive] = [randomUUID(), randomUUID()];
  const path = `${BASE}/files/jobs/${job}`;
  const url = 'https://files.example.com/shop.mtar';
  const fetched: readonly Exchange[] = [
    {
      method: 'POST',
      path: `${BASE}/files/async`,
      sent: { file_url: Buffer.from(url).toString('base64url') },
      status: 202,
      location: path,
    },
    { path, status: 201, answer: { status: 'FINISHED', file: file(archive), mta_id: 'shop' } },
  ];
  expect(await failures([...fetched, ...deployment(archive, ENDED)])).toEqual([]);
});

test('a process that failed holds the lock of its MTA, or failed before it had it', async () => {
  const [first, second] = [randomUUID(), randomUUID()];
  const late = { state: 'ERROR', acquiredLock: true };
  expect(await failures([upload(first), ...deployment(first, late)])).toEqual([]);
  const listed = (acquiredLock: boolean): Exchange => ({
    path: `${BASE}/operations?mtaId=shop`,
    answer: [operation(randomUUID(), { acquiredLock, state: 'ERROR' })],
  });
  const next = [upload(second), ...deployment(second, ENDED)];
  expect(await failures([listed(false), ...next])).toEqual([]);
  expect(await failures([listed(true), ...next])).toEqual([[4, '.endedAt: missing', '.state: ERROR, not FINISHED']]);
});

test('another answer fails, and only that', async () => {
  const archive = randomUUID();
  const end = { ...ENDED, mtaId: 'another', colour: 'red' };
  expect(await failures([upload(archive), ...deployment(archive, end)])).toEqual([
    [3, '.colour: missing', '.mtaId: shop, not another'],
  ]);
});
