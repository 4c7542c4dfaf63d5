import { readFile } from 'node:fs/promises';
import type { Address } from '../kernel/address.ts';
import { createMemo } from '../kernel/context.ts';
import { type DoctorReport, examine, subjectOf, withCredentials, withHeld } from '../kernel/doctor/doctor.ts';
import { createLoginGuard } from '../kernel/doctor/logins.ts';
import { ConfigError, PlanError } from '../kernel/errors.ts';
import type { Inventory } from '../kernel/inventory.ts';
import { graceFindings, graphWithout, heldUsers, observedWithout } from '../kernel/lifecycle/held.ts';
import { lint } from '../kernel/lint.ts';
import { manifestJsonSchema } from '../kernel/manifest/grammar.ts';
import { loadManifest } from '../kernel/manifest/load.ts';
import type { DeclaredCredential, Manifest, TechnicalUser } from '../kernel/manifest/types.ts';
import { emptySelectors, readInventory, readWholeInventory } from '../kernel/observe/discover.ts';
import { type Observed, observe } from '../kernel/observe/observe.ts';
import { findUses, identityOf } from '../kernel/observe/uses.ts';
import { expandGraph, type Graph, resourceTypes } from '../kernel/plan/graph.ts';
import { DEFAULT_PLAN_OPTIONS, diffAll, makePlan, type PlanOptions } from '../kernel/plan/plan.ts';
import type { Hold } from '../kernel/ports.ts';
import { execute } from '../kernel/run/execute.ts';
import { byDiffs, closeOpenRuns } from '../kernel/run/resume.ts';
import { type Gate, gatedFetch, takeTurn } from '../kernel/run/turn.ts';
import type { Subject, SystemContext, SystemDefinition } from '../kernel/system.ts';
import { systems as allSystems } from '../systems/index.ts';
import type { ApplyOptions, ApplyReport, Engine, EngineOptions } from './api.ts';
import { credentialUses, declaredOf, examineCredentials } from './credentials.ts';
import { due } from './due.ts';
import { refuseGated, refuseHeld } from './gates.ts';
import { findLeft, forgetCopies } from './left.ts';
import type { LifecycleDeps } from './lifecycle/carry-out.ts';
import { freezeAll } from './lifecycle/freeze.ts';
import { finishMigration, migrate, surveyMigration } from './lifecycle/migrate.ts';
import { offboard, planOffboard } from './lifecycle/offboard.ts';
import { thawAll } from './lifecycle/thaw.ts';
import { spareReason, unlock } from './locks.ts';
import { checkNames, chosenUsers, userOf, usersOf } from './names.ts';
import { createNodeContext } from './node-context.ts';
import { withProof } from './proof.ts';
import { rotate } from './rotate.ts';
import { resolveSecret } from './secrets.ts';

export type { ApplyOptions, ApplyReport, Engine, EngineEvent, EngineOptions } from './api.ts';

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
    const gates = new Set<Gate>();
    const ctx: SystemContext = {
      fetch: gatedFetch(context.fetch, gates),
      gates,
      now: () => context.now(),
      id: () => context.id(),
      sleep: (ms) => context.sleep(ms),
      random: (bytes) => context.random(bytes),
      manifest,
      secret: (ref) => resolveSecret(ref, { env, vault: store.vault, folder: manifest.folder }),
      vault: store.vault,
      copies: store.copies,
      memo: createMemo(),
      logins: createLoginGuard((user) => spareReason(systems, user, ctx)),
      log: (event, fields) => options.onEvent?.({ event, fields }),
    };
    return ctx;
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
      gone: [],
    };
  }

  async function look(ctx: SystemContext, narrow: (graph: Graph) => Graph = (graph) => graph): Promise<Sight> {
    const all = await declare(ctx);
    return lookAt({ ...all, graph: narrow(all.graph) }, ctx);
  }

  /** Looks at what is declared, and at what was declared once. */
  async function lookAt(sight: Sight, ctx: SystemContext): Promise<Sight> {
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
    const hold = sight.held.get(user.name);
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
    { why, plan: given, confirm, forget = [], ...planOptions }: ApplyOptions,
    plain: SystemContext,
    narrow: (graph: Graph) => Graph = (graph) => graph,
  ): Promise<ApplyReport> {
    await using turn = await takeTurn(store, options.who, plain);
    const { ctx } = turn;
    const { journal } = turn.records;
    await forgetCopies(forget, { records: turn.records, who: options.who, why }, ctx);
    const declared = await declare(ctx);
    const seen = { ...declared, graph: narrow(declared.graph) };
    const sight = await lookAt(seen, ctx);
    for (const address of sight.gone) await turn.records.copies.forget(ctx.manifest.name, address);
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
    await ctx.vault.ready();
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
    const after = await lookAt(seen, ctx);
    return { plan, run, remaining: makePlan(judge(after, ctx, { ...plan.options, renew: [] })), confirmed: true };
  }

  /** Who was offboarded and has left the manifest may come back one day under the same name. */
  async function liftOffboarded({ manifest }: SystemContext): Promise<void> {
    const declared = new Set(manifest.technicalUsers.map((user) => user.name));
    for (const { kind, subject } of await store.holds.of(manifest.name)) {
      if (kind === 'offboarded' && !declared.has(subject)) await store.holds.lift(manifest.name, subject);
    }
  }

  async function doctor(
    chosen: readonly TechnicalUser[],
    ctx: SystemContext,
    credentials: readonly DeclaredCredential[] = [],
  ): Promise<DoctorReport> {
    const sight = await look(ctx);
    const free = chosen.filter((user) => !sight.held.has(user.name));
    const held = chosen.flatMap((user) => sight.held.get(user.name) ?? []);
    const reports = await examineCredentials(credentials, sight.inventory, deps, ctx);
    return withCredentials(withHeld(await examine(systems, subjectsOf(free, sight, ctx), ctx), held), reports);
  }

  const deps: LifecycleDeps = { systems, types, store, who: options.who };

  return {
    plan: (planOptions = {}) => command(async (ctx) => makePlan(judge(await look(ctx), ctx, planOptions))),
    apply: (applyOptions) => command((ctx) => apply(applyOptions, ctx)),
    doctor: ({ users } = {}) =>
      command((ctx) => doctor(chosenUsers(users, ctx.manifest), ctx, declaredOf(users, ctx.manifest))),
    due: (request) => command((ctx) => due(request, deps, ctx)),
    lint: () => command(async (ctx) => lint(systems, ctx.manifest, ctx.now())),
    rotate: (rotateOptions) =>
      rotate(rotateOptions, {
        store,
        systems,
        who: options.who,
        command,
        check: (names, ctx) => checkNames(names, ctx.manifest),
        rest: options.rest ?? ((wait) => wait()),
      }),
    unlock: (name) =>
      command((ctx) => {
        const credentials = declaredOf([name], ctx.manifest);
        return unlock(deps, credentials.length > 0 ? credentials : usersOf(name, ctx.manifest), ctx);
      }),
    uses: (user) =>
      command(async (ctx) => {
        const credentials = declaredOf([user], ctx.manifest);
        if (credentials.length > 0) {
          return credentialUses(credentials, await readWholeInventory(systems, ctx), deps, ctx);
        }
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
    session: (user, target) =>
      command(async (ctx) => ({
        ...(await capable('session')(await subject(user, ctx), target, ctx)),
        withheld: variablesOf(ctx.manifest),
      })),
  };
}

const NOTHING_OBSERVED: Observed = { objects: new Map(), extras: [], failures: new Map() };

interface Sight {
  readonly manifest: Manifest;
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly observed: Observed;
  readonly held: ReadonlyMap<string, Hold>;
  /** Copies that the store remembers, of which nothing is left. */
  readonly gone: readonly Address[];
}

/** Variables that the manifest takes secrets from. */
function variablesOf(manifest: Manifest): readonly string[] {
  return [...JSON.stringify(manifest).matchAll(/"env:([^"]+)"/g)].map(([, name = '']) => name);
}

/** Options that are given; `undefined` means the default. */
function onlySet(options: Partial<PlanOptions>): Partial<PlanOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
