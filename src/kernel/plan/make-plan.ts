import { createHash } from 'node:crypto';
import type { Address } from '../address.ts';
import type { Finding } from '../finding.ts';
import type { Json } from '../json.ts';
import { canonicalJson } from '../json.ts';
import type { Observed } from '../observe/observe.ts';
import type { Diff, DiffOptions, Extra, Resource } from '../system.ts';
import type { Graph, ResourceTypes } from './graph.ts';
import { typeOf } from './graph.ts';
import type { Plan, PlanOptions, PlanStep } from './plan.ts';
import { adopts } from './plan.ts';

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
