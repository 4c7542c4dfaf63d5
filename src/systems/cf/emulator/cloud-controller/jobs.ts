import { notFound } from '../../../protocols/cf-v3/emulator/errors.ts';
import { type Acting, head, link, type Shape } from './acting.ts';
import type { CfJob } from './rows/platform.ts';
import type { Row } from './rows/row.ts';
import type { CloudControllerStore } from './store.ts';

/** How long a job is PROCESSING, when jobs take time: more than one poll of any client. */
const SLOW_MS = 2000;

/** When a job that starts now is done. */
export function doneAt({ ctx }: Pick<Acting, 'ctx'>): number {
  return ctx.now() + (ctx.switched('cf.jobsTakeTime', false) ? SLOW_MS : 0);
}

/** Records a job; what it does has been done already, only its end may come later. */
export function startJob(
  acting: Pick<Acting, 'ctx' | 'store' | 'caller'>,
  operation: string,
  result: Pick<CfJob, 'resource' | 'errors' | 'polls'> = {},
): CfJob {
  const { ctx, store, caller } = acting;
  const now = ctx.now();
  const row = { guid: ctx.id(), landscape: caller.landscape, createdAt: now, updatedAt: now };
  const job: CfJob = { ...row, operation, completeAt: doneAt(acting), ...result };
  store.jobs.set(job.guid, job);
  return job;
}

/** The job of a delete: it links what it deletes as long as that is there. `kind` such as `space_quota`. */
export function deletionJob(acting: Pick<Acting, 'ctx' | 'store' | 'caller'>, kind: string, guid: string): CfJob {
  return startJob(acting, `${kind}.delete`, { resource: { link: kind, path: `${kind}s`, guid } });
}

/** Any authenticated user may read any job. */
export function jobOf({ store, caller }: Acting, guid: string): CfJob {
  const job = store.jobs.get(guid);
  if (job?.landscape !== caller.landscape) throw notFound('Job');
  return job;
}

export function jobView(acting: Acting, job: CfJob): Shape {
  const done = acting.ctx.now() >= job.completeAt;
  const failed = (job.errors ?? []).length > 0;
  const { resource } = job;
  // What is being deleted is there until the job is done (recorded); ours is gone at once, only the link stays.
  const deletes = job.operation.endsWith('.delete');
  const exists =
    resource !== undefined &&
    (deletes ? !done : collectionAt(acting.store, resource.path)?.get(resource.guid) !== undefined);
  return {
    ...head(job),
    operation: job.operation,
    state: done ? (failed ? 'FAILED' : 'COMPLETE') : job.polls ? 'POLLING' : 'PROCESSING',
    errors: done ? (job.errors ?? []) : [],
    warnings: [],
    links: {
      self: link(acting, `/v3/jobs/${job.guid}`),
      ...(exists ? { [resource.link]: link(acting, `/v3/${resource.path}/${resource.guid}`) } : {}),
    },
  };
}

/** Where jobs find what they made. */
function collectionAt(store: CloudControllerStore, path: string): { get(guid: string): Row | undefined } | undefined {
  const collections: Readonly<Record<string, { get(guid: string): Row | undefined }>> = {
    spaces: store.spaces,
    service_instances: store.instances,
    service_credential_bindings: store.bindings,
    service_route_bindings: store.routeBindings,
    service_brokers: store.brokers,
    buildpacks: store.buildpacks,
  };
  return collections[path];
}
