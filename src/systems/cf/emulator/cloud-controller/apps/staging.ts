import type { Acting } from '../acting.ts';
import { lifecycleOf } from '../platform/buildpacks.ts';
import type { CfDroplet, CfLifecycle, CfPackage, Contents } from '../rows/apps.ts';
import type { CfBuildpack } from '../rows/platform.ts';
import { processTypesOf } from './bits.ts';
import { kindOf } from './detection.ts';

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
    const buildpacks = receiptsOf(acting, lifecycle);
    const kind = kindOf(lifecycle.buildpacks.at(-1) ?? '');
    return { lifecycle, buildpacks, ...(contents ? { processTypes: processTypesOf(contents, kind) } : {}) };
  }
  if (!contents) return { lifecycle, buildpacks: [] };
  const detected = detectedBy(acting, contents, lifecycle);
  if (detected === undefined) return { error: NOTHING_DETECTED };
  const chosen = { ...lifecycle, buildpacks: [detected] };
  return {
    lifecycle: chosen,
    buildpacks: receiptsOf(acting, chosen),
    processTypes: processTypesOf(contents, kindOf(detected)),
  };
}

/** Buildpacks are tried in the order of their position. */
function detectedBy(acting: Acting, { kinds }: Contents, { stack }: CfLifecycle): string | undefined {
  return acting.store.buildpacks
    .by('landscape', acting.caller.landscape)
    .filter((one) => one.enabled && one.state === 'READY' && isFor(one, 'buildpack', stack))
    .toSorted((a, b) => a.position - b.position)
    .find(({ name }) => kinds.includes(kindOf(name) ?? ''))?.name;
}

/**
 * What staging tells of each buildpack. The last one, which makes the app run, gives its own name as what was detected, whether it was
 * (cloudfoundry/buildpackapplifecycle, `WriteResultJSON`). The file that a buildpack was uploaded from tells its version.
 */
function receiptsOf(acting: Acting, { type, stack, buildpacks }: CfLifecycle): NonNullable<CfDroplet['buildpacks']> {
  const all = acting.store.buildpacks.by('landscape', acting.caller.landscape);
  return buildpacks.map((name, index) => {
    const known = all.find((one) => one.name === name && isFor(one, type, stack));
    const kind = type === 'cnb' ? null : (kindOf(name) ?? null);
    const version = /-v(\d[\w.]*)\.zip$/.exec(known?.filename ?? '')?.[1] ?? null;
    return { name, detectOutput: index === buildpacks.length - 1 ? kind : null, buildpackName: kind, version };
  });
}

function isFor(buildpack: CfBuildpack, type: string, stack: string | undefined): boolean {
  return lifecycleOf(buildpack) === type && (buildpack.stack === null || buildpack.stack === stack);
}
