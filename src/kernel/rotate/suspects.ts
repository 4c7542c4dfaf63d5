import type { Job } from './saga.ts';

/** Who may be using another secret: those whom Locum does not supply, then those that hold the one that was left. */
export function suspects({ places, credential }: Job): string {
  const foreign = places.filter(({ consumer }) => !consumer.ours);
  const behind = places.filter(({ consumer }) => consumer.ours && consumer.holds !== credential.vaultName);
  const likely = [...foreign, ...behind].map(({ consumer }) => consumer.title);
  return likely.length === 0 ? 'none of the consumers that Locum sees' : `likely ${[...new Set(likely)].join(', ')}`;
}
