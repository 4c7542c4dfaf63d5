import { ConfigError } from '../kernel/errors.ts';
import type { RunReport } from '../kernel/execute.ts';
import { extrasOfStops, recordOf, thawPlan } from '../kernel/lifecycle/freeze.ts';
import { nearest } from '../kernel/manifest/nearest.ts';
import type { Plan } from '../kernel/plan.ts';
import type { SystemContext } from '../kernel/system.ts';
import { findUses } from '../kernel/uses.ts';
import { carryOut, closeByUses, type LifecycleDeps, manifestOf } from './lifecycle-run.ts';

export interface ThawRequest {
  readonly name: string;
  readonly why: string;
  /** Asked before anything is sent. @default yes */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
}

export interface ThawReport {
  readonly user: string;
  readonly plan: Plan;
  readonly run?: RunReport;
  readonly confirmed: boolean;
  /** Everything that was taken is back; the hold is lifted. */
  readonly complete: boolean;
}

/** Puts back exactly what was taken from a technical user, and lets apply look after it again. */
export async function thaw(
  deps: LifecycleDeps,
  { name, why, confirm }: ThawRequest,
  ctx: SystemContext,
): Promise<ThawReport> {
  const { store, systems, who } = deps;
  const manifest = manifestOf(ctx);
  await using _lock = await store.runs.acquire(manifest.name);
  const holds = await store.holds.of(manifest.name);
  const hold = holds.find((one) => one.subject === name);
  if (!hold)
    throw notHeld(
      name,
      holds.map((one) => one.subject),
    );
  // Of somebody who was offboarded nothing is left to put back: apply makes the user anew.
  const record = recordOf(hold);
  const blast = record && (await findUses(systems, record.identity, ctx));
  if (blast) await closeByUses(deps, blast, name, ctx);
  const there = new Set(blast?.found.map((use) => use.address));
  const nothing = { identity: { userName: name, email: '', originKey: '' }, taken: [], ended: [] };
  const plan = thawPlan(record ?? nothing, there, { manifest, now: ctx.now(), user: name });
  if (confirm && !(await confirm(plan))) return { user: name, plan, confirmed: false, complete: false };
  const extras = extrasOfStops(record?.ended ?? [], name, (stop) => stop.undo ?? null);
  const run =
    plan.steps.length === 0
      ? undefined
      : await carryOut(deps, { plan, user: name, why, uses: record?.taken ?? [], extras }, ctx);
  const complete = (run?.steps ?? []).every((step) => step.result === 'done' || step.result === 'found');
  if (complete) {
    await store.holds.lift(manifest.name, name);
    const change = { thawed: hold.kind };
    await store.trail.append({ at: ctx.now(), who, why, subject: name, change, result: 'done' });
  }
  return { user: name, plan, ...(run ? { run } : {}), confirmed: true, complete };
}

function notHeld(name: string, held: readonly string[]): ConfigError {
  const guess = nearest(name, held);
  return new ConfigError('ERR_CONFIG', `'${name}' is neither frozen nor offboarded`, {
    remedy: guess === undefined ? `held are: ${held.join(', ') || 'none'}` : `did you mean '${guess}'?`,
  });
}
