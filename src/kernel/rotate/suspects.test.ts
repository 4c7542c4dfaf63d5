import { expect, test } from 'vitest';
import type { Evidence, Trace } from './evidence.ts';
import type { Job } from './job.ts';
import { suspects } from './suspects.ts';

const place = (title: string, ours: boolean, holds: string) =>
  ({ consumer: { title, ours, holds } }) as unknown as Job['places'][number];
const job = (places: Job['places'], doubtful: readonly string[] = [], evidence: Partial<Evidence> = {}) =>
  ({
    credential: { vaultName: 'acme/robot-b' },
    places,
    doubtful,
    evidence: async () => ({ traces: [], unread: [], ...evidence }),
  }) as unknown as Job;
const trace = (kind: Trace['kind'], who: string, at: number): Trace => ({ kind, who, because: `${kind} at ${at}`, at });

test('names whom Locum does not supply, who holds the secret that was left, and who was never proven; each once, with its reason', async () => {
  const places = [
    place('API in dev', true, 'acme/robot-b'),
    place('API in test', true, 'acme/robot-a'),
    place('nightly-job in prod', false, 'acme/robot-a'),
  ];
  expect(await suspects(job(places, ['the command deliver.sh', 'API in test']))).toBe(
    [
      'likely: nightly-job in prod (uses it, and Locum does not supply it)',
      'likely: API in test (does not hold this one)',
      'likely: the command deliver.sh (was never proven with the present one)',
    ].join('\n'),
  );
});

test('what a log shows counts more than what is only possible, and the newest first', async () => {
  const places = [place('nightly-job in prod', false, 'acme/robot-a')];
  const traces = [
    trace('touched', 'app worker', 9),
    trace('refused', 'XSUAA_dev at 10.0.0.1', 3),
    trace('refused', 'XSUAA_dev at 10.0.0.2', 5),
    trace('changed', 'dana@acme.example', 8),
  ];
  expect(await suspects(job(places, [], { traces }))).toBe(
    [
      'likely: XSUAA_dev at 10.0.0.2 (refused at 5)',
      'likely: XSUAA_dev at 10.0.0.1 (refused at 3)',
      'likely: dana@acme.example (changed at 8)',
      'likely: nightly-job in prod (uses it, and Locum does not supply it)',
      'likely: app worker (touched at 9)',
    ].join('\n'),
  );
});

test('says so when nobody whom Locum sees can be it, and which log could not be read', async () => {
  expect(await suspects(job([place('API in dev', true, 'acme/robot-b')]))).toBe(
    'likely: none of the consumers that Locum sees',
  );
  const unread = [
    { where: 'the audit log of acme', because: 'no connection is declared', remedy: 'add connections.audit' },
  ];
  expect(await suspects(job([], [], { unread }))).toBe(
    "likely: none of the consumers that Locum sees\nnot known: the audit log of acme can't be read: no connection is declared; add connections.audit",
  );
});

test('no more names than a reader can follow', async () => {
  const doubtful = Array.from({ length: 9 }, (_, index) => `place ${index}`);
  expect(await suspects(job([], doubtful))).toMatch(/place 5 \([^)]*\)\nand 3 more$/);
});
