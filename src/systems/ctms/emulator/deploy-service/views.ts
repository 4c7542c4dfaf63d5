import { hasLock, stateOf, toldBy } from './operations.ts';
import type { DeployFile, DeployStore, Mta, Operation, UploadJob } from './store.ts';

/** Name of the one log of a process (multiapps-controller, ProcessLoggerPersister). */
export const LOG_ID = 'OPERATION.log';

/** Bodies of the REST API (multiapps-controller, api/model). What has no value is not shown (recordings resource_mta*). */
export function fileView(file: DeployFile) {
  const { id, name, size, digest, space, namespace } = file;
  return { id, name, size, digest, digestAlgorithm: 'MD5', space, ...shown({ namespace }) };
}

function shown(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

export function jobView(job: UploadJob, store: DeployStore, now: number): { status: 200 | 201; body: object } {
  if (now < job.endsAt) return { status: 200, body: { status: 'RUNNING', bytes_processed: job.bytes } };
  if ('error' in job.result) {
    return { status: 200, body: { status: 'ERROR', error: job.result.error, client_actions: [] } };
  }
  const file = store.files.get(job.result.file);
  const { mtaId: mta_id, schemaVersion: schema_version } = job.result;
  return {
    status: 201,
    body: { status: 'FINISHED', ...(file ? { file: fileView(file) } : {}), mta_id, schema_version },
  };
}

export function operationView(operation: Operation, now: number, withMessages = false) {
  const state = stateOf(operation, now);
  const final = state === 'FINISHED' || state === 'ABORTED';
  return {
    processId: operation.id,
    processType: operation.processType,
    startedAt: zoned(operation.startedAt),
    ...(final ? { endedAt: zoned(operation.endsAt) } : {}),
    spaceId: operation.space,
    ...shown({ mtaId: operation.mtaId, namespace: operation.namespace }),
    user: operation.user,
    acquiredLock: !final && hasLock(operation),
    state,
    // In lists it is never shown.
    ...shown({ errorType: state === 'ERROR' && withMessages ? operation.errorType : undefined }),
    messages: withMessages
      ? toldBy(operation, now).map(({ id, text, at, type }) => ({ id, text, timestamp: zoned(at), type }))
      : [],
    parameters: {},
  };
}

export function mtaView({ id, version, namespace, modules, services }: Mta) {
  return {
    metadata: { id, version, ...shown({ namespace }) },
    modules: modules.map((module) => ({
      moduleName: module.moduleName,
      appName: module.appName,
      // The misspelling is the service's.
      providedDendencyNames: module.provided,
      services: module.services,
      uris: [],
    })),
    services,
  };
}

/** Lines of the log by now. */
export function logOf(operation: Operation, now: number): string {
  return toldBy(operation, now)
    .map(({ at, type, text }) => `#2.0#${new Date(at).toISOString()}#${type}#${text}\n`)
    .join('');
}

/** Java's ISO_ZONED_DATE_TIME of a time in UTC; clients of the MTA plug-in cut the zone off. */
function zoned(at: number): string {
  return `${new Date(at).toISOString()}[UTC]`;
}
