import type { Context } from '../context.ts';
import { RunError } from '../errors.ts';
import type { Lease, Records, Store } from '../ports.ts';
import type { Gate, SystemContext } from '../system-context.ts';

/** How long a process may be silent before another may take over. */
const LEASE_MS = 120_000;

/** The right to change a manifest's world, with what it is exercised through. Disposing gives it back. */
export interface Turn extends AsyncDisposable {
  /** Writes are refused once another process has taken over. */
  readonly records: Records;
  /** As the command's, with the turn's records. While it lasts, no client of the command sends a change after a takeover. */
  readonly ctx: SystemContext;
}

/**
 * Waits for nobody: one process changes a manifest's world at a time. One that was paused and is overtaken finds its
 * records closed and its requests stopped when it goes on; requests that it had sent before are what the other looks up.
 * @throws {RunError} `ERR_RUN_LOCKED` when another process is at work
 */
export async function takeTurn(store: Store, who: string, ctx: SystemContext): Promise<Turn> {
  await using opening = new AsyncDisposableStack();
  const name = `run/${ctx.manifest.name}`;
  const lock = await lockOf(store, ctx.manifest.name);
  if ('held' in lock) opening.use(lock.held);
  const now = ctx.now();
  // The lock goes with its process: who gets it knows that the holder of the lease is gone.
  const evict = 'held' in lock;
  const lease = await store.leases.acquire({ name, holder: who, now, until: now + LEASE_MS, evict });
  opening.defer(() => store.leases.release(lease));
  const gate = holder(store, lease, ctx);
  // Not a fetch of the turn's own: clients are made once in a command, and some before the turn, as for a login of ours.
  ctx.gates.add(gate);
  opening.defer(() => void ctx.gates.delete(gate));
  const records = store.fenced(lease);
  const resources = opening.move();
  return {
    records,
    ctx: { ...ctx, vault: records.vault, copies: records.copies },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A fetch that asks the gates before each request. */
export function gatedFetch(fetch: Context['fetch'], gates: ReadonlySet<Gate>): Context['fetch'] {
  return async (input, init) => {
    for (const gate of gates) await gate(methodOf(input, init) !== 'GET');
    return fetch(input, init);
  };
}

/** A lock that a paused process still has is passed over: its lease says whether it is alive. */
async function lockOf(store: Store, manifest: string): Promise<{ held: AsyncDisposable } | { busy: RunError }> {
  try {
    return { held: await store.runs.acquire(manifest) };
  } catch (error) {
    if (error instanceof RunError && error.code === 'ERR_RUN_LOCKED') return { busy: error };
    throw error;
  }
}

/** Renews the lease from time to time, and asks before everything that changes something. */
function holder(store: Store, lease: Lease, ctx: SystemContext): Gate {
  let renewedAt = ctx.now();
  return async (changes) => {
    const now = ctx.now();
    if (now - renewedAt >= LEASE_MS / 4) {
      await store.leases.renew(lease, now + LEASE_MS);
      renewedAt = now;
    } else if (changes) await store.leases.confirm(lease);
  };
}

function methodOf(input: string | URL | Request, init: RequestInit | undefined): string {
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  return method === 'HEAD' ? 'GET' : method.toUpperCase();
}
