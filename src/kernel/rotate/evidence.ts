import type { Unread } from '../identity.ts';
import type { Inventory } from '../inventory.ts';
import type { Consumer } from './consumer.ts';
import type { Credential } from './credential.ts';

/** What is asked of the logs: who may use a wrong secret of a credential. */
export interface TraceQuestion {
  readonly credential: Credential;
  /** Places that hold it, or may. */
  readonly consumers: readonly Consumer[];
  readonly inventory: Inventory;
  /** Epoch milliseconds. */
  readonly since: number;
}

/**
 * What a log tells. Plain JSON.
 * `refused`: a login that failed. `changed`: somebody else set the secret. `touched`: something that holds it was changed or started.
 */
export interface Trace {
  readonly kind: 'refused' | 'changed' | 'touched';
  /** An application, an address, a place, as the log names it. */
  readonly who: string;
  /** For people, after the name: `3 refused logons, the last at …`. */
  readonly because: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Evidence {
  readonly traces: readonly Trace[];
  /** Logs that could not be read: whether they tell something is unknown. */
  readonly unread: readonly Unread[];
}
