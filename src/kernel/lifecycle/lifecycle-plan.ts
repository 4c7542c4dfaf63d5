import { createHash } from 'node:crypto';
import type { Finding } from '../finding.ts';
import { canonicalJson, type Json } from '../json.ts';
import { DEFAULT_PLAN_OPTIONS, type Plan, type PlanStep } from '../plan/plan.ts';

export interface LifecyclePlanInput {
  readonly manifest: { readonly name: string; readonly globalAccount: string };
  readonly now: number;
  readonly steps: readonly PlanStep[];
  readonly findings: readonly Finding[];
  readonly maxRemovals: number;
  /** What else the fingerprint is taken of: who it is about, and with which options. */
  readonly about: Json;
}

/** A plan that is not about what a manifest declares. It is executed like any other. Pure. */
export function lifecyclePlan({ manifest, now, steps, findings, maxRemovals, about }: LifecyclePlanInput): Plan {
  const removals = steps.filter((step) => step.action === 'delete').length;
  const fingerprint = createHash('sha256').update(canonicalJson({ manifest, about, steps, findings }));
  return {
    version: 1,
    manifest: manifest.name,
    globalAccount: manifest.globalAccount,
    createdAt: new Date(now).toISOString(),
    fingerprint: fingerprint.digest('hex'),
    options: { ...DEFAULT_PLAN_OPTIONS, prune: true, maxRemovals },
    steps,
    unknown: [],
    inPlace: 0,
    findings: removals > maxRemovals ? [...findings, ceiling(manifest.name, removals, maxRemovals)] : findings,
  };
}

function ceiling(subject: string, removals: number, maxRemovals: number): Finding {
  return {
    code: 'PLAN_REMOVAL_CEILING',
    severity: 'error',
    subject,
    because: `the plan removes ${removals} things, more than ${maxRemovals}`,
    remedy: 'look at each of them, then raise the ceiling with --max-removals',
  };
}
