import { isNews, RunError } from '../../kernel/errors.ts';
import type { Identity, Known, Stop, Stops, Unread, Use } from '../../kernel/identity.ts';
import type { Json } from '../../kernel/json.ts';
import {
  extrasOfStops,
  type FreezeRecord,
  type Part,
  partOfKept,
  partOfStep,
  partOfUnread,
  recordOf,
  remembering,
  stillOver,
  stopPlan,
} from '../../kernel/lifecycle/freeze.ts';
import { namesOf, whoIs } from '../../kernel/lifecycle/who.ts';
import { readInventory, unreadOf } from '../../kernel/observe/discover.ts';
import { type Blast, findUses } from '../../kernel/observe/uses.ts';
import { expandGraph } from '../../kernel/plan/graph.ts';
import type { RunReport } from '../../kernel/run/execute.ts';
import { type Turn, takeTurn } from '../../kernel/run/turn.ts';
import type { SystemContext } from '../../kernel/system.ts';
import type { EngineDeps } from '../deps.ts';
import { carryOut, closeByUses, type LifecycleTurn, manifestOf } from './carry-out.ts';

export interface FreezeRequest {
  readonly name: string;
  readonly why: string;
  /** Deactivate before anything is looked for: faster, but its tokens can't be revoked. @default false */
  readonly atOnce?: boolean;
}

export interface FreezeReport {
  readonly user: string;
  /** Every part is frozen. */
  readonly complete: boolean;
  readonly parts: readonly Part[];
  /** What nobody can end at once. */
  readonly limits: readonly string[];
}

interface KnownPlaces {
  readonly found: readonly Known[];
  readonly unread: readonly Unread[];
}

const NOTHING_KNOWN: KnownPlaces = { found: [], unread: [] };

/** How long a freeze waits for a run that is at work. */
const LOCK_ATTEMPTS = 30;

/** Freezes a technical user, or both twins that are declared under the name. */
export async function freezeAll(parts: EngineDeps, request: FreezeRequest, ctx: SystemContext): Promise<FreezeReport> {
  const reports: FreezeReport[] = [];
  for (const name of namesOf(request.name, ctx.manifest)) reports.push(await freeze(parts, { ...request, name }, ctx));
  return {
    user: request.name,
    complete: reports.every((report) => report.complete),
    parts: reports.flatMap((report) => report.parts),
    limits: [...new Set(reports.flatMap((report) => report.limits))],
  };
}

/**
 * Takes a technical user out of service: no logon, no roles, no tokens. Whatever fails, the rest is tried all the same;
 * the report says what still works. Called again, it takes what was given back meanwhile.
 */
async function freeze(parts: EngineDeps, request: FreezeRequest, plain: SystemContext): Promise<FreezeReport> {
  const { name, why, atOnce = false } = request;
  await using turn = await turnPatiently(parts, plain);
  const { ctx, records } = turn;
  const deps = { ...parts, records };
  const manifest = manifestOf(ctx);
  const holds = await records.holds.of(manifest.name);
  const { identity, declared } = await whoIs(deps.systems, name, holds, ctx);
  const before = recordOf(holds.find((hold) => hold.subject === name));

  // What is declared is known in a few calls, whatever the number of accounts: the logon ends within seconds.
  const early = atOnce || declared ? undefined : await findUses(deps.systems, identity, ctx);
  const known = early ?? (atOnce ? NOTHING_KNOWN : await declaredOf(deps, name, ctx));
  const stops = await findStops(deps, identity, known, ctx);
  const [logons, others] = [
    stops.found.filter((stop) => stop.what === 'logon'),
    stops.found.filter((stop) => stop.what !== 'logon'),
  ];
  // Remembered before it is taken: after a crash a thaw still knows what to put back.
  await remember(deps, request, remembering(identity, before, early ? rolesOf(early) : [], logons), ctx);
  const occasion = { manifest, now: ctx.now(), user: name };
  const first = await stop(deps, request, { stops: logons, roles: [], plan: stopPlan(logons, [], occasion) }, ctx);

  const blast = early ?? (await findUses(deps.systems, identity, ctx));
  await closeByUses(deps, blast, [name], ctx);
  const roles = rolesOf(blast);
  await remember(deps, request, remembering(identity, before, roles, logons), ctx);
  const rest = { stops: others, roles, plan: stopPlan(others, roles, occasion) };
  const second = await stop(deps, request, rest, ctx);

  const steps = new Map([...first.steps, ...second.steps].map((step) => [step.address, step]));
  const ended = others.filter(({ address }) => ['done', 'found'].includes(steps.get(address)?.result ?? ''));
  const over = ended.map(({ title }) => title);
  await remember(deps, request, remembering(identity, before, roles, logons, over), ctx);
  const ofBefore = stillOver(before, logons);
  const frozen = [
    ...[...stops.found, ...roles].map(({ title, address }) => partOfStep(title, steps.get(address))),
    ...blast.found.filter((use) => use.what === 'role' && !use.removable).map(partOfKept),
    ...[...new Map([...stops.unread, ...blast.unread].map((one) => [one.where, one])).values()]
      .filter(({ unlikely }) => !unlikely)
      .map((one): Part => (ofBefore.has(one.where) ? { title: one.where, state: 'frozen' } : partOfUnread(one))),
  ];
  const complete = frozen.every((part) => part.state === 'frozen');
  await records.trail.append({
    at: ctx.now(),
    who: deps.who,
    why,
    subject: name,
    change: { frozen: complete ? 'fully' : 'in part' },
    result: 'done',
  });
  return { user: name, complete, parts: frozen, limits: stops.limits };
}

/** Roles that can be taken. Destinations and shadow users stay: what is put back must be what was there. */
function rolesOf({ found }: Blast): readonly Use[] {
  return found.filter((use) => use.what === 'role' && use.removable);
}

async function remember(
  { records, who }: LifecycleTurn,
  { name, why }: FreezeRequest,
  record: FreezeRecord,
  ctx: SystemContext,
): Promise<void> {
  const kept = (await records.holds.of(ctx.manifest.name)).find((hold) => hold.subject === name);
  const manifest = ctx.manifest.name;
  const fresh = { manifest, subject: name, kind: 'frozen', since: ctx.now(), who, why } as const;
  // Who was offboarded stays so: what is left of it is frozen, and apply does not make it again.
  const hold = kept?.kind === 'offboarded' ? kept : kept?.kind === 'frozen' ? { ...fresh, since: kept.since } : fresh;
  await records.holds.save({ ...hold, record: JSON.parse(JSON.stringify(record)) as Json });
}

interface Stopping {
  readonly stops: readonly Stop[];
  readonly roles: readonly Use[];
  readonly plan: ReturnType<typeof stopPlan>;
}

async function stop(
  deps: LifecycleTurn,
  { name, why }: FreezeRequest,
  { stops, roles, plan }: Stopping,
  ctx: SystemContext,
): Promise<Pick<RunReport, 'steps'>> {
  if (plan.steps.length === 0) return { steps: [] };
  const extras = extrasOfStops(stops, name, (one) => one.props);
  return carryOut(deps, { plan, user: name, why, uses: roles, extras }, ctx);
}

/** What the manifest declares of this user alone; nothing while the accounts can't be read. */
async function declaredOf({ systems }: EngineDeps, name: string, plain: SystemContext): Promise<KnownPlaces> {
  const technicalUsers = plain.manifest.technicalUsers.filter((user) => user.name === name);
  const manifest = { ...plain.manifest, technicalUsers };
  try {
    const inventory = await readInventory(systems, manifest, { ...plain, manifest });
    return { found: [...expandGraph(systems, manifest, inventory).resources.values()], unread: [] };
  } catch (error) {
    if (!isNews(error)) throw error;
    return { found: [], unread: [unreadOf(`where ${name} is logged in`, error)] };
  }
}

async function findStops(
  { systems }: EngineDeps,
  identity: Identity,
  known: KnownPlaces,
  ctx: SystemContext,
): Promise<Stops> {
  const all = await Promise.all(
    systems.map(async (system): Promise<Stops> => {
      try {
        return (await system.stops?.(identity, known.found, ctx)) ?? { found: [], unread: [], limits: [] };
      } catch (error) {
        if (!isNews(error)) throw error;
        return { found: [], unread: [unreadOf(`what ${system.id} can end`, error)], limits: [] };
      }
    }),
  );
  return {
    found: all.flatMap((one) => one.found),
    unread: [...known.unread, ...all.flatMap((one) => one.unread)],
    limits: all.flatMap((one) => one.limits),
  };
}

/** A run that is at work is waited for: what it does now would undo a part of the freeze. */
async function turnPatiently({ store, who }: EngineDeps, ctx: SystemContext): Promise<Turn> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await takeTurn(store, who, ctx);
    } catch (error) {
      if (!(error instanceof RunError) || attempt >= LOCK_ATTEMPTS) throw error;
      ctx.log('run.wait', { attempt });
      await ctx.sleep(1000);
    }
  }
}
