import pLimit from 'p-limit';
import type { LoginGuard } from '../kernel/doctor/logins.ts';
import type { Json } from '../kernel/json.ts';
import type { Records, RunHead, Store } from '../kernel/ports.ts';
import { advance, afterLeak, goBack, takeLeak } from '../kernel/rotate/advance.ts';
import { conclude } from '../kernel/rotate/conclude.ts';
import { beat } from '../kernel/rotate/heartbeat.ts';
import { NOBODY } from '../kernel/rotate/person.ts';
import { gapOf, isOver, type Rotation, type RotationRecord, readRotation } from '../kernel/rotate/record.ts';
import { createSaga } from '../kernel/rotate/saga.ts';
import type { Surveyed } from '../kernel/rotate/survey.ts';
import { closeOpenRuns } from '../kernel/run/resume.ts';
import { takeTurn } from '../kernel/run/turn.ts';
import type { SystemContext, SystemDefinition } from '../kernel/system.ts';
import { endedElsewhere, joined, type RotateOptions, type RotationReport, waitsForCaches } from './rotation-report.ts';
import { type Task, tasksOf } from './rotation-tasks.ts';

export interface RotateDeps {
  readonly store: Store;
  readonly systems: readonly SystemDefinition[];
  readonly who: string;
  /** One command of the engine, with fresh clients. */
  command<T>(work: (ctx: SystemContext) => Promise<T>): Promise<T>;
  /** Throws when no technical user or credential has the name. */
  check(names: readonly string[], ctx: SystemContext): void;
  /** Waits for caches; no turn is held and nothing of the store is in use. */
  rest(wait: () => Promise<void>): Promise<void>;
}

/** In the place of a plan's fingerprint: a rotation has no plan, and looks by itself what was done. */
const ROTATION = 'rotation';

/** Milliseconds after which a wait is told again. */
const TELL_EVERY_MS = 10_000;

/** Whose old secret stays, or whose end nobody knows yet. */
const FAILED: readonly RotationReport['outcome'][] = ['stopped', 'going back', 'rolled back'];

/** Of a place that nobody can look at. */
const UNREAD = 'ROTATION_UNREAD_PLACE';

/** Rotations at once; each keeps the order of its own steps. */
const PARALLEL_ROTATIONS = 8;

/** Rotates credentials from end to end: what needs time to settle is taken up again after it. */
export async function rotate(options: RotateOptions, deps: RotateDeps): Promise<readonly RotationReport[]> {
  const reports = new Map<string, RotationReport>();
  let round: RotateOptions = options;
  /** One budget for the whole run: what was refused before the wait is not tried again after it. */
  let logins: LoginGuard | undefined;
  for (;;) {
    const { made, ctx } = await deps.command(async (plain) => {
      logins ??= plain.logins;
      return { made: await rotateOnce(round, deps, { ...plain, logins }), ctx: plain };
    });
    for (const report of [...made, ...(await endedElsewhere(round, reports, made, deps.store))]) {
      reports.set(report.credential, joined(reports.get(report.credential), report));
    }
    if (round.due) await noteRun(made, options.why, deps, ctx);
    const settling = made.filter(waitsForCaches);
    if (settling.length === 0 || options.wait === false) return [...reports.values()];
    const now = ctx.now();
    const until = Math.min(...settling.map(({ settleUntil = now }) => settleUntil));
    await deps.rest(() => waitUntil(until, settling.length, ctx));
    const { confirm: _confirm, due: _due, ...rest } = options;
    // Who has waited goes on with what it began, and begins nothing: another may have ended it meanwhile.
    round = { ...rest, underWay: true, names: settling.map(({ credential }) => credential) };
  }
}

/** A wait of minutes is told from time to time. */
async function waitUntil(until: number, rotations: number, ctx: SystemContext): Promise<void> {
  for (let now = ctx.now(); now < until; now = ctx.now()) {
    ctx.log('rotation.settling', { rotations, until: new Date(until).toISOString(), leftMs: until - now });
    await ctx.sleep(Math.min(until - now, TELL_EVERY_MS));
  }
}

/** The schedule has run: that is in the trail also where nothing was due. */
async function noteRun(
  made: readonly RotationReport[],
  why: string,
  { store, who }: RotateDeps,
  ctx: SystemContext,
): Promise<void> {
  const outcomes = made.map(({ outcome }) => outcome);
  await beat(store.trail, { manifest: ctx.manifest.name, at: ctx.now(), who, why, outcomes });
}

async function rotateOnce(
  options: RotateOptions,
  { store, systems, who, check }: RotateDeps,
  plain: SystemContext,
): Promise<readonly RotationReport[]> {
  check(options.names ?? [], plain);
  await using turn = await takeTurn(store, who, plain);
  const { ctx, records } = turn;
  const open = await openRotations(options, records, ctx);
  await ctx.vault.ready();
  const tasks = await tasksOf(options, { systems, open, records, ctx });
  const previews = tasks.map(({ preview }) => preview);
  const nothing = { steps: [], deliveries: {} };
  const ready = tasks.filter(({ preview }) => !preview.gated);
  const confirmed = ready.length === 0 || !options.confirm || (await options.confirm(previews));
  if (!confirmed || ready.length === 0) {
    return previews.map((preview) => ({ ...preview, ...nothing, outcome: preview.gated ? 'refused' : 'cancelled' }));
  }
  const run: RunHead = {
    id: ctx.id(),
    manifest: ctx.manifest.name,
    fingerprint: ROTATION,
    startedAt: ctx.now(),
    who,
    why: options.why,
  };
  // What the last steps of an interrupted rotation did is looked up when it goes on.
  const left = await records.journal.openRuns(ctx.manifest.name);
  const rotations = left.filter(({ fingerprint }) => fingerprint === ROTATION);
  await closeOpenRuns(rotations, () => undefined, records.journal, ctx);
  await records.journal.begin(run);
  const limit = pLimit(PARALLEL_ROTATIONS);
  const settled = await Promise.allSettled(
    tasks.map((task) =>
      task.preview.gated
        ? Promise.resolve<RotationReport>({ ...task.preview, ...nothing, outcome: 'refused' })
        : limit(() => perform(task, { run, records, ctx, options, who })),
    ),
  );
  const crash = settled.find((outcome) => outcome.status === 'rejected');
  if (crash) throw crash.reason;
  const reports = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = reports.some(({ outcome }) => FAILED.includes(outcome));
  await records.journal.end(run.id, failed ? 'failed' : 'succeeded', ctx.now());
  return reports;
}

/** What is under way. One that needs only to be told is no answer to a leak: it is told, and another begins. */
async function openRotations(
  { compromised }: RotateOptions,
  records: Records,
  ctx: SystemContext,
): Promise<readonly Rotation[]> {
  const open = (await records.rotations.open(ctx.manifest.name)).map(readRotation);
  const over = open.filter(({ record }) => compromised && !record.compromised && isOver(record));
  for (const rotation of over) await conclude(rotation, { records, ctx });
  return open.filter((rotation) => !over.includes(rotation));
}

interface PerformInput {
  readonly run: RunHead;
  readonly records: Records;
  readonly ctx: SystemContext;
  readonly options: RotateOptions;
  readonly who: string;
}

async function perform({ surveyed, open, preview }: Task, input: PerformInput): Promise<RotationReport> {
  const { records, ctx, run, options } = input;
  const rotation = open ?? (await begin(surveyed, input));
  const { person = NOBODY, accept = [] } = options;
  const unread = accept.includes(UNREAD) ? [] : surveyed.unread;
  const saga = createSaga({ ...surveyed, unread, rotation, run: run.id, records, person, ctx });
  const { compromised } = saga.record();
  if (options.compromised && !compromised) await takeLeak(saga);
  // Where all is done but to tell it, there is nothing to give up.
  const stays = options.abort === true && !isOver(saga.record()) && !(await goBack(saga, options.why, true));
  const outcome = stays ? 'stopped' : await advance(saga);
  const { deliveries, settleUntil } = saga.record();
  const { phase: _phase, settleUntil: _until, ...shown } = preview;
  const gapMs = gapOf(saga.record());
  const task = saga.waitsFor();
  return {
    ...shown,
    outcome,
    findings: [...preview.findings, ...saga.findings],
    steps: saga.steps,
    deliveries,
    ...(gapMs === undefined ? {} : { gapMs }),
    ...(waitsForCaches({ outcome }) && settleUntil !== undefined ? { settleUntil } : {}),
    ...(task ? { task } : {}),
  };
}

/** The rotation is remembered before its first step. */
async function begin(surveyed: Surveyed, { records, ctx, options, who }: PerformInput): Promise<Rotation> {
  const { credential, leaving, state, strategy } = surveyed;
  const current = (await ctx.vault.history(credential.vaultName)).findLast(({ state: of }) => of === 'current');
  const { compromised = false } = options;
  const record: RotationRecord = {
    format: 1,
    strategy,
    // Of several secrets the leaked one ends before there is another.
    phase: compromised ? afterLeak({ phase: 'mint', strategy }) : 'mint',
    address: credential.address,
    who,
    why: options.why,
    compromised,
    ...(current ? { from: current.version } : {}),
    ...(leaving ? { leaving: leaving.vaultName } : {}),
    sent: false,
    again: false,
    oldSlots: (state.slots ?? []).flatMap((slot) => (slot.rotation === undefined ? [] : [slot.id])),
    // They were accepted, or are unlikely to matter, or it would not begin.
    ...(surveyed.unread.length > 0 ? { unseen: surveyed.unread.map(({ where }) => where) } : {}),
    deliveries: {},
  };
  const rotation: Rotation = {
    id: ctx.id(),
    manifest: ctx.manifest.name,
    credential: credential.vaultName,
    startedAt: ctx.now(),
    record,
  };
  await records.rotations.save({ ...rotation, record: record as Json });
  return rotation;
}
