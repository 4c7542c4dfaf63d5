import type { Address } from './address.ts';
import type { Journal, OpenRun } from './ports.ts';
import type { Diff, SystemContext } from './system.ts';

/**
 * Closes runs that a crash left open: each intent without a result is judged by what was observed since. What is in
 * place was done (`found`); what is not stays `unknown` and is planned anew. Nothing is sent.
 */
export async function closeOpenRuns(
  open: readonly OpenRun[],
  diffs: ReadonlyMap<Address, Diff>,
  journal: Journal,
  ctx: SystemContext,
): Promise<void> {
  for (const run of open) {
    for (const intent of run.pending) {
      const diff = diffs.get(intent.address);
      // A removal that took effect leaves nothing to judge.
      const found = intent.action === 'delete' ? diff === undefined : diff?.action === 'none';
      await journal.complete(
        run.id,
        intent.address,
        found ? 'found' : 'unknown',
        { after: 'interrupted run' },
        ctx.now(),
      );
      ctx.log('run.resolved', { run: run.id, address: intent.address, result: found ? 'found' : 'unknown' });
    }
    await journal.end(run.id, 'resumed', ctx.now());
  }
}
