import { type DoctorReport, examine, subjectOf } from '../../../../kernel/doctor/doctor.ts';
import { loadManifest } from '../../../../kernel/manifest/load.ts';
import type { Manifest } from '../../../../kernel/manifest/types.ts';
import { observe } from '../../../../kernel/observe/observe.ts';
import { expandGraph, resourceTypes } from '../../../../kernel/plan/graph.ts';
import { diffAll, makePlan } from '../../../../kernel/plan/make-plan.ts';
import { DEFAULT_PLAN_OPTIONS, type Plan, type PlanOptions } from '../../../../kernel/plan/plan.ts';
import { execute, type RunReport } from '../../../../kernel/run/execute.ts';
import type { SystemDefinition } from '../../../../kernel/system.ts';
import { createToyJournal } from '../../../../kernel/testing.ts';
import { inventoryOf, type Landscape, vaultWith } from './landscape.ts';

export const PASSWORD = 'Definitive-Passw0rd+1';

/** A manifest with one technical user `robot` and these destinations (flow mappings). */
export function manifestText(...destinations: readonly string[]): string {
  return `
locum: 1
name: acme
globalAccount: acme
connections:
  destination: { tms: 'env:ACME_TMS_DESTINATION_KEY', dev: 'env:ACME_DEV_DESTINATION_KEY' }
identityProviders:
  - { name: acme-platform, host: acme-platform.accounts.ondemand.com, originKey: acme-platform }
technicalUsers:
  - name: robot
    owner: team@acme.example
    purpose: Deploys
    email: robot+1@sap-test.de
    destinations:
${destinations.map((line) => `      - ${line}`).join('\n')}
`;
}

export const CTMS = '{ name: deploy-prod, preset: ctms-deploy, in: tms, target: { subaccount: prod, space: "a,b" } }';
export const CF_API = '{ name: CFAPI, preset: cf-api, in: dev, target: { subaccount: dev } }';

export function load(system: SystemDefinition, text: string): Promise<Manifest> {
  return loadManifest('locum.yaml', async () => text, [system.section]);
}

/** Plans, applies and examines one slice as an engine does; the password of `robot` is in the vault and at UAA. */
export async function startRuns(system: SystemDefinition, landscape: Landscape, text: string) {
  const manifest = await load(system, text);
  const inventory = inventoryOf(landscape.cf);
  const vault = vaultWith({ 'acme/robot': PASSWORD });
  const types = resourceTypes([system]);
  landscape.cf.users.set('robot+1@sap-test.de@acme-platform', {
    password: PASSWORD,
    roles: { app: ['space_developer'], 'a,b': ['space_developer'] },
  });

  async function look(options: Partial<PlanOptions>) {
    const ctx = landscape.context(manifest, vault);
    const graph = expandGraph([system], manifest, inventory);
    const observed = await observe(graph, types, ctx);
    const input = {
      graph,
      observed,
      types,
      manifest,
      now: ctx.now(),
      options: { ...DEFAULT_PLAN_OPTIONS, ...options },
    };
    return { ctx, graph, observed, input, plan: makePlan(input) };
  }

  return {
    manifest,
    vault,
    async plan(options: Partial<PlanOptions> = {}): Promise<Plan> {
      return (await look(options)).plan;
    },
    /** `between` happens after the plan was made. */
    async apply(options: Partial<PlanOptions> = {}, between?: () => Promise<unknown>): Promise<RunReport> {
      const { ctx, graph, observed, plan } = await look(options);
      await between?.();
      const run = { id: 'run', manifest: 'acme', fingerprint: '', startedAt: 0, who: 'me', why: 'test' };
      return execute({ plan, graph, observed, types, journal: createToyJournal(), run, ctx });
    },
    async doctor(): Promise<DoctorReport> {
      const { ctx, graph, observed, input } = await look({});
      const diffs = diffAll(input);
      const subjects = manifest.technicalUsers.map((user) =>
        subjectOf(user, { manifest, inventory, graph, observed, diffs }),
      );
      return examine([system], subjects, ctx);
    },
  };
}

export type Runs = Awaited<ReturnType<typeof startRuns>>;
