import type { Address } from '../address.ts';
import type { Finding, Severity } from '../finding.ts';

/** Something of a technical user that stops to work by itself, or may. Plain JSON; times in epoch milliseconds. */
export interface Expiry {
  readonly user: string;
  readonly subject: Address;
  /** For people: `password`, `user`. */
  readonly title: string;
  /** Since when it is as it is: a password's age counts from here. */
  readonly since?: number;
  /** Name of the policy that ends it. */
  readonly policy?: string;
  /** It may not be replaced before. */
  readonly notBefore?: number;
  readonly end: End;
  /** Code of the finding when it has ended, ends soon, or nobody knows. */
  readonly codes: { readonly ended: string; readonly soon: string; readonly unknown: string };
  /** Of the finding once it has ended. @default error */
  readonly severity?: Severity;
  /** The command or place that moves the end. */
  readonly remedy: string;
}

/** When, and why then. */
export type End =
  | { readonly kind: 'at'; readonly at: number; readonly because: string }
  /** `because` says what is known of it all the same. */
  | { readonly kind: 'never'; readonly because?: string }
  | { readonly kind: 'unknown'; readonly because: string };

export interface Due extends Expiry {
  readonly status: 'ended' | 'soon' | 'later' | 'never' | 'unknown';
}

export interface DueReport {
  readonly now: number;
  /** Milliseconds ahead that count as soon. */
  readonly within: number;
  /** The soonest first, then what never ends, then what nobody knows. */
  readonly due: readonly Due[];
  /** An error for each that has ended, a warning for each that ends soon, an info where nobody knows. */
  readonly findings: readonly Finding[];
}

/** Puts ends in their order, and judges them. Pure. */
export function forecast(expiries: readonly Expiry[], { now, within }: Pick<DueReport, 'now' | 'within'>): DueReport {
  const due = expiries
    .map((expiry): Due => ({ ...expiry, status: statusOf(expiry.end, now, within) }))
    .toSorted((a, b) => rank(a.end) - rank(b.end) || (a.subject < b.subject ? -1 : 1));
  return { now, within, due, findings: due.flatMap((one) => findingOf(one) ?? []) };
}

function statusOf(end: End, now: number, within: number): Due['status'] {
  if (end.kind !== 'at') return end.kind;
  if (end.at <= now) return 'ended';
  return end.at <= now + within ? 'soon' : 'later';
}

function rank(end: End): number {
  if (end.kind === 'at') return end.at;
  return end.kind === 'never' ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER;
}

const SEVERITY: Partial<Record<Due['status'], Severity>> = { ended: 'error', soon: 'warning', unknown: 'info' };

function findingOf({ user, title, end, status, codes, remedy, severity: own }: Due): Finding | undefined {
  const severity = status === 'ended' ? (own ?? SEVERITY.ended) : SEVERITY[status];
  if (!severity || status === 'later' || status === 'never' || end.kind === 'never') return undefined;
  const when = end.kind === 'at' ? ` (${new Date(end.at).toISOString().slice(0, 10)})` : '';
  return { code: codes[status], severity, subject: user, because: `${title}: ${end.because}${when}`, remedy };
}
