import { featureDisabled, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { Acting } from '../acting.ts';
import { flagOf } from '../platform/feature-flags.ts';
import type { CfLifecycle } from '../rows/apps.ts';
import type { Lifecycle } from './bodies.ts';

/** Stack that apps get which do not name one (recorded). */
export const DEFAULT_STACK = 'cflinuxfs4';

/** Buildpacks or docker; the stack must be one of the landscape's. */
export function lifecycleOf(
  acting: Acting,
  sent: Lifecycle | null | undefined,
  before: CfLifecycle = { type: 'buildpack', buildpacks: [], stack: DEFAULT_STACK },
): CfLifecycle {
  const type = sent?.type ?? before.type;
  if (!['buildpack', 'docker', 'cnb'].includes(type)) {
    throw unprocessable('Lifecycle type is not included in the list: buildpack, docker, cnb');
  }
  if (sent && sent.data === undefined) throw unprocessable('Lifecycle data must be an object');
  const needed = { docker: 'diego_docker', cnb: 'diego_cnb' }[type];
  if (needed !== undefined) {
    const flag = flagOf(acting, needed);
    if (!flag.enabled) throw featureDisabled(flag.message ?? flag.name);
  }
  if (type === 'docker') return { type, buildpacks: [] };
  const stack = sent?.data?.stack ?? before.stack ?? DEFAULT_STACK;
  const stacks = acting.store.stacks.by('landscape', acting.caller.landscape);
  if (!stacks.some((known) => known.name === stack)) throw unprocessable('Stack must be an existing stack');
  return { type, buildpacks: sent?.data?.buildpacks ?? before.buildpacks, stack };
}
