import type { StateChange } from '../../emulation/state.ts';
import type { Persistence } from './persistence.ts';

/** Makes changes durable in the order in which they happened; those that wait for a write share the next one. */
export interface CommitQueue {
  /**
   * Resolves when these changes and all earlier ones are durable. Without changes it still waits for the earlier ones:
   * an answer may only tell what can no longer be lost. After a failed write everything rejects.
   */
  commit(changes: readonly StateChange[], options?: { readonly replacing?: boolean }): Promise<void>;
}

interface Batch {
  readonly changes: Map<string, StateChange>;
  readonly durable: Promise<void>;
}

export function createCommitQueue(persistence: Persistence): CommitQueue {
  let tail: Promise<void> = Promise.resolve();
  let open: Batch | undefined;

  function start(replacing: boolean): Batch {
    const changes = new Map<string, StateChange>();
    const batch: Batch = {
      changes,
      durable: tail.then(() => {
        if (open === batch) open = undefined;
        return persistence.write([...changes.values()], { replacing });
      }),
    };
    tail = batch.durable;
    tail.catch(() => undefined);
    open = batch;
    return batch;
  }

  return {
    commit(changes, { replacing = false } = {}) {
      if (changes.length === 0 && !replacing) return tail;
      const batch = open && !replacing ? open : start(replacing);
      for (const change of changes) batch.changes.set(`${change.collection}\n${change.key}`, change);
      return batch.durable;
    },
  };
}
