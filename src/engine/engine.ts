import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Context, createMemo } from '../kernel/context.ts';
import { emptySelectors, readInventory } from '../kernel/discover.ts';
import { type DoctorReport, examine, subjectOf, withHeld } from '../kernel/doctor/doctor.ts';
import { createLoginGuard } from '../kernel/doctor/logins.ts';
import { type DueReport, forecast } from '../kernel/due.ts';
import { ConfigError, PlanError } from '../kernel/errors.ts';
import { execute, type RunReport } from '../kernel/execute.ts';
import type { Finding } from '../kernel/finding.ts';
import { expandGraph, type Graph, resourceTypes } from '../kernel/graph.ts';
import type { Inventory } from '../kernel/inventory.ts';
import type { JsonObject } from '../kernel/json.ts';
import { graceExpiries, graceFindings, graphWithout, heldUsers, observedWithout } from '../kernel/lifecycle/held.ts';
import type { Overview } from '../kernel/lifecycle/migrate.ts';
import { lint } from '../kernel/lint.ts';
import { manifestJsonSchema } from '../kernel/manifest/grammar.ts';
import { loadManifest } from '../kernel/manifest/load.ts';
import { nearest } from '../kernel/manifest/nearest.ts';
import type { Manifest, TechnicalUser } from '../kernel/manifest/types.ts';
import { type Observed, observe } from '../kernel/observe.ts';
import { DEFAULT_PLAN_OPTIONS, diffAll, makePlan, type Plan, type PlanOptions } from '../kernel/plan.ts';
import type { Hold, Store } from '../kernel/ports.ts';
import { byDiffs, closeOpenRuns } from '../kernel/resume.ts';
import { credentialsOf, inspectCredentials } from '../kernel/rotate/survey.ts';
import type { ExecSession, Subject, SystemContext, SystemDefinition, Token, Use, Uses } from '../kernel/system.ts';
import { takeTurn } from '../kernel/turn.ts';
import { findUses, identityOf } from '../kernel/uses.ts';
import { systems as allSystems } from '../systems/index.ts';
import { type FreezeReport, type FreezeRequest, freezeAll } from './freeze.ts';
import { refuseGated, refuseHeld } from './gates.ts';
import type { LifecycleDeps } from './lifecycle-run.ts';
import {
  type FinishReport,
  type FinishRequest,
  finishMigration,
  type MigrateReport,
  type MigrateRequest,
  type MigrationSubject,
  migrate,
  surveyMigration,
} from './migrate.ts';
import { createNodeContext } from './node-context.ts';
import { type OffboardReport, type OffboardRequest, offboard, planOffboard } from './offboard.ts';
import { type RotateOptions, type RotationReport, rotate } from './rotate.ts';
import { resolveSecret } from './secrets.ts';
import { type ThawReport, type ThawRequest, thawAll } from './thaw.ts';

/** Something that happened, for a progress display or a log: names and numbers, never bodies or secrets. */
export interface EngineEvent {
  readonly event: string;
  readonly fields: JsonObject;
}

export interface EngineOptions {
  /** Path of the manifest. */
  readonly manifest: string;
  readonly store: Store;
  /** @default the real world: system clock and network */
  readonly context?: Context;
  /** Looks up `env:` references. @default none are set */
  readonly env?: (name: string) => string | undefined;
  /** Who acts, for journal and trail. */
  readonly who: string;
  readonly onEvent?: (event: EngineEvent) => void;
  /** @default all slices */
  readonly systems?: readonly SystemDefinition[];
}

export interface ApplyOptions extends Partial<PlanOptions> {
  /** Why, for journal and trail. */
  readonly why: string;
  /** A plan made before; refused when the world or the manifest is another one since. @default a fresh one */
  readonly plan?: Plan;
  /** Asked before anything is sent; false ends the apply without a change. @default yes */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
}

export interface ApplyReport {
  readonly plan: Plan;
  /** Absent when nothing was to be done, or the plan was not confirmed. */
  readonly run?: RunReport;
  /** What a look afterwards still finds to do; empty steps = converged. */
  readonly remaining: Plan;
  readonly confirmed: boolean;
}

export interface Engine {
  plan(options?: Partial<PlanOptions>): Promise<Plan>;
  apply(options: ApplyOptions): Promise<ApplyReport>;
  /** @param options.users names of technical users. @default all */
  doctor(options?: { readonly users?: readonly string[] }): Promise<DoctorReport>;
  lint(): Promise<readonly Finding[]>;
  /** Replaces credentials everywhere, or goes on with rotations that were interrupted. */
  rotate(options: RotateOptions): Promise<readonly RotationReport[]>;
  /** Ends a lock after failed logins. Gives the names of the users that were unlocked. */
  unlock(user: string): Promise<readonly string[]>;
  /** When passwords and users stop to work; `within` milliseconds ahead count as soon. */
  due(options: { readonly users?: readonly string[]; readonly within: number }): Promise<DueReport>;
  /** Every place where a technical user is used, declared or not, and what could not be looked at. */
  uses(user: string): Promise<Uses>;
  /** What it takes to remove a technical user everywhere. */
  planOffboard(request: Omit<OffboardRequest, 'why' | 'plan' | 'confirm'>): Promise<Plan>;
  offboard(request: OffboardRequest): Promise<OffboardReport>;
  /** The kill switch: no logon, no roles, no tokens, and apply leaves it alone until it is thawed. */
  freeze(request: FreezeRequest): Promise<FreezeReport>;
  thaw(request: ThawRequest): Promise<ThawReport>;
  /** What a person's user is used for today, and the technical user that could replace it. */
  surveyMigration(request: MigrationSubject): Promise<Overview>;
  /** Makes the successor, proves it, and gives it the predecessor's destinations. */
  migrate(request: MigrateRequest): Promise<MigrateReport>;
  /** Takes the rights of the predecessor, once its grace is over. */
  finishMigration(request: FinishRequest): Promise<FinishReport>;
  /** A token for a technical user, as `cf login` would get it; `target` names a CF landscape or subaccount. */
  token(user: string, target?: string): Promise<Token>;
  /** What a command needs to be logged in as the technical user. */
  session(user: string, target?: string): Promise<ExecSession>;
}

/** JSON Schema of the manifest, for editors. */
export function manifestSchemaForEditors(): Readonly<Record<string, unknown>> {
  return manifestJsonSchema(allSystems.map((system) => system.section));
}

/**
 * Locum as a library: plans, applies and proves a manifest.
 * @example
 * await using context = createNodeContext();
 * await using store = await openStore({ directory: '.locum/store' }, context);
 * const engine = createEngine({ manifest: 'locum.yaml', store, context, env: (name) => process.env[name], who: 'ci' });
 * const plan = await engine.plan();
 */
export function createEngine(options: EngineOptions): Engine {
  const systems = options.systems ?? allSystems;
  const sections = systems.map((system) => system.section);
  const types = resourceTypes(systems);
  const context = options.context ?? createNodeContext();
  const { store } = options;

  /** Everything that one command works with; clients, sessions and the login budget live as long as it. */
  async function begin(): Promise<SystemContext> {
    const manifest = await loadManifest(options.manifest, (file) => readFile(file, 'utf8'), sections);
    const env = options.env ?? (() => undefined);
    const ctx: SystemContext = {
      fetch: context.fetch,
      now: () => context.now(),
      id: () => context.id(),
      sleep: (ms) => context.sleep(ms),
      random: (bytes) => context.random(bytes),
      manifest,
      secret: (ref) => resolveSecret(ref, { env, vault: store.vault, folder: manifest.folder }),
      vault: store.vault,
      memo: createMemo(),
      logins: createLoginGuard((user) => spareReason(user, ctx)),
      log: (event, fields) => options.onEvent?.({ event, fields }),
    };
    return ctx;
  }

  /** Why a login of a technical user is not tried: others have spent half of what its policy allows. */
  async function spareReason(user: string, ctx: SystemContext): Promise<string | undefined> {
    const states = await ctx.memo('engine/login-room', () => inspectCredentials(systems, ctx));
    const state = states.get(user);
    if (!state || state.failedLogins === undefined || state.policy?.lockAfter === undefined) return undefined;
    if (state.failedLogins + 1 <= state.policy.lockAfter / 2) return undefined;
    return `${state.failedLogins} of ${state.policy.lockAfter} failed logins are spent already`;
  }

  /** Ends locks, and begins the count of failed logins anew. */
  async function unlock(users: readonly TechnicalUser[], plain: SystemContext): Promise<readonly string[]> {
    await using turn = await takeTurn(store, options.who, plain);
    const { ctx, records } = turn;
    const unlocked: string[] = [];
    for (const { credential, kind } of credentialsOf(systems, ctx.manifest)) {
      if (!users.some(({ name }) => name === credential.user) || !kind.unlock) continue;
      await kind.unlock(credential, ctx);
      unlocked.push(credential.user);
      await records.trail.append({
        at: ctx.now(),
        who: options.who,
        why: 'locum unlock',
        subject: credential.address,
        change: { action: 'unlock' },
        result: 'done',
      });
    }
    return unlocked;
  }

  /** One command: what the slices opened for it (a session, of which SAP allows ten) is given back at its end. */
  async function command<T>(work: (ctx: SystemContext) => Promise<T>): Promise<T> {
    const ctx = await begin();
    try {
      return await work(ctx);
    } finally {
      await Promise.allSettled(systems.map((system) => system.close?.(ctx)));
    }
  }

  /** What is declared, resolved against the account model; nothing of it is observed yet. */
  async function declare(ctx: SystemContext): Promise<Sight> {
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
    };
  }

  async function look(ctx: SystemContext, narrow: (graph: Graph) => Graph = (graph) => graph): Promise<Sight> {
    const all = await declare(ctx);
    const sight = { ...all, graph: narrow(all.graph) };
    return { ...sight, observed: await observeUnheld(sight, ctx) };
  }

  async function observeUnheld({ graph, held }: Sight, ctx: SystemContext): Promise<Observed> {
    return observedWithout(held, await observe(graph, types, ctx));
  }

  function judge(sight: Sight, ctx: SystemContext, planOptions: Partial<PlanOptions>) {
    for (const name of planOptions.renew ?? []) userOf(name, sight.manifest);
    return {
      ...sight,
      types,
      options: { ...DEFAULT_PLAN_OPTIONS, ...onlySet(planOptions) },
      manifest: { name: sight.manifest.name, globalAccount: sight.manifest.globalAccount },
      now: ctx.now(),
    };
  }

  function subjectsOf(users: readonly TechnicalUser[], sight: Sight, ctx: SystemContext): readonly Subject[] {
    const diffs = diffAll(judge(sight, ctx, {}));
    return users.map((user) => subjectOf(user, { ...sight, diffs }));
  }

  /** A technical user as a consumer sees it: where it works, not whether everything is in place. */
  async function subject(name: string, ctx: SystemContext): Promise<Subject> {
    const user = userOf(name, ctx.manifest);
    const sight = await declare(ctx);
    const hold = sight.held.get(name);
    // A login could only be refused, and would count towards a lock.
    if (hold) refuseHeld(hold);
    return subjectOf(user, { ...sight, diffs: new Map() });
  }

  function capable<K extends 'token' | 'session'>(capability: K): NonNullable<SystemDefinition[K]> {
    const found = systems.find((system) => system[capability])?.[capability];
    if (!found) throw new ConfigError('ERR_CONFIG', `no system of this engine gives a ${capability}`);
    return found;
  }

  async function apply(
    { why, plan: given, confirm, ...planOptions }: ApplyOptions,
    plain: SystemContext,
    narrow: (graph: Graph) => Graph = (graph) => graph,
  ): Promise<ApplyReport> {
    await using turn = await takeTurn(store, options.who, plain);
    const { ctx } = turn;
    const { journal } = turn.records;
    const sight = await look(ctx, narrow);
    const input = judge(sight, ctx, given?.options ?? planOptions);
    const open = await journal.openRuns(ctx.manifest.name);
    if (open.length > 0) await closeOpenRuns(open, byDiffs(diffAll(input), sight.observed), journal, ctx);
    await liftOffboarded(ctx);
    const plan = makePlan(input);
    if (given && given.fingerprint !== plan.fingerprint) {
      throw new PlanError('ERR_PLAN_STALE', 'the plan does not fit what is observed and declared now', {
        remedy: 'make a new one: locum plan --out FILE',
      });
    }
    refuseGated(plan);
    if (plan.steps.length === 0) return { plan, remaining: plan, confirmed: true };
    if (confirm && !(await confirm(plan))) return { plan, remaining: plan, confirmed: false };
    const { manifest, fingerprint } = plan;
    const run = await execute({
      plan,
      graph: sight.graph,
      observed: sight.observed,
      types,
      journal,
      run: { id: ctx.id(), manifest, fingerprint, startedAt: ctx.now(), who: options.who, why },
      ctx,
    });
    const after = { ...sight, observed: await observeUnheld(sight, ctx) };
    return { plan, run, remaining: makePlan(judge(after, ctx, { ...plan.options, renew: [] })), confirmed: true };
  }

  /** Who was offboarded and has left the manifest may come back one day under the same name. */
  async function liftOffboarded({ manifest }: SystemContext): Promise<void> {
    const declared = new Set(manifest.technicalUsers.map((user) => user.name));
    for (const { kind, subject } of await store.holds.of(manifest.name)) {
      if (kind === 'offboarded' && !declared.has(subject)) await store.holds.lift(manifest.name, subject);
    }
  }

  async function doctor(chosen: readonly TechnicalUser[], ctx: SystemContext): Promise<DoctorReport> {
    const sight = await look(ctx);
    const free = chosen.filter((user) => !sight.held.has(user.name));
    const held = chosen.flatMap((user) => sight.held.get(user.name) ?? []);
    return withHeld(await examine(systems, subjectsOf(free, sight, ctx), ctx), held);
  }

  const deps: LifecycleDeps = { systems, types, store, who: options.who };

  return {
    plan: (planOptions = {}) => command(async (ctx) => makePlan(judge(await look(ctx), ctx, planOptions))),
    apply: (applyOptions) => command((ctx) => apply(applyOptions, ctx)),
    doctor: ({ users } = {}) =>
      command((ctx) =>
        doctor(users?.flatMap((name) => usersOf(name, ctx.manifest)) ?? ctx.manifest.technicalUsers, ctx),
      ),
    due: ({ users, within }) =>
      command(async (ctx) => {
        const chosen = users?.map((name) => userOf(name, ctx.manifest)) ?? ctx.manifest.technicalUsers;
        const found = await Promise.all(systems.map((system) => system.expiries?.(chosen, ctx) ?? []));
        const graces = graceExpiries(await store.holds.of(ctx.manifest.name));
        return forecast([...found.flat(), ...graces], { now: ctx.now(), within });
      }),
    lint: () => command(async (ctx) => lint(systems, ctx.manifest, ctx.now())),
    rotate: (rotateOptions) =>
      rotate(rotateOptions, {
        store,
        systems,
        who: options.who,
        command,
        check(names, ctx) {
          const { name: manifest, credentials, technicalUsers } = ctx.manifest;
          const known = new Set(credentials.map(({ name }) => name));
          for (const { name } of [...technicalUsers, ...credentials]) known.add(`${manifest}/${name}`);
          for (const name of names) if (!known.has(name)) usersOf(name, ctx.manifest);
        },
      }),
    unlock: (user) => command((ctx) => unlock(usersOf(user, ctx.manifest), ctx)),
    uses: (user) =>
      command(async (ctx) => {
        const looks = await Promise.all(
          usersOf(user, ctx.manifest).map((one) => findUses(systems, identityOf(one, ctx.manifest), ctx)),
        );
        const found = await Promise.all(looks.flatMap((look) => look.found).map((use) => withProof(use, store)));
        return { found, unread: looks.flatMap((look) => look.unread) };
      }),
    planOffboard: (request) => command((ctx) => planOffboard(deps, request, ctx)),
    offboard: (request) => command((ctx) => offboard(deps, request, ctx)),
    freeze: (request) => command((ctx) => freezeAll(deps, request, ctx)),
    thaw: (request) => command((ctx) => thawAll(deps, request, ctx)),
    surveyMigration: (request) => command((ctx) => surveyMigration(deps, request, ctx)),
    migrate: (request) => command((ctx) => migrate({ ...deps, apply, doctor }, request, ctx)),
    finishMigration: (request) => command((ctx) => finishMigration(deps, request, ctx)),
    token: (user, target) => command(async (ctx) => capable('token')(await subject(user, ctx), target, ctx)),
    session: (user, target) => command(async (ctx) => capable('session')(await subject(user, ctx), target, ctx)),
  };
}

const NOTHING_OBSERVED: Observed = { objects: new Map(), extras: [], failures: new Map() };

interface Sight {
  readonly manifest: Manifest;
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly observed: Observed;
  readonly held: ReadonlyMap<string, Hold>;
}

/** The technical user of that name, or the twins that are declared under it. */
function usersOf(name: string, manifest: Manifest): readonly [TechnicalUser, ...TechnicalUser[]] {
  const [first, ...others] = manifest.technicalUsers.filter((user) => user.name === name || user.twin?.of === name);
  if (first) return [first, ...others];
  const names = [...new Set(manifest.technicalUsers.map((user) => user.twin?.of ?? user.name))];
  const guess = nearest(name, names);
  throw new ConfigError('ERR_CONFIG', `no technical user '${name}' in ${manifest.name}`, {
    remedy: guess === undefined ? `one of: ${names.join(', ')}` : `did you mean '${guess}'?`,
  });
}

/** The technical user of that name; of twins the first, since both may do the same. */
function userOf(name: string, manifest: Manifest): TechnicalUser {
  return usersOf(name, manifest)[0];
}

/** When a rotation last used a place as its owner would, from the trail. */
async function withProof(use: Use, { trail }: Store): Promise<Use> {
  if (use.what !== 'credential') return use;
  const entries = await trail.read({ subject: use.address, limit: 20 });
  const proof = entries.findLast(({ change }) => provenStep.safeParse(change).success);
  return proof ? { ...use, proven: proof.at } : use;
}

const provenStep = z.object({
  change: z.object({ step: z.literal('prove') }),
  detail: z.object({ status: z.literal('proven') }),
});

/** Options that are given; `undefined` means the default. */
function onlySet(options: Partial<PlanOptions>): Partial<PlanOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
