import type { Position } from './errors.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Bad news about the world, as a value. */
export interface Finding {
  /** Stable code, e.g. `IAS_MAIL_NOT_VERIFIED`; `locum explain CODE` tells more. */
  readonly code: string;
  readonly severity: Severity;
  /** An address, or the name of a technical user. */
  readonly subject: string;
  readonly because: string;
  /** One sentence or command that mends it. */
  readonly remedy: string;
  /** Where the rule comes from. */
  readonly docs?: string;
  readonly at?: Position;
}

/** What `locum explain CODE` tells about a finding code. */
export interface FindingKind {
  readonly code: string;
  readonly title: string;
  /** Why it matters and how to mend it, in a few sentences. */
  readonly explanation: string;
  readonly docs?: string;
}
