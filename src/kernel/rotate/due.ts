import type { Manifest } from '../manifest/types.ts';
import type { Surveyed } from './survey.ts';

/** A credential that its policy ends is replaced so long before. */
const AHEAD_MS = 14 * 86_400_000;

/** When a credential has to be replaced; epoch milliseconds. Undefined: nothing demands it, or its age is not known. */
function dueAt({ credential, state }: Pick<Surveyed, 'credential' | 'state'>, manifest: Manifest): number | undefined {
  const { setAt, endsAt } = state;
  const declared = [...manifest.technicalUsers, ...manifest.credentials];
  const every = declared.find(({ name }) => name === credential.user)?.rotation?.everyMs;
  const times = [
    ...(every === undefined || setAt === undefined ? [] : [setAt + every]),
    ...(endsAt === undefined ? [] : [endsAt - AHEAD_MS]),
  ];
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Whether its time has come. Pure. */
export function isDue(surveyed: Pick<Surveyed, 'credential' | 'state'>, manifest: Manifest, now: number): boolean {
  const at = dueAt(surveyed, manifest);
  return at !== undefined && now >= at;
}
