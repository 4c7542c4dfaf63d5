import pLimit from 'p-limit';
import type { Address } from '../address.ts';
import { InvariantError, isNews, type LocumError, RemoteError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { type Observed, observeResources } from '../observe/observe.ts';
import { type Graph, type ResourceTypes, typeOf } from '../plan/graph.ts';
import { adopts, type Plan, type PlanStep } from '../plan/plan.ts';
import type { Journal, RunHead, StepResult } from '../ports.ts';
import type { DiffOptions, Resource, SystemContext } from '../system.ts';

export interface StepReport {
  readonly address: Address;
  readonly action: PlanStep['action'];
  /** `skipped`: something that it needs failed. */
  readonly result: StepResult | 'skipped';
  readonly because?: string;
  readonly remedy?: string;
}

export interface RunReport {
  readonly run: string;
  readonly steps: readonly StepReport[];
}

export interface ExecuteInput {
  readonly plan: Plan;
  readonly graph: Graph;
  /** The observation that the plan was made of. */
  readonly observed: Observed;
  readonly types: ResourceTypes;
  readonly journal: Journal;
  readonly run: RunHead;
  readonly ctx: SystemContext;
}

/** Steps in flight at once over all systems; each client keeps its own system's budget besides. */
const PARALLEL_STEPS = 32;

/**
 * Executes a plan: every step is journaled before it is sent and completed after. Steps whose needs are met run in
 * parallel; what depends on a failed step is skipped, the rest goes on. A crash anywhere leaves the run open.
 */
export async function execute(input: ExecuteInput): Promise<RunReport> {
  const { plan, journal, run, ctx } = input;
  await journal.begin(run);
  const limit = pLimit(PARALLEL_STEPS);
  const steps = new Map(plan.steps.map((step) => [step.address, step]));
  const reports = new Map<Address, Promise<StepReport>>();
  let crash: unknown;

  function report(step: PlanStep): Promise<StepReport> {
    const known = reports.get(step.address);
    if (known) return known;
    const fresh = afterNeeds(step);
    reports.set(step.address, fresh);
    return fresh;
  }

  async function afterNeeds(step: PlanStep): Promise<StepReport> {
    const needed = step.needs.map((address) => steps.get(address)).filter((found) => found !== undefined);
    const before = await Promise.all(needed.map(report));
    const obstacle = before.find((done) => done.result !== 'done' && done.result !== 'found');
    if (obstacle) {
      ctx.log('step.skipped', { address: step.address, needs: obstacle.address });
      return { address: step.address, action: step.action, result: 'skipped', because: `it needs ${obstacle.address}` };
    }
    return limit(async () => {
      // After a crash of our own making nothing more is sent: what is open stays open for the resume.
      if (crash !== undefined) throw crash;
      try {
        return await perform(step, input);
      } catch (error) {
        crash ??= error;
        throw error;
      }
    });
  }

  const settled = await Promise.allSettled(plan.steps.map(report));
  if (crash !== undefined) throw crash;
  const done = settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  const failed = done.some((step) => step.result !== 'done' && step.result !== 'found');
  await journal.end(run.id, failed ? 'failed' : 'succeeded', ctx.now());
  return { run: run.id, steps: done };
}

async function perform(step: PlanStep, input: ExecuteInput): Promise<StepReport> {
  const { journal, run, ctx, types } = input;
  const resource = input.graph.resources.get(step.address) ?? undeclared(step, input.observed);
  const type = typeOf(types, resource);
  const complete = async (result: StepResult, detail: JsonObject, bad?: LocumError): Promise<StepReport> => {
    await journal.complete(run.id, step.address, result, detail, ctx.now());
    ctx.log(`step.${result}`, { address: step.address, action: step.action, ...(bad ? { because: bad.message } : {}) });
    return {
      address: step.address,
      action: step.action,
      result,
      ...(bad ? { because: bad.message } : {}),
      ...(bad?.remedy === undefined ? {} : { remedy: bad.remedy }),
    };
  };

  await journal.intend(
    run.id,
    { address: step.address, action: step.action, change: step.changes as unknown as Json },
    ctx.now(),
  );
  ctx.log('step.started', { address: step.address, action: step.action });
  let observed: unknown = input.observed.objects.get(step.address);
  for (let attempt = 1; ; attempt++) {
    try {
      return await complete('done', await type.converge({ resource, action: step.action, observed }, ctx));
    } catch (error) {
      if (!(error instanceof RemoteError)) {
        if (isNews(error)) return complete('failed', { code: error.code }, error);
        throw error;
      }
      // Whatever the service said, only a look tells: it may be done (a lost reply, somebody else was faster).
      const look = await lookAgain(resource, step, input);
      if (look.verdict === 'found') return complete('found', { after: error.code });
      const safeToRepeat = look.verdict === 'needed' && (error.outcome === 'unknown' || raced(error));
      if (!safeToRepeat || attempt >= 2) {
        const result = look.verdict === 'unknown' && error.outcome === 'unknown' ? 'unknown' : 'failed';
        return complete(
          result,
          { code: error.code, ...(error.status === undefined ? {} : { status: error.status }) },
          error,
        );
      }
      observed = look.observed;
    }
  }
}

function raced(error: RemoteError): boolean {
  return error.status === 409 || error.status === 412;
}

interface Look {
  readonly verdict: 'found' | 'needed' | 'unknown';
  readonly observed?: unknown;
}

async function lookAgain(resource: Resource, step: PlanStep, input: ExecuteInput): Promise<Look> {
  const seen = await observeResources([resource], input.types, input.ctx);
  if (seen.failures.has(resource.address)) return { verdict: 'unknown' };
  const observed = seen.objects.get(resource.address);
  if (step.action === 'delete') {
    const there = observed !== undefined || seen.extras.some((extra) => extra.address === step.address);
    return { verdict: there ? 'needed' : 'found', observed };
  }
  const { manifest, options } = input.plan;
  const diffOptions: DiffOptions = {
    adopt: adopts(options, step.address),
    manifest,
    now: input.ctx.now(),
    changing: () => false,
    renews: () => false,
  };
  const diff = typeOf(input.types, resource).diff(resource, observed, diffOptions);
  if (diff.action === 'none') return { verdict: 'found', observed };
  return { verdict: diff.action === 'blocked' ? 'unknown' : 'needed', observed };
}

/** A removal is about something observed that no manifest declares. */
function undeclared(step: PlanStep, observed: Observed): Resource {
  const extra = observed.extras.find((candidate) => candidate.address === step.address);
  if (!extra) throw new InvariantError(`${step.address} is neither declared nor observed`);
  const { type, address, props, scope, user } = extra;
  return { type, address, props, scope, user, needs: [] };
}
