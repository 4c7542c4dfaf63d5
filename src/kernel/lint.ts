import type { Finding, Severity } from './finding.ts';
import type { Manifest } from './manifest/types.ts';
import type { SystemDefinition } from './system.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** Judges a manifest by the rules of all slices, worst first. Pure: nothing is contacted. `now` in epoch milliseconds. */
export function lint(systems: readonly SystemDefinition[], manifest: Manifest, now: number): readonly Finding[] {
  const found = systems.flatMap((system) => system.rules.flatMap((rule) => rule.check(manifest, now)));
  return oncePerDeclaration(found, manifest).sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** Twins are declared as one: what is to be said of their one declaration is said once, of the first. */
function oncePerDeclaration(found: readonly Finding[], manifest: Manifest): Finding[] {
  const firsts = new Map(
    manifest.technicalUsers.flatMap(({ name, twin }) => (twin && !twin.first ? [[name, twin.other] as const] : [])),
  );
  const keyOf = ({ code, because, at }: Finding, subject: string) => JSON.stringify([code, subject, because, at]);
  const told = new Set(found.map((one) => keyOf(one, one.subject)));
  return found.filter((one) => {
    const first = firsts.get(one.subject);
    return first === undefined || !told.has(keyOf(one, first));
  });
}
