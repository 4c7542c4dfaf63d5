import { expect, test } from 'vitest';
import type { Job } from './saga.ts';
import { suspects } from './suspects.ts';

const place = (title: string, ours: boolean, holds: string) =>
  ({ consumer: { title, ours, holds } }) as unknown as Job['places'][number];
const job = (places: Job['places'], doubtful: readonly string[] = []) =>
  ({ credential: { vaultName: 'acme/robot-b' }, places, doubtful }) as unknown as Job;

test('names whom Locum does not supply, who holds the secret that was left, and who was never proven; each once', () => {
  const places = [
    place('API in dev', true, 'acme/robot-b'),
    place('API in test', true, 'acme/robot-a'),
    place('nightly-job in prod', false, 'acme/robot-a'),
  ];
  expect(suspects(job(places, ['the command deliver.sh', 'API in test']))).toBe(
    'likely nightly-job in prod, API in test, the command deliver.sh',
  );
});

test('says so when nobody whom Locum sees can be it', () => {
  expect(suspects(job([place('API in dev', true, 'acme/robot-b')]))).toBe('none of the consumers that Locum sees');
});
