import type { Manifest } from '../manifest/types.ts';
import type { Surveyed } from './survey.ts';

/** A credential that its policy ends is replaced so long before. */
const AHEAD_MS = 14 * 86_400_000;

/** When a credential has to be replaced; epoch milliseconds. Undefined: nothing demands it, or its age is not known. */
export function dueAt({ credential, state }: Pick<Surveyed, 'credential' | 'state'>, manifest: Manifest) {
  const { setAt, policy } = state;
  if (setAt === undefined) return undefined;
  const declared = [...manifest.technicalUsers, ...manifest.credentials];
  const every = declared.find(({ name }) => name === credential.user)?.rotation?.everyMs;
  const ends = [policy?.maxAgeMs, policy?.unusedMs].filter((ms) => ms !== undefined).map((ms) => ms - AHEAD_MS);
  const ages = [...(every === undefined ? [] : [every]), ...ends];
  return ages.length === 0 ? undefined : setAt + Math.min(...ages);
}

/** Whether its time has come. Pure. */
export function isDue(surveyed: Pick<Surveyed, 'credential' | 'state'>, manifest: Manifest, now: number): boolean {
  const at = dueAt(surveyed, manifest);
  return at !== undefined && now >= at;
}
