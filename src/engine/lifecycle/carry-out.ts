import type { Address } from '../../kernel/address.ts';
import type { Use, Uses } from '../../kernel/identity.ts';
import { extrasOf } from '../../kernel/lifecycle/removal.ts';
import type { Plan } from '../../kernel/plan/plan.ts';
import type { Records } from '../../kernel/ports.ts';
import { execute, type RunReport } from '../../kernel/run/execute.ts';
import { byUses, closeOpenRuns } from '../../kernel/run/resume.ts';
import type { Extra, SystemContext } from '../../kernel/system.ts';
import type { EngineDeps } from '../deps.ts';

/** The same while it is our turn to change something. */
export interface LifecycleTurn extends EngineDeps {
  readonly records: Records;
}

export interface Work {
  readonly plan: Plan;
  readonly user: string;
  readonly why: string;
  /** What the steps are about. */
  readonly uses?: readonly Use[];
  readonly extras?: readonly Extra[];
  readonly objects?: ReadonlyMap<Address, unknown>;
}

/** Executes a lifecycle plan as apply executes its own: each step is journaled before it is sent. */
export async function carryOut(deps: LifecycleTurn, work: Work, ctx: SystemContext): Promise<RunReport> {
  const { plan, user, why } = work;
  return execute({
    plan,
    graph: { resources: new Map(), findings: [] },
    observed: {
      objects: work.objects ?? new Map(),
      extras: [...extrasOf(work.uses ?? [], user), ...(work.extras ?? [])],
      failures: new Map(),
    },
    types: deps.types,
    journal: deps.records.journal,
    run: {
      id: ctx.id(),
      manifest: plan.manifest,
      fingerprint: plan.fingerprint,
      startedAt: ctx.now(),
      who: deps.who,
      why,
    },
    ctx,
  });
}

/** Closes what a crash left open, as far as a look at these users tells. */
export async function closeByUses(
  deps: LifecycleTurn,
  uses: Uses,
  users: readonly string[],
  ctx: SystemContext,
): Promise<void> {
  const open = await deps.records.journal.openRuns(ctx.manifest.name);
  if (open.length > 0) await closeOpenRuns(open, byUses(uses, users), deps.records.journal, ctx);
}

/** Name and global account, as a plan has them. */
export function manifestOf({ manifest: { name, globalAccount } }: SystemContext) {
  return { name, globalAccount };
}
