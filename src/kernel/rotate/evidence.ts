import { isNews } from '../errors.ts';
import type { Unread } from '../identity.ts';
import type { Inventory } from '../inventory.ts';
import { unreadOf } from '../observe/discover.ts';
import type { SystemContext, SystemDefinition } from '../system.ts';
import type { Consumer } from './consumer.ts';
import type { Credential } from './credential.ts';

/** Traces older than this say nothing about failed logins of now: a lock lasts an hour, and most stale programs run daily. */
const LOOK_BACK_MS = 24 * 3_600_000;

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

/** Asks every log that a system has. */
export async function gather(
  systems: readonly SystemDefinition[],
  question: Omit<TraceQuestion, 'since'>,
  ctx: SystemContext,
): Promise<Evidence> {
  const since = ctx.now() - LOOK_BACK_MS;
  const looks = await Promise.all(
    systems.map(async ({ id, traces }): Promise<Evidence> => {
      try {
        return (await traces?.({ ...question, since }, ctx)) ?? { traces: [], unread: [] };
      } catch (error) {
        if (!isNews(error)) throw error;
        return { traces: [], unread: [unreadOf(`the log of ${id}`, error)] };
      }
    }),
  );
  return { traces: looks.flatMap((look) => look.traces), unread: looks.flatMap((look) => look.unread) };
}
