import { readFile } from 'node:fs/promises';
import { createMemo } from '../kernel/context.ts';
import { createLoginGuard } from '../kernel/doctor/logins.ts';
import { ConfigError } from '../kernel/errors.ts';
import { lint } from '../kernel/lint.ts';
import { manifestJsonSchema } from '../kernel/manifest/grammar.ts';
import { loadManifest } from '../kernel/manifest/load.ts';
import type { Manifest } from '../kernel/manifest/types.ts';
import { readWholeInventory } from '../kernel/observe/discover.ts';
import { findUses, identityOf } from '../kernel/observe/uses.ts';
import { resourceTypes } from '../kernel/plan/graph.ts';
import { makePlan } from '../kernel/plan/make-plan.ts';
import { gatedFetch } from '../kernel/run/turn.ts';
import type { SystemContext, SystemDefinition } from '../kernel/system.ts';
import type { Gate } from '../kernel/system-context.ts';
import { systems as allSystems } from '../systems/index.ts';
import type { Engine, EngineOptions } from './api.ts';
import { apply } from './apply.ts';
import { credentialUses, declaredOf } from './credentials.ts';
import type { EngineDeps } from './deps.ts';
import { examineUsers } from './doctor.ts';
import { due } from './due.ts';
import { freezeAll } from './lifecycle/freeze.ts';
import { finishMigration, migrate, surveyMigration } from './lifecycle/migrate.ts';
import { offboard, planOffboard } from './lifecycle/offboard.ts';
import { thawAll } from './lifecycle/thaw.ts';
import { spareReason, unlock } from './locks.ts';
import { checkNames, chosenUsers, usersOf } from './names.ts';
import { createNodeContext } from './node-context.ts';
import { withProof } from './proof.ts';
import { rotate } from './rotate.ts';
import { previewRotations } from './rotation-tasks.ts';
import { resolveSecret } from './secrets.ts';
import { judge, look, subject } from './sight.ts';

export type { Engine, EngineEvent, EngineOptions } from './api.ts';
export type { ApplyOptions, ApplyReport } from './apply.ts';

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
  const context = options.context ?? createNodeContext();
  const { store } = options;
  const deps: EngineDeps = { systems, types: resourceTypes(systems), store, who: options.who };

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

  function capable<K extends 'token' | 'session'>(capability: K): NonNullable<SystemDefinition[K]> {
    const found = systems.find((system) => system[capability])?.[capability];
    if (!found) throw new ConfigError('ERR_CONFIG', `no system of this engine gives a ${capability}`);
    return found;
  }

  return {
    plan: (planOptions = {}) => command(async (ctx) => makePlan(judge(await look(deps, ctx), deps, ctx, planOptions))),
    apply: (applyOptions) => command((ctx) => apply(deps, applyOptions, ctx)),
    doctor: ({ users } = {}) =>
      command((ctx) => examineUsers(deps, chosenUsers(users, ctx.manifest), ctx, declaredOf(users, ctx.manifest))),
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
    previewRotations: (previewOptions = {}) => command((ctx) => previewRotations(previewOptions, deps, ctx)),
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
    migrate: (request) => command((ctx) => migrate(deps, request, ctx)),
    finishMigration: (request) => command((ctx) => finishMigration(deps, request, ctx)),
    token: (user, target) => command(async (ctx) => capable('token')(await subject(user, deps, ctx), target, ctx)),
    session: (user, target) =>
      command(async (ctx) => ({
        ...(await capable('session')(await subject(user, deps, ctx), target, ctx)),
        withheld: variablesOf(ctx.manifest),
      })),
  };
}

/** Variables that the manifest takes secrets from. */
function variablesOf(manifest: Manifest): readonly string[] {
  return [...JSON.stringify(manifest).matchAll(/"env:([^"]+)"/g)].map(([, name = '']) => name);
}
