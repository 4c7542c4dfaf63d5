import type { Finding, Severity } from './finding.ts';
import type { Manifest } from './manifest/types.ts';
import type { SystemDefinition } from './system.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** Judges a manifest by the rules of all slices, worst first. Pure: nothing is contacted. `now` in epoch milliseconds. */
export function lint(systems: readonly SystemDefinition[], manifest: Manifest, now: number): readonly Finding[] {
  return systems
    .flatMap((system) => system.rules.flatMap((rule) => rule.check(manifest, now)))
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}
