import type { Address } from '../../kernel/address.ts';
import { ConfigError, InvariantError } from '../../kernel/errors.ts';
import { extrasOfStops, recordOf, thawPlan } from '../../kernel/lifecycle/freeze.ts';
import { namesOf } from '../../kernel/lifecycle/who.ts';
import { nearest } from '../../kernel/manifest/nearest.ts';
import { findUses } from '../../kernel/observe/uses.ts';
import type { Plan } from '../../kernel/plan/plan.ts';
import type { RunReport } from '../../kernel/run/execute.ts';
import { takeTurn } from '../../kernel/run/turn.ts';
import type { SystemContext } from '../../kernel/system.ts';
import type { EngineDeps } from '../deps.ts';
import { carryOut, closeByUses, manifestOf } from './carry-out.ts';

export interface ThawRequest {
  readonly name: string;
  readonly why: string;
  /** Lift the hold although something can not be put back, because its place is gone; it is tried all the same. @default false */
  readonly leaveMissing?: boolean;
  /** Asked before anything is sent. @default yes */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
}

export interface ThawReport {
  readonly user: string;
  readonly plan: Plan;
  readonly run?: RunReport;
  readonly confirmed: boolean;
  /** The hold is lifted: everything that was taken is back, or was left on purpose. */
  readonly complete: boolean;
  /** Addresses of what is not back although the hold is lifted. */
  readonly left: readonly Address[];
}

/** Thaws a technical user, or both twins that are declared under the name. Asked once for each. */
export async function thawAll(parts: EngineDeps, request: ThawRequest, ctx: SystemContext): Promise<ThawReport> {
  const names = namesOf(request.name, ctx.manifest);
  const reports: ThawReport[] = [];
  for (const name of names) reports.push(await thaw(parts, { ...request, name }, ctx));
  const [first, second] = reports;
  if (!first) throw new InvariantError(`${request.name} stands for nobody`);
  if (!second) return first;
  const plan = { ...first.plan, steps: reports.flatMap((report) => report.plan.steps) };
  const steps = reports.flatMap((report) => report.run?.steps ?? []);
  return {
    user: request.name,
    plan,
    run: { run: first.run?.run ?? '', steps },
    confirmed: reports.every((report) => report.confirmed),
    complete: reports.every((report) => report.complete),
    left: reports.flatMap((report) => report.left),
  };
}

/** Puts back exactly what was taken from a technical user, and lets apply look after it again. */
async function thaw(
  parts: EngineDeps,
  { name, why, confirm, leaveMissing = false }: ThawRequest,
  plain: SystemContext,
): Promise<ThawReport> {
  const { store, systems, who } = parts;
  await using turn = await takeTurn(store, who, plain);
  const { ctx, records } = turn;
  const deps = { ...parts, records };
  const manifest = manifestOf(ctx);
  const holds = await records.holds.of(manifest.name);
  const hold = holds.find((one) => one.subject === name);
  if (!hold)
    throw notHeld(
      name,
      holds.map((one) => one.subject),
    );
  // Of somebody who was offboarded nothing is left to put back: apply makes the user anew.
  const record = recordOf(hold);
  const blast = record && (await findUses(systems, record.identity, ctx));
  if (blast) await closeByUses(deps, blast, [name], ctx);
  const there = new Set(blast?.found.map((use) => use.address));
  const nothing = { identity: { userName: name, email: '', originKey: '' }, taken: [], ended: [], over: [] };
  const plan = thawPlan(record ?? nothing, there, { manifest, now: ctx.now(), user: name });
  if (confirm && !(await confirm(plan))) return { user: name, plan, confirmed: false, complete: false, left: [] };
  const extras = extrasOfStops(record?.ended ?? [], name, (stop) => stop.undo ?? null);
  const run =
    plan.steps.length === 0
      ? undefined
      : await carryOut(deps, { plan, user: name, why, uses: record?.taken ?? [], extras }, ctx);
  const missing = (run?.steps ?? []).filter(({ result }) => result !== 'done' && result !== 'found');
  // An outcome that nobody knows is no place that is gone: it is looked up by the next call.
  const complete = missing.length === 0 || (leaveMissing && missing.every(({ result }) => result !== 'unknown'));
  const left = complete ? missing.map(({ address }) => address) : [];
  if (complete) {
    await records.holds.lift(manifest.name, name);
    const change = { thawed: hold.kind, ...(left.length > 0 ? { left } : {}) };
    await records.trail.append({ at: ctx.now(), who, why, subject: name, change, result: 'done' });
  }
  return { user: name, plan, ...(run ? { run } : {}), confirmed: true, complete, left };
}

function notHeld(name: string, held: readonly string[]): ConfigError {
  const guess = nearest(name, held);
  return new ConfigError('ERR_CONFIG', `'${name}' is neither frozen nor offboarded`, {
    remedy: guess === undefined ? `held are: ${held.join(', ') || 'none'}` : `did you mean '${guess}'?`,
  });
}
