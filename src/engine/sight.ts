import type { Address } from '../kernel/address.ts';
import { subjectOf } from '../kernel/doctor/doctor.ts';
import type { Inventory } from '../kernel/inventory.ts';
import { graceFindings, graphWithout, heldUsers, observedWithout } from '../kernel/lifecycle/held.ts';
import type { Manifest, TechnicalUser } from '../kernel/manifest/types.ts';
import { emptySelectors, readInventory } from '../kernel/observe/discover.ts';
import { type Observed, observe } from '../kernel/observe/observe.ts';
import { expandGraph, type Graph } from '../kernel/plan/graph.ts';
import { diffAll, type PlanInput } from '../kernel/plan/make-plan.ts';
import { DEFAULT_PLAN_OPTIONS, type PlanOptions } from '../kernel/plan/plan.ts';
import type { Hold } from '../kernel/ports.ts';
import type { Subject, SystemContext } from '../kernel/system.ts';
import type { EngineDeps } from './deps.ts';
import { refuseHeld } from './gates.ts';
import { findLeft } from './left.ts';
import { userOf } from './names.ts';

/** What is declared, and what was seen of it. */
export interface Sight {
  readonly manifest: Manifest;
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly observed: Observed;
  readonly held: ReadonlyMap<string, Hold>;
  /** Copies that the store remembers, of which nothing is left. */
  readonly gone: readonly Address[];
}

const NOTHING_OBSERVED: Observed = { objects: new Map(), extras: [], failures: new Map() };

/** What is declared, resolved against the account model; nothing of it is observed yet. */
export async function declare({ systems, store }: EngineDeps, ctx: SystemContext): Promise<Sight> {
  const inventory = await readInventory(systems, ctx.manifest, ctx);
  const expanded = expandGraph(systems, ctx.manifest, inventory);
  const graph: Graph = { ...expanded, findings: [...emptySelectors(ctx.manifest, inventory), ...expanded.findings] };
  const holds = await store.holds.of(ctx.manifest.name);
  const held = heldUsers(holds, ctx.manifest);
  const unheld = graphWithout(held, graph);
  return {
    manifest: ctx.manifest,
    inventory,
    graph: { ...unheld, findings: [...graceFindings(holds, ctx.now()), ...unheld.findings] },
    held,
    observed: NOTHING_OBSERVED,
    gone: [],
  };
}

/** Looks at everything. */
export async function look(deps: EngineDeps, ctx: SystemContext): Promise<Sight> {
  return lookAt(await declare(deps, ctx), deps, ctx);
}

/** Looks at what is declared, and at what was declared once. */
export async function lookAt(sight: Sight, { systems, types }: EngineDeps, ctx: SystemContext): Promise<Sight> {
  const [observed, left] = await Promise.all([
    observe(sight.graph, types, ctx),
    findLeft(systems, sight.inventory, ctx),
  ]);
  return {
    ...sight,
    graph: { ...sight.graph, findings: [...sight.graph.findings, ...left.findings] },
    observed: observedWithout(sight.held, { ...observed, extras: [...observed.extras, ...left.extras] }),
    gone: left.gone,
  };
}

/** What a plan of it is made from. */
export function judge(
  sight: Sight,
  { types }: Pick<EngineDeps, 'types'>,
  ctx: SystemContext,
  planOptions: Partial<PlanOptions>,
): PlanInput {
  for (const name of planOptions.renew ?? []) userOf(name, sight.manifest);
  return {
    ...sight,
    types,
    options: { ...DEFAULT_PLAN_OPTIONS, ...onlySet(planOptions) },
    manifest: { name: sight.manifest.name, globalAccount: sight.manifest.globalAccount },
    now: ctx.now(),
  };
}

/** Technical users with all that was declared and observed of them. */
export function subjectsOf(
  users: readonly TechnicalUser[],
  sight: Sight,
  deps: EngineDeps,
  ctx: SystemContext,
): readonly Subject[] {
  const diffs = diffAll(judge(sight, deps, ctx, {}));
  return users.map((user) => subjectOf(user, { ...sight, diffs }));
}

/** A technical user as a consumer sees it: where it works, not whether everything is in place. */
export async function subject(name: string, deps: EngineDeps, ctx: SystemContext): Promise<Subject> {
  const user = userOf(name, ctx.manifest);
  const sight = await declare(deps, ctx);
  const hold = sight.held.get(user.name);
  // A login could only be refused, and would count towards a lock.
  if (hold) refuseHeld(hold);
  return subjectOf(user, { ...sight, diffs: new Map() });
}

/** Options that are given; `undefined` means the default. */
function onlySet(options: Partial<PlanOptions>): Partial<PlanOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
