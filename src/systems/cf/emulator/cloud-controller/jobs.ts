import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { CfJob, CloudControllerStore } from './store.ts';

/** How long a job is PROCESSING, when jobs take time: more than one poll of any client. */
const SLOW_MS = 2000;

/** Records a job; what it does has been done already, only its end may come later. */
export function startJob(
  { ctx, store }: { readonly ctx: EmulatorContext; readonly store: CloudControllerStore },
  landscape: string,
  operation: string,
): CfJob {
  const now = ctx.now();
  const completeAt = now + (ctx.switched('cf.jobsTakeTime', false) ? SLOW_MS : 0);
  const job: CfJob = { guid: ctx.id(), landscape, createdAt: now, updatedAt: now, operation, completeAt };
  store.jobs.set(job.guid, job);
  return job;
}
