import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Address } from '../address.ts';
import type { Finding } from '../finding.ts';
import { canonicalJson, type Json } from '../json.ts';
import type { OffboardOptions } from '../lifecycle/offboard.ts';
import type { Observed } from '../observe/observe.ts';
import type { Change, Diff, DiffOptions, Extra, Resource } from '../system.ts';
import type { Graph, ResourceTypes } from './graph.ts';
import { typeOf } from './graph.ts';

export interface PlanStep {
  readonly address: Address;
  readonly type: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly changes: readonly Change[];
  readonly because?: string;
  readonly user?: string;
  /** Steps of this plan that come first. */
  readonly needs: readonly Address[];
}

/** What an apply would do: plain JSON, printable, storable, applied by another process. */
export interface Plan {
  readonly version: 1;
  readonly manifest: string;
  readonly globalAccount: string;
  /** ISO time. */
  readonly createdAt: string;
  /** SHA-256 over what was declared and observed; an apply that observes something else refuses the plan. */
  readonly fingerprint: string;
  readonly options: PlanOptions;
  readonly steps: readonly PlanStep[];
  /** What is in place but cannot be read back, such as passwords. */
  readonly unknown: readonly { readonly address: Address; readonly paths: readonly string[] }[];
  /** Number of resources that need no change. */
  readonly inPlace: number;
  readonly findings: readonly Finding[];
  /** The end of a technical user, instead of what the manifest declares. */
  readonly offboard?: OffboardOptions;
}

export interface PlanOptions {
  /** Take over what exists but is not marked as ours: everything, or what is at these addresses. @default false */
  readonly adopt: boolean | readonly Address[];
  /** Remove rights of our technical users that no manifest declares. @default false */
  readonly prune: boolean;
  /** Most removals that one plan may hold. @default 10 */
  readonly maxRemovals: number;
  /** Technical users whose credential is set anew, because somebody else changed it. @default [] */
  readonly renew: readonly string[];
}

export const DEFAULT_PLAN_OPTIONS: PlanOptions = { adopt: false, prune: false, maxRemovals: 10, renew: [] };

export interface PlanInput {
  readonly graph: Graph;
  readonly observed: Observed;
  readonly types: ResourceTypes;
  readonly options: PlanOptions;
  readonly manifest: { readonly name: string; readonly globalAccount: string };
  readonly now: number;
}

/** Judges every resource. Pure. */
export function diffAll(input: PlanInput): ReadonlyMap<Address, Diff> {
  const diffs = new Map<Address, Diff>();
  const options: DiffOptions = {
    adopt: false,
    now: input.now,
    manifest: input.manifest.name,
    // The graph is in the order of needs, so what a resource needs is judged before it.
    renews: (user) => input.options.renew.includes(user),
    changing: (address) => !['none', 'blocked', undefined].includes(diffs.get(address)?.action),
  };
  for (const resource of input.graph.resources.values()) {
    if (input.observed.failures.has(resource.address)) continue;
    diffs.set(
      resource.address,
      typeOf(input.types, resource).diff(resource, input.observed.objects.get(resource.address), {
        ...options,
        adopt: adopts(input.options, resource.address),
      }),
    );
  }
  return diffs;
}

/** Whether what is at this address is taken over. */
export function adopts({ adopt }: PlanOptions, address: Address): boolean {
  return typeof adopt === 'boolean' ? adopt : adopt.includes(address);
}

/** Makes the plan. Pure. */
export function makePlan(input: PlanInput): Plan {
  const { graph, observed, options, manifest } = input;
  const diffs = diffAll(input);
  const steps: PlanStep[] = [];
  const unknown: { address: Address; paths: readonly string[] }[] = [];
  const findings: Finding[] = [...graph.findings, ...failureFindings(observed)];
  let inPlace = 0;

  for (const [address, diff] of diffs) {
    const resource = graph.resources.get(address);
    if (!resource) continue;
    if (diff.action === 'blocked') findings.push(diff.finding);
    else if (diff.action === 'none') {
      inPlace++;
      if (diff.unknown && diff.unknown.length > 0) unknown.push({ address, paths: diff.unknown });
    } else steps.push(stepOf(resource, diff));
  }

  const removals = options.prune ? observed.extras.filter((extra) => extra.removable) : [];
  for (const extra of observed.extras) {
    if (!removals.includes(extra)) findings.push(undeclared(extra));
  }
  steps.push(...removals.map(removalOf));
  if (steps.filter((step) => step.action === 'delete').length > options.maxRemovals) {
    findings.push({
      code: 'PLAN_REMOVAL_CEILING',
      severity: 'error',
      subject: manifest.name,
      because: `the plan removes more than ${options.maxRemovals} things`,
      remedy: `look at each of them, then raise the ceiling with --max-removals`,
    });
  }

  const planned = new Set(steps.map((step) => step.address));
  return {
    version: 1,
    manifest: manifest.name,
    globalAccount: manifest.globalAccount,
    createdAt: new Date(input.now).toISOString(),
    fingerprint: fingerprintOf(input),
    options,
    steps: steps.map((step) => ({ ...step, needs: plannedNeeds(step, graph, planned) })),
    unknown,
    inPlace,
    findings,
  };
}

function stepOf(resource: Resource, diff: Extract<Diff, { changes: unknown }>): PlanStep {
  return {
    address: resource.address,
    type: resource.type,
    action: diff.action,
    changes: diff.changes,
    ...(diff.because === undefined ? {} : { because: diff.because }),
    ...(resource.user === undefined ? {} : { user: resource.user }),
    needs: resource.needs,
  };
}

function removalOf(extra: Extra): PlanStep {
  return {
    address: extra.address,
    type: extra.type,
    action: 'delete',
    changes: [{ path: '', before: extra.props }],
    because: 'no manifest declares it',
    user: extra.user,
    needs: extra.after ?? [],
  };
}

function undeclared(extra: Extra): Finding {
  if (extra.told) return { severity: 'warning', subject: extra.address, ...extra.told };
  return {
    code: 'PLAN_UNDECLARED_RIGHT',
    severity: 'warning',
    subject: extra.address,
    because: `${extra.user} has it, but no manifest declares it`,
    remedy: extra.removable
      ? 'declare it, or remove it with `locum apply --prune`'
      : 'declare it, or remove it by hand',
  };
}

/** One finding per failed call, not one per resource behind it. */
function failureFindings(observed: Observed): Finding[] {
  const byMessage = new Map<string, Finding>();
  for (const [address, error] of observed.failures) {
    const known = byMessage.get(error.message);
    if (known) continue;
    byMessage.set(error.message, {
      code: error.code,
      severity: 'error',
      subject: address,
      because: `it can't be observed: ${error.message}`,
      remedy: error.remedy ?? 'run `locum doctor` for the whole chain',
    });
  }
  return [...byMessage.values()];
}

/** Needs within the plan; a needed resource that is in place hands on its own needs. */
function plannedNeeds(step: PlanStep, graph: Graph, planned: ReadonlySet<Address>): readonly Address[] {
  const found = new Set<Address>();
  const seen = new Set<Address>();
  function visit(needs: readonly Address[]): void {
    for (const address of needs) {
      if (seen.has(address)) continue;
      seen.add(address);
      if (planned.has(address)) found.add(address);
      else visit(graph.resources.get(address)?.needs ?? []);
    }
  }
  visit(step.needs);
  return [...found];
}

function fingerprintOf({ graph, observed, options, manifest }: PlanInput): string {
  const seen = {
    manifest,
    options,
    declared: [...graph.resources.values()].map((resource) => [resource.address, resource.props]).sort(byAddress),
    objects: [...observed.objects].sort(byAddress),
    extras: observed.extras.map((extra): [string, Json] => [extra.address, extra.props]).sort(byAddress),
    failures: [...observed.failures.keys()].sort(),
  };
  return createHash('sha256').update(canonicalJson(seen)).digest('hex');
}

function byAddress(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

const finding = z.looseObject({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  subject: z.string(),
  because: z.string(),
  remedy: z.string(),
});

/** A plan as it comes back from a file. */
export const planSchema: z.ZodType<Plan> = z.object({
  version: z.literal(1),
  manifest: z.string(),
  globalAccount: z.string(),
  createdAt: z.string(),
  fingerprint: z.string(),
  options: z.object({
    adopt: z.union([z.boolean(), z.array(z.string())]),
    prune: z.boolean(),
    maxRemovals: z.number(),
    renew: z.array(z.string()),
  }),
  steps: z.array(
    z.object({
      address: z.string(),
      type: z.string(),
      action: z.enum(['create', 'update', 'delete']),
      changes: z.array(
        z.object({
          path: z.string(),
          before: z.json().optional(),
          after: z.json().optional(),
          sensitive: z.literal(true).optional(),
        }),
      ),
      because: z.string().optional(),
      user: z.string().optional(),
      needs: z.array(z.string()),
    }),
  ),
  unknown: z.array(z.object({ address: z.string(), paths: z.array(z.string()) })),
  inPlace: z.number(),
  findings: z.array(finding),
  offboard: z
    .object({
      name: z.string(),
      email: z.string().optional(),
      keepIas: z.boolean(),
      keepShadowUsers: z.boolean(),
      leaveForeign: z.boolean(),
      leaveUnread: z.boolean(),
      maxRemovals: z.number(),
    })
    .optional(),
});
