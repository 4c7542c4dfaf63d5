import type { Address } from '../address.ts';
import { InvariantError, isNews } from '../errors.ts';
import type { Inventory } from '../inventory.ts';
import { findingOf } from '../lifecycle/held.ts';
import type { Manifest, TechnicalUser } from '../manifest/types.ts';
import type { Observed } from '../observe/observe.ts';
import type { Graph } from '../plan/graph.ts';
import type { Hold } from '../ports.ts';
import type { Diff } from '../system.ts';
import {
  CHAIN,
  type Check,
  type Hop,
  type HopStatus,
  type Subject,
  type SystemContext,
  type SystemDefinition,
} from '../system.ts';

/** The chain of one technical user, link by link. */
export interface UserReport {
  readonly user: string;
  readonly status: HopStatus;
  readonly hops: readonly (Hop & { readonly link: Check['link'] })[];
}

/** What doctor found: each user with the hops of its chain, and the worst status of all. */
export interface DoctorReport {
  readonly status: HopStatus;
  readonly users: readonly UserReport[];
}

export interface SubjectInput {
  readonly manifest: Manifest;
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly observed: Observed;
  readonly diffs: ReadonlyMap<Address, Diff>;
}

/** Gathers what was declared and observed of one technical user. */
export function subjectOf(user: TechnicalUser, input: SubjectInput): Subject {
  const identityProvider = input.manifest.identityProviders.find((provider) => provider.name === user.identityProvider);
  if (!identityProvider) throw new InvariantError(`no identity provider of ${user.name}`);
  return {
    user,
    identityProvider,
    inventory: input.inventory,
    resources: [...input.graph.resources.values()].filter((resource) => resource.user === user.name),
    observed: (address) => input.observed.objects.get(address),
    diff: (address) => input.diffs.get(address),
    unobserved: (address) => input.observed.failures.get(address)?.message,
  };
}

/** Walks the chain for every user. Users side by side, links one after the other: a later link builds on an earlier. */
export async function examine(
  systems: readonly SystemDefinition[],
  subjects: readonly Subject[],
  ctx: SystemContext,
): Promise<DoctorReport> {
  const checks = systems.flatMap((system) => system.checks);
  const users = await Promise.all(subjects.map((subject) => examineUser(checks, subject, ctx)));
  return { status: worst(users.map((user) => user.status)), users };
}

/** Adds users that are held: nothing is tried with them, as every login would be refused and count. */
export function withHeld({ users }: DoctorReport, held: readonly Hold[]): DoctorReport {
  const all = [...users, ...held.map(heldReport)];
  return { status: worst(all.map((user) => user.status)), users: all };
}

/** Adds credentials that belong to no user. */
export function withCredentials({ users }: DoctorReport, credentials: readonly UserReport[]): DoctorReport {
  const all = [...users, ...credentials];
  return { status: worst(all.map(({ status }) => status)), users: all };
}

function heldReport(hold: Hold): UserReport {
  const { subject, because, remedy, code } = findingOf(hold);
  const hop = {
    check: 'lifecycle/hold',
    title: hold.kind,
    status: 'unknown',
    evidence: [],
    because,
    remedy,
    code,
  } as const;
  return { user: subject, status: 'unknown', hops: [{ ...hop, link: 'user' }] };
}

async function examineUser(checks: readonly Check[], subject: Subject, ctx: SystemContext): Promise<UserReport> {
  const hops: (Hop & { link: Check['link'] })[] = [];
  for (const link of CHAIN) {
    for (const check of checks.filter((candidate) => candidate.link === link)) {
      for (const hop of await runCheck(check, subject, ctx)) {
        ctx.log('hop', { user: subject.user.name, check: hop.check, title: hop.title, status: hop.status });
        hops.push({ ...hop, link });
      }
    }
  }
  return { user: subject.user.name, status: worst(hops.map((hop) => hop.status)), hops };
}

async function runCheck(check: Check, subject: Subject, ctx: SystemContext): Promise<readonly Hop[]> {
  try {
    return await check.run(subject, ctx);
  } catch (error) {
    if (!isNews(error)) throw error;
    return [
      {
        check: check.id,
        title: check.id,
        status: 'unknown',
        evidence: [],
        because: error.message,
        remedy: error.remedy ?? 'mend the cause and run `locum doctor` again',
        code: error.code,
      },
    ];
  }
}

const BADNESS: readonly HopStatus[] = ['ok', 'warning', 'unknown', 'failed'];

/** Green means proven: a chain is as good as its worst hop, and an empty one proves nothing. */
export function worst(statuses: readonly HopStatus[]): HopStatus {
  if (statuses.length === 0) return 'unknown';
  return BADNESS[Math.max(...statuses.map((status) => BADNESS.indexOf(status)))] ?? 'unknown';
}
