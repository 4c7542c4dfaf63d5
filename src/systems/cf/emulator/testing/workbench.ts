import type { Emulators } from '../../../../emulation/compose.ts';
import { subjectOf } from '../../../../kernel/doctor/doctor.ts';
import { RemoteError } from '../../../../kernel/errors.ts';
import type { Inventory } from '../../../../kernel/inventory.ts';
import { observe } from '../../../../kernel/observe/observe.ts';
import { expandGraph, resourceTypes, typeOf } from '../../../../kernel/plan/graph.ts';
import { diffAll, makePlan } from '../../../../kernel/plan/make-plan.ts';
import { DEFAULT_PLAN_OPTIONS, type Plan } from '../../../../kernel/plan/plan.ts';
import type { Hop, Subject, SystemContext, SystemDefinition } from '../../../../kernel/system.ts';
import { inventoryOf } from './system-context.ts';

/** The kernel's flow around one slice, without journal and store. */
export function createWorkbench(slice: SystemDefinition) {
  const types = resourceTypes([slice]);

  /** Reads inventory and resources, and makes the plan. `names`: the subaccounts that there are. */
  async function look(ctx: SystemContext, emulators: Emulators, names?: readonly string[]) {
    const soFar = inventoryOf(emulators, names);
    const inventory: Inventory = (await slice.inventory?.({ soFar, wanted: () => true }, ctx)) ?? soFar;
    const graph = expandGraph([slice], ctx.manifest, inventory);
    const observed = await observe(graph, types, ctx);
    const input = { graph, observed, types, options: DEFAULT_PLAN_OPTIONS, manifest: ctx.manifest, now: ctx.now() };
    return { ...input, inventory, plan: makePlan(input), diffs: diffAll(input) };
  }

  /** Makes every step of a plan, one after the other, in its order. */
  async function make(
    ctx: SystemContext,
    emulators: Emulators,
    options: { readonly prune?: boolean } = {},
  ): Promise<Plan> {
    const seen = await look(ctx, emulators);
    const plan = makePlan({ ...seen, options: { ...DEFAULT_PLAN_OPTIONS, prune: options.prune ?? false } });
    const open = [...plan.steps];
    while (open.length > 0) {
      const index = open.findIndex((step) => !step.needs.some((need) => open.some((other) => other.address === need)));
      const [step] = open.splice(index, 1);
      if (!step) break;
      const extra = seen.observed.extras.find((candidate) => candidate.address === step.address);
      const resource = seen.graph.resources.get(step.address) ?? (extra && { ...extra, needs: [] });
      if (!resource) throw new Error(`no resource ${step.address}`);
      await typeOf(types, resource).converge({ resource, action: step.action, observed: undefined }, ctx);
    }
    return plan;
  }

  /** The first technical user of the manifest, as checks look at it. */
  async function subjectIn(ctx: SystemContext, emulators: Emulators, names?: readonly string[]): Promise<Subject> {
    const [user] = ctx.manifest.technicalUsers;
    if (!user) throw new Error('no user');
    return subjectOf(user, { ...(await look(ctx, emulators, names)), manifest: ctx.manifest });
  }

  async function doctor(ctx: SystemContext, emulators: Emulators, names?: readonly string[]): Promise<readonly Hop[]> {
    const subject = await subjectIn(ctx, emulators, names);
    const hops: Hop[] = [];
    for (const check of slice.checks) hops.push(...(await check.run(subject, ctx)));
    return hops;
  }

  return { look, make, doctor, subjectIn, types };
}

/** The RemoteError that a call ends with. */
export async function thrown(run: Promise<unknown>): Promise<RemoteError> {
  const error = await run.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof RemoteError)) throw new Error(`expected a RemoteError, got ${error}`);
  return error;
}
