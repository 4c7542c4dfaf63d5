import type { Address } from '../kernel/address.ts';
import { PlanError } from '../kernel/errors.ts';
import type { Graph } from '../kernel/plan/graph.ts';
import { diffAll, makePlan } from '../kernel/plan/make-plan.ts';
import type { Plan, PlanOptions } from '../kernel/plan/plan.ts';
import type { Store } from '../kernel/ports.ts';
import { execute, type RunReport } from '../kernel/run/execute.ts';
import { byDiffs, closeOpenRuns } from '../kernel/run/resume.ts';
import { takeTurn } from '../kernel/run/turn.ts';
import type { SystemContext } from '../kernel/system.ts';
import type { EngineDeps } from './deps.ts';
import { refuseGated } from './gates.ts';
import { forgetCopies } from './left.ts';
import { declare, judge, lookAt } from './sight.ts';

/** What an apply may do, and why. */
export interface ApplyOptions extends Partial<PlanOptions> {
  /** Why, for journal and trail. */
  readonly why: string;
  /** A plan made before; refused when the world or the manifest is another one since. @default a fresh one */
  readonly plan?: Plan;
  /** Asked before anything is sent; false ends the apply without a change. @default yes */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  /** Addresses of copies that are gone, or were removed by hand: they are not looked for any more. @default [] */
  readonly forget?: readonly Address[];
}

/** What an apply did, and what is left. */
export interface ApplyReport {
  readonly plan: Plan;
  /** Absent when nothing was to be done, or the plan was not confirmed. */
  readonly run?: RunReport;
  /** What a look afterwards still finds to do; empty steps = converged. */
  readonly remaining: Plan;
  readonly confirmed: boolean;
}

/**
 * Makes the world as the manifest declares it, or carries out a plan that was made before.
 * @param narrow leaves a part of what is declared alone. @default nothing
 */
export async function apply(
  deps: EngineDeps,
  { why, plan: given, confirm, forget = [], ...planOptions }: ApplyOptions,
  plain: SystemContext,
  narrow: (graph: Graph) => Graph = (graph) => graph,
): Promise<ApplyReport> {
  await using turn = await takeTurn(deps.store, deps.who, plain);
  const { ctx } = turn;
  const { journal } = turn.records;
  await forgetCopies(forget, { records: turn.records, who: deps.who, why }, ctx);
  const declared = await declare(deps, ctx);
  const seen = { ...declared, graph: narrow(declared.graph) };
  const sight = await lookAt(seen, deps, ctx);
  for (const address of sight.gone) await turn.records.copies.forget(ctx.manifest.name, address);
  const input = judge(sight, deps, ctx, given?.options ?? planOptions);
  const open = await journal.openRuns(ctx.manifest.name);
  if (open.length > 0) await closeOpenRuns(open, byDiffs(diffAll(input), sight.observed), journal, ctx);
  await liftOffboarded(deps.store, ctx);
  const plan = makePlan(input);
  if (given && given.fingerprint !== plan.fingerprint) {
    throw new PlanError('ERR_PLAN_STALE', 'the plan does not fit what is observed and declared now', {
      remedy: 'make a new one: locum plan --out FILE',
    });
  }
  refuseGated(plan);
  if (plan.steps.length === 0) return { plan, remaining: plan, confirmed: true };
  if (confirm && !(await confirm(plan))) return { plan, remaining: plan, confirmed: false };
  await ctx.vault.ready();
  const { manifest, fingerprint } = plan;
  const run = await execute({
    plan,
    graph: sight.graph,
    observed: sight.observed,
    types: deps.types,
    journal,
    run: { id: ctx.id(), manifest, fingerprint, startedAt: ctx.now(), who: deps.who, why },
    ctx,
  });
  const after = await lookAt(seen, deps, ctx);
  return { plan, run, remaining: makePlan(judge(after, deps, ctx, { ...plan.options, renew: [] })), confirmed: true };
}

/** Who was offboarded and has left the manifest may come back one day under the same name. */
async function liftOffboarded(store: Store, { manifest }: SystemContext): Promise<void> {
  const declared = new Set(manifest.technicalUsers.map((user) => user.name));
  for (const { kind, subject } of await store.holds.of(manifest.name)) {
    if (kind === 'offboarded' && !declared.has(subject)) await store.holds.lift(manifest.name, subject);
  }
}
