import type { Context } from '../../kernel/context.ts';
import { createMemo } from '../../kernel/context.ts';
import { examine, subjectOf } from '../../kernel/doctor/doctor.ts';
import { createLoginGuard } from '../../kernel/doctor/logins.ts';
import { forecast } from '../../kernel/due/due.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import { lint } from '../../kernel/lint.ts';
import { loadManifest } from '../../kernel/manifest/load.ts';
import { createMemoryCopies } from '../../kernel/memory-copies.ts';
import { observe } from '../../kernel/observe/observe.ts';
import { expandGraph, resourceTypes } from '../../kernel/plan/graph.ts';
import { diffAll, makePlan } from '../../kernel/plan/make-plan.ts';
import { DEFAULT_PLAN_OPTIONS, type PlanOptions } from '../../kernel/plan/plan.ts';
import type { Vault } from '../../kernel/ports.ts';
import { execute } from '../../kernel/run/execute.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { createToyJournal } from '../../kernel/testing.ts';
import { createMemoryVault } from '../../kernel/vault/memory.ts';
import { ias } from './index.ts';

const inventory: Inventory = {
  globalAccount: { guid: 'ga', subdomain: 'acme', displayName: 'ACME' },
  directories: [],
  subaccounts: [],
};

/** A manifest of these technical users (YAML of one list entry each, after `name`). */
export function manifestText(users: readonly string[], host = 'acme-platform.accounts.ondemand.com'): string {
  return `
locum: 1
name: acme
globalAccount: acme
connections:
  ias:
    acme-platform: { clientId: env:IAS_ID, clientSecret: env:IAS_SECRET }
identityProviders:
  - { name: acme-platform, host: ${host}, originKey: acme-platform }
technicalUsers:
${users.map((user) => `  - { owner: basis@acme.example, purpose: Deploys, ${user} }`).join('\n')}
`;
}

export interface LocumOptions {
  readonly context: Context;
  readonly manifest: string;
  /** Value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** @default an empty one */
  readonly vault?: Vault;
}

/** The kernel with this slice alone, as an engine would drive it: every command starts anew. */
export function createLocum(options: LocumOptions) {
  const vault = options.vault ?? createMemoryVault();
  const types = resourceTypes([ias]);
  const journal = createToyJournal();
  const log: string[] = [];
  let runs = 0;

  async function begin(): Promise<SystemContext> {
    return {
      ...options.context,
      manifest: await loadManifest('locum.yaml', async () => options.manifest, [ias.section]),
      secret: async (ref) => {
        const value = options.env(ref.replace(/^env:/, ''));
        if (value === undefined) throw new ConfigError('ERR_CONFIG_SECRET', `${ref} is not set`, { remedy: 'set it' });
        return new Secret(value);
      },
      vault,
      copies: createMemoryCopies(),
      gates: new Set(),
      memo: createMemo(),
      logins: createLoginGuard(),
      log: (event, fields) => void log.push(`${event} ${JSON.stringify(fields)}`),
    };
  }

  async function look(planOptions: Partial<PlanOptions> = {}) {
    const ctx = await begin();
    const graph = expandGraph([ias], ctx.manifest, inventory);
    const observed = await observe(graph, types, ctx);
    const { manifest } = ctx;
    const input = {
      graph,
      observed,
      types,
      options: { ...DEFAULT_PLAN_OPTIONS, ...planOptions },
      manifest,
      now: ctx.now(),
    };
    return { ctx, input, plan: makePlan(input) };
  }

  return {
    vault,
    journal,
    log,
    plan: async (planOptions?: Partial<PlanOptions>) => (await look(planOptions)).plan,
    async apply(planOptions?: Partial<PlanOptions>) {
      const { ctx, input, plan } = await look(planOptions);
      const errors = plan.findings.filter((finding) => finding.severity === 'error');
      if (errors.length > 0) throw new Error(`gated by ${errors.map((finding) => finding.code).join(', ')}`);
      const run = {
        id: `run-${++runs}`,
        manifest: 'acme',
        fingerprint: plan.fingerprint,
        startedAt: ctx.now(),
        who: 'test',
        why: 'test',
      };
      const report = await execute({ ...input, plan, journal, run, ctx });
      return Object.fromEntries(report.steps.map((step) => [step.address, step]));
    },
    async doctor() {
      const { ctx, input } = await look();
      const diffs = diffAll(input);
      const subjects = ctx.manifest.technicalUsers.map((user) =>
        subjectOf(user, { ...input, manifest: ctx.manifest, inventory, diffs }),
      );
      const report = await examine([ias], subjects, ctx);
      return report.users.flatMap((user) => user.hops);
    },
    async due(within: number) {
      const ctx = await begin();
      const found = (await ias.expiries?.(ctx.manifest.technicalUsers, ctx)) ?? [];
      return forecast(found, { now: ctx.now(), within });
    },
    async lint() {
      const { manifest, now } = await begin();
      return lint([ias], manifest, now());
    },
  };
}
