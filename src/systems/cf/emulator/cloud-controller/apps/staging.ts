import type { Acting } from '../acting.ts';
import type { CfDroplet, CfLifecycle, CfPackage, Contents } from '../rows/apps.ts';
import { kindOf, processTypesOf } from './bits.ts';

/** What staging made of a package, or why it failed, as a build tells it. */
export type Staged =
  | { readonly error: string }
  | (Pick<CfDroplet, 'lifecycle' | 'buildpacks' | 'processTypes'> & { readonly error?: undefined });

/** What a build says when it fails (cloud_controller_ng, errors/v2.yml and BuildModel). */
const NOTHING_DETECTED = 'NoAppDetectedError - An app was not successfully detected by any available buildpack';

/**
 * Stages a package as far as its files tell: where no buildpack is named, the first one takes it that detects it. Of bits that nobody
 * can look into nothing is detected, and nothing refused.
 */
export function stage(acting: Acting, row: CfPackage, lifecycle: CfLifecycle): Staged {
  const { contents } = row;
  if (lifecycle.type === 'docker') return { lifecycle };
  if (lifecycle.type === 'cnb' || lifecycle.buildpacks.length > 0) {
    const buildpacks = lifecycle.buildpacks.map((name) => named(acting, name, lifecycle));
    const kind = kindOf(lifecycle.buildpacks.at(-1) ?? '');
    return { lifecycle, buildpacks, ...(contents ? { processTypes: processTypesOf(contents, kind) } : {}) };
  }
  if (!contents) return { lifecycle, buildpacks: [] };
  const detected = detectedBy(acting, contents, lifecycle);
  if (detected === undefined) return { error: NOTHING_DETECTED };
  const kind = kindOf(detected);
  const found = { ...named(acting, detected, lifecycle), detectOutput: kind ?? null };
  return {
    lifecycle: { ...lifecycle, buildpacks: [detected] },
    buildpacks: [found],
    processTypes: processTypesOf(contents, kind),
  };
}

/** Buildpacks are tried in the order of their position. */
function detectedBy(acting: Acting, { kinds }: Contents, { stack }: CfLifecycle): string | undefined {
  return acting.store.buildpacks
    .by('landscape', acting.caller.landscape)
    .filter((one) => one.enabled && one.state === 'READY' && (one.stack === null || one.stack === stack))
    .toSorted((a, b) => a.position - b.position)
    .find(({ name }) => kinds.includes(kindOf(name) ?? ''))?.name;
}

/** Name and version are the buildpack's own; the file that it was uploaded from tells the version. */
function named(
  acting: Acting,
  name: string,
  { type, stack }: CfLifecycle,
): NonNullable<CfDroplet['buildpacks']>[number] {
  const known = acting.store.buildpacks
    .by('landscape', acting.caller.landscape)
    .find((one) => one.name === name && (one.stack === null || one.stack === stack));
  const version = /-v(\d[\w.]*)\.zip$/.exec(known?.filename ?? '')?.[1] ?? null;
  return { name, detectOutput: null, buildpackName: type === 'cnb' ? null : (kindOf(name) ?? null), version };
}
