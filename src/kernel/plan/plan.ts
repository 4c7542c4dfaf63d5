import { z } from 'zod';
import type { Address } from '../address.ts';
import type { Finding } from '../finding.ts';
import type { Change } from '../system.ts';

/** One change to one resource, as the plan shows it and an apply makes it. */
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

/** What a plan may do beside what the manifest declares. */
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

/** What an offboarding does. */
export interface OffboardOptions {
  /** Name of the technical user. */
  readonly name: string;
  /** E-mail of one that has left both the manifest and its identity provider. @default that of its user there */
  readonly email?: string;
  /** Leave the user at its identity provider, and its password in the vault. @default false */
  readonly keepIas: boolean;
  /** Leave shadow users: what applications keep by their ids stays reachable. @default false */
  readonly keepShadowUsers: boolean;
  /** Go on although places of somebody else name the user: they break. @default false */
  readonly leaveForeign: boolean;
  /** Go on although some places could not be looked at. @default false */
  readonly leaveUnread: boolean;
  /** Most removals that the plan may hold. @default 100 */
  readonly maxRemovals: number;
}

export const DEFAULT_PLAN_OPTIONS: PlanOptions = { adopt: false, prune: false, maxRemovals: 10, renew: [] };

/** Whether what is at this address is taken over. */
export function adopts({ adopt }: PlanOptions, address: Address): boolean {
  return typeof adopt === 'boolean' ? adopt : adopt.includes(address);
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
