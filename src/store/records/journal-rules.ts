import { InvariantError, RunError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import type { StepIntent } from '../../kernel/ports.ts';

/** What the trail says of a step. */
export function trailChange(runId: string, step: Pick<StepIntent, 'action' | 'change'>, detail: Json): Json {
  return { run: runId, action: step.action, change: step.change, detail };
}

export const unknownRun = (runId: string) => new InvariantError(`there is no run ${runId}`);
export const begunTwice = (runId: string) => new InvariantError(`the run ${runId} was begun before`);
export const intendedTwice = (runId: string, address: string) =>
  new InvariantError(`run ${runId} already has an intent without a result for ${address}`);
export const notIntended = (runId: string, address: string) =>
  new InvariantError(`run ${runId} has no intent without a result for ${address}`);
export const stillPending = (runId: string, address: string) =>
  new InvariantError(`run ${runId} can't have succeeded: ${address} has no result`);
export const endedRun = (runId: string, status: string) =>
  new RunError('ERR_RUN_INTERRUPTED', `run ${runId} has ended (${status})`, {
    remedy: 'another process may have resumed it: look at the trail, then plan again',
  });
