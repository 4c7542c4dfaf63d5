import { PlanError } from '../../kernel/errors.ts';
import type { Uses } from '../../kernel/identity.ts';
import type { Json } from '../../kernel/json.ts';
import { DEFAULT_OFFBOARD_OPTIONS, type Leaver, offboardPlan } from '../../kernel/lifecycle/offboard.ts';
import { extrasOf } from '../../kernel/lifecycle/removal.ts';
import { whoAre } from '../../kernel/lifecycle/who.ts';
import { findUses } from '../../kernel/observe/uses.ts';
import type { OffboardOptions, Plan } from '../../kernel/plan/plan.ts';
import type { Records } from '../../kernel/ports.ts';
import { conclude } from '../../kernel/rotate/conclude.ts';
import { isOver, readRotation } from '../../kernel/rotate/record.ts';
import { credentialsOf } from '../../kernel/rotate/survey.ts';
import { takeTurn } from '../../kernel/run/turn.ts';
import type { SystemContext } from '../../kernel/system.ts';
import type { ApplyReport } from '../apply.ts';
import type { EngineDeps } from '../deps.ts';
import { refuseGated } from '../gates.ts';
import { carryOut, closeByUses, manifestOf } from './carry-out.ts';

export interface OffboardRequest extends Partial<Omit<OffboardOptions, 'name'>> {
  readonly name: string;
  readonly why: string;
  /** A plan made before; refused when the user holds something else since. @default a fresh one */
  readonly plan?: Plan;
  /** Asked before anything is sent. @default yes */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
}

export interface OffboardReport extends ApplyReport {
  /** The manifest still has an entry for it, which is now to be removed. */
  readonly declared: boolean;
}

interface Sight {
  readonly leavers: readonly Leaver[];
  readonly plan: Plan;
}

/** What an offboarding would remove. */
export async function planOffboard(
  deps: EngineDeps,
  options: Partial<OffboardOptions> & Pick<OffboardOptions, 'name'>,
  ctx: SystemContext,
): Promise<Plan> {
  return (await look(deps, resolved(options), ctx)).plan;
}

/** Removes a technical user everywhere. Interrupted, it goes on from what a look finds left. */
export async function offboard(
  parts: EngineDeps,
  { why, plan: given, confirm, ...options }: OffboardRequest,
  plain: SystemContext,
): Promise<OffboardReport> {
  await using turn = await takeTurn(parts.store, parts.who, plain);
  const { ctx, records } = turn;
  const deps = { ...parts, records };
  const manifest = ctx.manifest.name;
  const chosen = given?.offboard ?? resolved(options);
  const { name } = chosen;
  const { leavers, plan } = await look(deps, chosen, ctx);
  const declared = leavers.some((leaver) => leaver.declared);
  await closeByUses(
    deps,
    allUses(leavers),
    leavers.map((leaver) => leaver.name),
    ctx,
  );
  if (given && given.fingerprint !== plan.fingerprint) {
    throw new PlanError('ERR_PLAN_STALE', `${name} holds something else than when the plan was made`, {
      remedy: `make a new one: locum offboard ${name} --out FILE`,
    });
  }
  refuseGated(plan);
  if (confirm && plan.steps.length > 0 && !(await confirm(plan))) {
    return { plan, remaining: plan, confirmed: false, declared };
  }
  // Before anything is sent: an apply on a schedule must not make again what is going, and the next call must know whom
  // it is about when the user is gone at its identity provider.
  for (const { name: subject, identity } of leavers) {
    const record = { identity: { ...identity } };
    await records.holds.save({ manifest, subject, kind: 'offboarded', since: ctx.now(), who: parts.who, why, record });
  }
  if (!chosen.keepIas) await endRotations(deps.systems, leavers, records, ctx);
  const extras = leavers.flatMap((leaver) => extrasOf(leaver.uses.found, leaver.name));
  const run = plan.steps.length === 0 ? undefined : await carryOut(deps, { plan, user: name, why, extras }, ctx);
  const remaining = run ? (await look(deps, chosen, ctx)).plan : plan;
  if (remaining.steps.length === 0) {
    for (const leaver of leavers) if (!leaver.declared) await records.holds.lift(manifest, leaver.name);
  }
  return { plan, ...(run ? { run } : {}), remaining, confirmed: true, declared };
}

/** Nobody will go on with a rotation of theirs. */
async function endRotations(
  systems: EngineDeps['systems'],
  leavers: readonly Leaver[],
  records: Records,
  ctx: SystemContext,
): Promise<void> {
  // Who is gone at its identity provider already is known by what the manifest says.
  const declared = credentialsOf(systems, ctx.manifest)
    .filter(({ credential }) => leavers.some(({ name }) => name === credential.user))
    .map(({ credential }) => credential.vaultName);
  const names = new Set([
    ...declared,
    ...leavers.flatMap(({ uses }) => uses.found.flatMap(({ props }) => vaultNameIn(props))),
  ]);
  for (const rotation of (await records.rotations.open(ctx.manifest.name)).map(readRotation)) {
    if (!names.has(rotation.credential)) continue;
    const ended = { phase: 'rolled back' as const, because: 'its user was offboarded' };
    const record = isOver(rotation.record) ? rotation.record : { ...rotation.record, ...ended };
    await conclude({ ...rotation, record }, { records, ctx });
  }
}

function vaultNameIn(props: Json): readonly string[] {
  const { vaultName } = (typeof props === 'object' && props !== null ? props : {}) as { readonly vaultName?: Json };
  return typeof vaultName === 'string' ? [vaultName] : [];
}

async function look(deps: EngineDeps, options: OffboardOptions, ctx: SystemContext): Promise<Sight> {
  const holds = await deps.store.holds.of(ctx.manifest.name);
  const found = await whoAre(deps.systems, options.name, holds, ctx, options.email);
  const leavers = await Promise.all(
    found.map(async ({ identity, declared }): Promise<Leaver> => {
      const uses = await findUses(deps.systems, identity, ctx);
      return { name: identity.user ?? options.name, identity, declared, uses };
    }),
  );
  return { leavers, plan: offboardPlan({ leavers, options, manifest: manifestOf(ctx), now: ctx.now() }) };
}

function allUses(leavers: readonly Leaver[]): Uses {
  return {
    found: leavers.flatMap(({ uses }) => uses.found),
    unread: leavers.flatMap(({ uses }) => uses.unread),
  };
}

function resolved(options: Partial<OffboardOptions> & Pick<OffboardOptions, 'name'>): OffboardOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_OFFBOARD_OPTIONS, ...Object.fromEntries(given), name: options.name };
}
