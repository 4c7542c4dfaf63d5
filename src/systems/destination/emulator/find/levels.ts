import type { Caller } from '../bearer.ts';
import { badRequest, fragmentNotFound, unauthorized } from '../errors.ts';
import { type Level, type Properties, recordKey, type Store } from '../store.ts';

/** btp-connectivity:78ba73a. */
const LEVELS = ['subaccount', 'instance', 'provider_subaccount', 'provider_instance'] as const;
type LevelName = (typeof LEVELS)[number];

interface Reference {
  readonly name: string;
  readonly level: LevelName;
}

/** What a request to v2 names, each on its level: a destination is on `instance` unless it says so, a fragment where its destination is. */
export function chooseLevels(caller: Caller, name: string, fragmentNames: readonly string[]) {
  const destination = reference(name, 'instance');
  const fragments = fragmentNames.map((text) => reference(text, destination.level));
  const multiTenant = caller.provider !== caller.zone;
  const mixed = fragments.some(
    ({ level }) => level !== destination.level && [level, destination.level].includes('subaccount'),
  );
  // "Due to security considerations" in multi-tenant use only; the text is assumed.
  if (multiTenant && mixed) throw badRequest('Resources on subaccount level must not be combined with other levels');
  return { destination, fragments };
}

function reference(text: string, fallback: LevelName): Reference {
  const at = text.lastIndexOf('@');
  if (at < 0) return { name: text, level: fallback };
  const level = LEVELS.find((known) => known === text.slice(at + 1));
  if (level === undefined) throw badRequest('Invalid level');
  return { name: text.slice(0, at), level };
}

export function atLevelNamed(caller: Caller, name: LevelName): Level {
  const zone = name.startsWith('provider_') ? caller.provider : caller.zone;
  if (!name.endsWith('instance')) return { zone };
  // A token of no instance has no instance level; the answer to it is assumed.
  if (caller.instance === undefined) throw unauthorized();
  return { zone, instance: caller.instance };
}

/**
 * Merges fragments over a destination, in order; the fragment wins, and all are named. `X-fragment-optional` counts for a single
 * fragment only (btp-connectivity:f56600a).
 */
export function mergeFragments(
  store: Store,
  properties: Properties,
  fragments: readonly { readonly name: string; readonly level: Level }[],
  optional: boolean,
): Properties {
  const merged: Record<string, string> = { ...properties };
  const names: string[] = [];
  for (const { name, level } of fragments) {
    const found = store.fragments.get(recordKey(level, name));
    if (!found) {
      if (optional && fragments.length === 1) continue;
      throw fragmentNotFound(name);
    }
    Object.assign(merged, found.properties);
    names.push(name);
  }
  return names.length === 0 ? merged : { ...merged, FragmentName: names.join(',') };
}
