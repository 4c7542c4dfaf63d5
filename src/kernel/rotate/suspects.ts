import type { Job } from './saga.ts';

/**
 * Who may be using another secret: those whom Locum does not supply, those that hold the one that was left, and those that the
 * rotation before could not prove.
 */
export function suspects({ places, credential, doubtful = [] }: Job): string {
  const foreign = places.filter(({ consumer }) => !consumer.ours);
  const behind = places.filter(({ consumer }) => consumer.ours && consumer.holds !== credential.vaultName);
  const likely = [...[...foreign, ...behind].map(({ consumer }) => consumer.title), ...doubtful];
  return likely.length === 0 ? 'none of the consumers that Locum sees' : `likely ${[...new Set(likely)].join(', ')}`;
}
