import type { Address } from '../address.ts';
import type { Uses } from '../identity.ts';
import { USER_PATH } from '../lifecycle/removal.ts';
import type { Observed } from '../observe/observe.ts';
import type { Journal, OpenRun, StepIntent } from '../ports.ts';
import type { Diff, SystemContext } from '../system.ts';

/** Whether an intent took effect; undefined when what was looked at does not tell. */
export type Judge = (intent: StepIntent) => boolean | undefined;

/**
 * Closes runs that a crash left open: each intent without a result is judged by what was observed since. What is in
 * place was done (`found`); what is not stays `unknown` and is planned anew. Nothing is sent.
 */
export async function closeOpenRuns(
  open: readonly OpenRun[],
  judge: Judge,
  journal: Journal,
  ctx: SystemContext,
): Promise<void> {
  for (const run of open) {
    for (const intent of run.pending) {
      const result = judge(intent) ? 'found' : 'unknown';
      await journal.complete(run.id, intent.address, result, { after: 'interrupted run' }, ctx.now());
      ctx.log('run.resolved', { run: run.id, address: intent.address, result });
    }
    await journal.end(run.id, 'resumed', ctx.now());
  }
}

/** Judges by what the manifest declares. */
export function byDiffs(diffs: ReadonlyMap<Address, Diff>, observed: Observed): Judge {
  const undeclared = new Set(observed.extras.map((extra) => extra.address));
  return (intent) => {
    const action = diffs.get(intent.address)?.action;
    if (intent.action !== 'delete') return action === 'none';
    if (action !== undefined) return action === 'create';
    // Of a user that is not declared nothing was looked at; of a declared one, what is left shows as undeclared.
    return userOf(intent) === undefined && !undeclared.has(intent.address);
  };
}

/** Judges by what technical users hold; other users' intents it can't tell. */
export function byUses(uses: Uses, users: readonly string[]): Judge {
  const held = new Set(uses.found.map((use) => use.address));
  return (intent) => {
    if (!users.some((user) => userOf(intent) === user) || intent.action === 'update') return undefined;
    if (intent.action === 'create') return held.has(intent.address);
    // Not seen is not gone, while there are places that nobody could look at.
    return uses.unread.every(({ unlikely }) => unlikely) && !held.has(intent.address);
  };
}

function userOf({ change }: StepIntent): unknown {
  if (!Array.isArray(change)) return undefined;
  const named = change.find((part): part is { before?: unknown; after?: unknown } => part?.path === USER_PATH);
  return named?.before ?? named?.after;
}
