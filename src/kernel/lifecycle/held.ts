import { address } from '../address.ts';
import type { Expiry } from '../due/due.ts';
import type { Finding } from '../finding.ts';
import type { Manifest } from '../manifest/types.ts';
import type { Observed } from '../observe/observe.ts';
import type { Graph } from '../plan/graph.ts';
import type { Hold } from '../ports.ts';
import { lifecycleFindings } from './findings.ts';
import type { MigrationRecord } from './migrate.ts';

/** Holds on technical users that the manifest declares: they are left alone. */
export function heldUsers(holds: readonly Hold[], manifest: Manifest): ReadonlyMap<string, Hold> {
  const declared = new Set(manifest.technicalUsers.map((user) => user.name));
  return new Map(holds.filter((hold) => declared.has(hold.subject)).map((hold) => [hold.subject, hold]));
}

/** What the holds remember of migrations. Pure. */
export function migrationsIn(
  holds: readonly Hold[],
): readonly { readonly subject: string; readonly migration: MigrationRecord }[] {
  return holds
    .filter(({ kind }) => kind === 'migrated')
    .map(({ subject, record }) => ({ subject, migration: record as unknown as MigrationRecord }));
}

/** Migrations whose predecessor still has its rights. */
export function graceFindings(holds: readonly Hold[], now: number): readonly Finding[] {
  return migrationsIn(holds).flatMap(({ subject, migration: { until, finished, to } }) => {
    if (finished) return [];
    const over = now >= until;
    return [
      {
        code: lifecycleFindings.grace.code,
        severity: over ? 'warning' : 'info',
        subject,
        because: `${to} has replaced it; its rights ${over ? 'should have gone' : 'stay until'} ${new Date(until).toISOString().slice(0, 10)}`,
        remedy: `locum migrate --from ${subject} --finish`,
      },
    ];
  });
}

/** The same for the forecast. */
export function graceExpiries(holds: readonly Hold[]): readonly Expiry[] {
  return migrationsIn(holds).flatMap(({ subject, migration: { until, finished, to } }) => {
    if (finished) return [];
    const code = lifecycleFindings.grace.code;
    return [
      {
        user: to,
        subject: address('lifecycle', 'predecessor', subject),
        title: `rights of ${subject}`,
        end: { kind: 'at', at: until, because: 'the grace of the migration ends then' },
        codes: { ended: code, soon: code, unknown: code },
        remedy: `locum migrate --from ${subject} --finish`,
      },
    ];
  });
}

/** What is declared without the users that are held; a finding tells of each. */
export function graphWithout(held: ReadonlyMap<string, Hold>, graph: Graph): Graph {
  if (held.size === 0) return graph;
  const resources = [...graph.resources].filter(([, resource]) => !held.has(resource.user ?? ''));
  return { resources: new Map(resources), findings: [...[...held.values()].map(findingOf), ...graph.findings] };
}

/** What was seen without the users that are held: what is left of them is nobody's to prune. */
export function observedWithout(held: ReadonlyMap<string, Hold>, observed: Observed): Observed {
  if (held.size === 0) return observed;
  return { ...observed, extras: observed.extras.filter((extra) => !held.has(extra.user)) };
}

/** What a hold has to say to whoever plans, applies or asks for a token. */
export function findingOf({ kind, subject, since, who, why }: Hold): Finding {
  const told = `by ${who} on ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC: ${why}`;
  if (kind === 'offboarded') {
    return {
      code: lifecycleFindings.offboarded.code,
      severity: 'warning',
      subject,
      because: `it was offboarded ${told}`,
      remedy: `remove its entry from the manifest; or let it be made again: locum thaw ${subject}`,
    };
  }
  return {
    code: lifecycleFindings.frozen.code,
    severity: 'warning',
    subject,
    because: `it was frozen ${told}`,
    remedy: `put back what was taken: locum thaw ${subject}`,
  };
}
