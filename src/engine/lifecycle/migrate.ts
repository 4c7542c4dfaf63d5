import type { DoctorReport } from '../../kernel/doctor/doctor.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { Json } from '../../kernel/json.ts';
import { migrationsIn } from '../../kernel/lifecycle/held.ts';
import {
  finishPlan,
  type MigrationRecord,
  missingRights,
  type Overview,
  overview,
  predecessor,
} from '../../kernel/lifecycle/migrate.ts';
import { findUses, identityOf } from '../../kernel/observe/uses.ts';
import type { Graph } from '../../kernel/plan/graph.ts';
import type { Plan } from '../../kernel/plan/plan.ts';
import type { Hold } from '../../kernel/ports.ts';
import type { RunReport } from '../../kernel/run/execute.ts';
import { takeTurn } from '../../kernel/run/turn.ts';
import type { ChainLink, SystemContext } from '../../kernel/system.ts';
import { type ApplyReport, apply } from '../apply.ts';
import type { EngineDeps } from '../deps.ts';
import { examineUsers } from '../doctor.ts';
import { refuseGated } from '../gates.ts';
import { carryOut, closeByUses, manifestOf } from './carry-out.ts';

export interface MigrationSubject {
  /** S- or P-user id, or e-mail, of the user that is to be replaced. */
  readonly from: string;
  /** Its e-mail, when `from` is an id: accounts and Cloud Foundry know it by that. */
  readonly email?: string;
  /** Name of the technical user that replaces it. @default made of the e-mail */
  readonly to?: string;
}

export interface MigrateRequest extends MigrationSubject {
  readonly why: string;
  /** Milliseconds that the predecessor keeps its rights. */
  readonly graceMs: number;
  /** Asked before each of the two applies: making the successor, and flipping the destinations. @default yes */
  readonly confirm?: (plan: Plan, phase: 'make' | 'flip') => Promise<boolean>;
}

export interface MigrateReport {
  readonly overview: Overview;
  /** Why it ended here; `grace`: all done, the predecessor keeps its rights until then. */
  readonly ended: 'not-confirmed' | 'not-made' | 'not-proven' | 'not-flipped' | 'grace';
  readonly made?: ApplyReport;
  readonly flipped?: ApplyReport;
  /** The last look of the doctor. */
  readonly doctor?: DoctorReport;
  readonly findings: readonly Finding[];
  /** Epoch milliseconds. */
  readonly until?: number;
}

export interface FinishRequest extends MigrationSubject {
  readonly why: string;
  /** Do not wait for the end of the grace. @default false */
  readonly early?: boolean;
  readonly leaveForeign?: boolean;
  readonly leaveUnread?: boolean;
  readonly confirm?: (plan: Plan) => Promise<boolean>;
}

export interface FinishReport {
  readonly plan: Plan;
  readonly run?: RunReport;
  readonly confirmed: boolean;
  /** The predecessor has no right any more. */
  readonly complete: boolean;
}

/** Links that are proven before any consumer is given the new user. */
const BEFORE_FLIP: ReadonlySet<ChainLink> = new Set([
  'tenant',
  'user',
  'trust',
  'authorization',
  'org-and-space',
  'token',
]);

export async function surveyMigration(
  { systems, who }: EngineDeps,
  subject: MigrationSubject,
  ctx: SystemContext,
): Promise<Overview> {
  const from = predecessor(subject.from, subject.email);
  const blast = await findUses(systems, from, ctx);
  return overview(systems, from, blast, { name: successorOf(subject), owner: who });
}

/** A name of the grammar: letters, digits and hyphens. */
function successorOf({ from, email, to }: MigrationSubject): string {
  const local = (email ?? from).split('@')[0] ?? from;
  return to ?? `${local.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-robot`;
}

/**
 * Replaces a person's user: the successor is made and proven, then each destination is given to it, and the predecessor
 * keeps its rights for a while, for consumers that nobody knew of. Interrupted, it is called again.
 */
export async function migrate(deps: EngineDeps, request: MigrateRequest, ctx: SystemContext): Promise<MigrateReport> {
  const { systems, store, who } = deps;
  const { why, graceMs, confirm } = request;
  const name = successorOf(request);
  const user = ctx.manifest.technicalUsers.find((one) => one.name === name);
  if (!user) throw notDeclared(name);
  const survey = await surveyMigration(deps, request, ctx);
  const flips = survey.flips.map((use) => use.address);
  const only = (graph: Graph, without: readonly string[]): Graph => ({
    ...graph,
    resources: new Map(
      [...graph.resources].filter(
        ([address, resource]) => (resource.user === undefined || resource.user === name) && !without.includes(address),
      ),
    ),
  });
  const asking = (phase: 'make' | 'flip') => (confirm ? { confirm: (plan: Plan) => confirm(plan, phase) } : {});

  const made = await apply(deps, { why, ...asking('make') }, ctx, (graph) => only(graph, flips));
  const soFar = { overview: survey, made, findings: [] };
  if (!made.confirmed) return { ...soFar, ended: 'not-confirmed' };
  if (made.remaining.steps.length > 0) return { ...soFar, ended: 'not-made' };
  const proof = await examineUsers(deps, [user], ctx);
  const broken = proof.users.some((one) =>
    one.hops.some((hop) => BEFORE_FLIP.has(hop.link) && hop.status === 'failed'),
  );
  if (broken) return { ...soFar, doctor: proof, ended: 'not-proven' };

  const flipped = await apply(deps, { why, adopt: flips, ...asking('flip') }, ctx, (graph) => only(graph, []));
  const doctor = await examineUsers(deps, [user], ctx);
  const successor = await findUses(systems, identityOf(user, ctx.manifest), ctx);
  const findings = missingRights(survey.uses, successor, { from: survey.from.userName, to: name });
  const after = { ...soFar, flipped, doctor, findings };
  if (!flipped.confirmed) return { ...after, ended: 'not-confirmed' };
  if (flipped.remaining.steps.length > 0 || doctor.status === 'failed') return { ...after, ended: 'not-flipped' };

  await using turn = await takeTurn(store, who, ctx);
  const kept = migrationOf(await turn.records.holds.of(ctx.manifest.name), survey.from.userName);
  const until = kept?.until ?? ctx.now() + graceMs;
  const record: MigrationRecord = {
    identity: survey.from,
    to: name,
    until,
    taken: kept?.taken ?? [],
    ended: [],
    finished: kept?.finished ?? false,
  };
  await turn.records.holds.save(holdOf(record, why, who, ctx));
  return { ...after, ended: 'grace', until };
}

/** Takes the rights of the predecessor away; `locum thaw` with its name gives them back. */
export async function finishMigration(
  parts: EngineDeps,
  { why, confirm, early = false, leaveForeign = false, leaveUnread = false, ...subject }: FinishRequest,
  plain: SystemContext,
): Promise<FinishReport> {
  await using turn = await takeTurn(parts.store, parts.who, plain);
  const { ctx, records } = turn;
  const deps = { ...parts, records };
  const before = migrationOf(await records.holds.of(ctx.manifest.name), subject.from);
  if (!before) throw notMigrated(subject.from);
  const from = before.identity;
  const uses = await findUses(parts.systems, from, ctx);
  await closeByUses(deps, uses, [from.userName], ctx);
  const options = { early, leaveForeign, leaveUnread };
  const { manifest } = ctx;
  const plan = finishPlan({ from, uses, manifest, now: ctx.now(), until: before.until, options });
  refuseGated(plan);
  if (confirm && plan.steps.length > 0 && !(await confirm(plan))) return { plan, confirmed: false, complete: false };
  const planned = new Set(plan.steps.map((step) => step.address));
  const known = new Set(before.taken.map((use) => use.address));
  const taken = [...before.taken, ...uses.found.filter((use) => planned.has(use.address) && !known.has(use.address))];
  // Remembered before it is taken.
  await records.holds.save(holdOf({ ...before, taken }, why, parts.who, ctx));
  const run =
    plan.steps.length === 0
      ? undefined
      : await carryOut(deps, { plan, user: from.userName, why, uses: uses.found }, ctx);
  const complete = (run?.steps ?? []).every(({ result }) => result === 'done' || result === 'found');
  if (complete) await records.holds.save(holdOf({ ...before, taken, finished: true }, why, parts.who, ctx));
  return { plan, ...(run ? { run } : {}), confirmed: true, complete };
}

function holdOf(record: MigrationRecord, why: string, who: string, ctx: SystemContext): Hold {
  const { name: manifest } = manifestOf(ctx);
  const subject = record.identity.userName;
  const plain = JSON.parse(JSON.stringify(record)) as Json;
  return { manifest, subject, kind: 'migrated', since: ctx.now(), who, why, record: plain };
}

function migrationOf(holds: readonly Hold[], from: string): MigrationRecord | undefined {
  const wanted = from.toLowerCase();
  return migrationsIn(holds)
    .map(({ migration }) => migration)
    .find(({ identity }) => [identity.userName.toLowerCase(), identity.email].includes(wanted));
}

function notDeclared(name: string): ConfigError {
  return new ConfigError('ERR_CONFIG', `the manifest declares no technical user '${name}' yet`, {
    remedy: 'print its entry with --entry, review it, add it to the manifest, and call this again',
  });
}

function notMigrated(from: string): ConfigError {
  return new ConfigError('ERR_CONFIG', `no migration from '${from}' has come to its grace`, {
    remedy: `locum migrate --from ${from} --to NAME`,
  });
}
