import type { Phase } from '../../src/kernel/rotate/record.ts';

/** What goes wrong at an effect: a call of a service, or a durable record. */
export type Fault =
  /** The process dies, before or after the effect. */
  | 'crash before'
  | 'crash after'
  /** The effect takes place, its reply is lost; of a record: the answer to its commit. */
  | 'drop'
  /** The connection breaks before the effect. */
  | 'cut'
  /** The process is stopped; others go on, and take over when its lease is over; then it goes on. */
  | 'pause'
  /** A proxy sends it twice. */
  | 'duplicate'
  /** The caller gave up waiting; the call arrives after others. */
  | 'arrive late'
  /** The reply takes longer than a lease lasts. */
  | 'delay'
  | 'refuse 429'
  /** 503: without, or after, the effect. */
  | 'break before'
  | 'break after'
  /** 503 from now on, for as long as the process lives. */
  | 'outage';

/** Those that strike calls and records alike. */
const ANYWHERE: readonly Fault[] = ['crash before', 'crash after', 'drop', 'cut', 'pause'];
/** Those that strike calls only. */
const AT_CALLS: readonly Fault[] = [
  'duplicate',
  'arrive late',
  'delay',
  'refuse 429',
  'break before',
  'break after',
  'outage',
];

export const FAULTS: readonly Fault[] = [...ANYWHERE, ...AT_CALLS];

/** Where a rotation is when a fault strikes; `none`: before it began, or after it ended. */
export type Moment = Phase | 'none';

/** `done` and `rolled back` are left for the trail alone: no service is called there. */
const WITH_CALLS: readonly Moment[] = ['none', 'mint', 'prove', 'revoke', 'deliver', 'settle', 'retire', 'roll back'];
const WITHOUT_CALLS: readonly Moment[] = ['done', 'rolled back'];

export const MOMENTS: readonly Moment[] = [...WITH_CALLS, ...WITHOUT_CALLS];

export const strikesRecords = (fault: Fault): boolean => ANYWHERE.includes(fault);

/** A fault at the n-th effect of a moment that it can strike, counted from 1. */
export interface Strike {
  readonly in: Moment;
  readonly nth: number;
  readonly fault: Fault;
}

/** Every moment with every fault that can strike there. */
export const CELLS: readonly Omit<Strike, 'nth'>[] = [
  ...WITH_CALLS.flatMap((moment) => FAULTS.map((fault) => ({ in: moment, fault }))),
  ...WITHOUT_CALLS.flatMap((moment) => ANYWHERE.map((fault) => ({ in: moment, fault }))),
];
