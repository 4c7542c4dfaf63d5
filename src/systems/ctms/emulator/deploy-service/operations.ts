import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { type Apps, ControllerError } from './apps.ts';
import { ArchiveError, readArchive } from './archive.ts';
import type { Caller } from './authentication.ts';
import { backUp, removeApps, rollBack } from './backups.ts';
import { badRequest, notFound } from './errors.ts';
import {
  type DeployStore,
  type Mta,
  mtaKey,
  type Operation,
  type OperationMessage,
  type OperationState,
} from './store.ts';
import { contentOf } from './uploads.ts';

/** Milliseconds of the landscape's clock that a deployment takes; clients poll every three seconds. Assumed. */
const DEPLOYMENT_MS = 4000;

/** Process types, with the service that starts each in the SL protocol (multiapps-controller, process Constants). */
export const PROCESS_TYPES = {
  DEPLOY: { serviceId: 'xs2-deploy', displayName: 'Deploy', version: '1.2', required: [] },
  BLUE_GREEN_DEPLOY: { serviceId: 'xs2-bg-deploy', displayName: 'Blue-Green Deploy', version: '1.2', required: [] },
  UNDEPLOY: { serviceId: 'xs2-undeploy', displayName: 'Undeploy', version: '1.0', required: ['mtaId'] },
  CTS_DEPLOY: { serviceId: 'CTS_DEPLOY', displayName: 'CTS Deploy', version: '1.0', required: ['ctsProcessId'] },
} as const;
export type ProcessType = keyof typeof PROCESS_TYPES;

export interface NewOperation {
  readonly processType: string;
  readonly namespace?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

type Parts = {
  readonly ctx: Pick<EmulatorContext, 'id' | 'now'>;
  readonly store: DeployStore;
  readonly apps: Apps;
};

/** What a run of a process came to. */
type Result = Pick<Operation, 'outcome' | 'errorType' | 'mtaId'> & { readonly texts: readonly string[] };

/** How far a run has come; one that fails keeps its MTA and what it told before (recordings resource_mta_invalid_*). */
interface Progress {
  mtaId?: string;
  readonly texts: string[];
}

/**
 * Starts a process. What it does is done at once, and told little by little until its time is over.
 * @throws DeployFault when a parameter is missing
 */
export async function startOperation(
  parts: Parts,
  caller: Caller,
  space: string,
  wanted: NewOperation,
): Promise<Operation> {
  const { ctx, store } = parts;
  const required = requiredFor(wanted.processType);
  if (!required) throw badRequest(`Illegal process type: ${wanted.processType}`);
  const missing = required.filter((name) => !text(wanted.parameters[name]));
  if (missing.length > 0) throw badRequest(`Required parameters ${missing.join(',')} are not set!`);
  const head = {
    id: ctx.id(),
    landscape: caller.landscape,
    space,
    user: caller.userName,
    ...wanted,
  };
  const done = await run(parts, caller, head);
  // A transport leaves no failed process behind, which would keep the next one from the MTA (CtsDeployMetadata).
  const aborts = wanted.processType === 'CTS_DEPLOY' || isTrue(wanted.parameters.abortOnError);
  const result: Result = done.outcome === 'ERROR' && aborts ? { ...done, outcome: 'ABORTED' } : done;
  const operation = { ...head, ...timed(ctx.now(), result) };
  store.operations.set(operation.id, operation);
  return operation;
}

/** Does what the process is for. */
function run(parts: Parts, caller: Caller, operation: Head): Promise<Result> {
  const works: Readonly<Record<string, typeof deploy>> = { UNDEPLOY: undeploy, ROLLBACK_MTA: rollback };
  const work = works[operation.processType] ?? deploy;
  const progress: Progress = { texts: [] };
  return work(parts, caller, operation, progress).catch((error: unknown): Result => {
    const content = error instanceof ArchiveError;
    if (!content && !(error instanceof ControllerError)) throw error;
    const texts = [...progress.texts, error.message];
    return { ...progress, outcome: 'ERROR', errorType: content ? 'CONTENT' : 'INFRASTRUCTURE', texts };
  });
}

type Head = Pick<Operation, 'id' | 'landscape' | 'space' | 'user' | 'processType' | 'namespace' | 'parameters'>;

/** Progress texts of multiapps-controller, process Messages. */
async function deploy(
  { ctx, store, apps }: Parts,
  caller: Caller,
  operation: Head,
  progress: Progress,
): Promise<Result> {
  const { space, namespace, parameters } = operation;
  const archiveId = text(parameters.appArchiveId);
  if (archiveId === undefined) throw new ArchiveError('Required process variable "appArchiveId" is missing.');
  const archive = readArchive(contentOf(store, space, archiveId));
  progress.mtaId = archive.id;
  const { texts } = progress;
  texts.push('Processing MTA archive...', 'Detecting deployed MTA...');
  const rival = runningFor(store, ctx.now(), operation, archive.id);
  if (rival) {
    const refusal = `Conflicting process "${rival.id}" found for MTA "${archive.id}"`;
    return { outcome: 'ERROR', errorType: 'CONTENT', mtaId: archive.id, texts: [...texts, refusal] };
  }
  const extensions = text(parameters.mtaExtDescriptorId);
  if (extensions !== undefined) contentOf(store, space, extensions);
  const place = { space, id: archive.id, ...(namespace === undefined ? {} : { namespace }) };
  const deployed = store.mtas.get(mtaKey(place));
  texts.push(
    deployed
      ? `Detected deployed MTA with ID "${deployed.id}" and version "${deployed.version}"`
      : `No deployed MTA detected - this is initial deployment of MTA with ID "${archive.id}"`,
    `Detected new MTA version: "${archive.version}"`,
  );
  // The apps of a backup stay, and the new ones are new.
  const kept = deployed && isBackedUp(operation, deployed, archive.version) ? deployed : undefined;
  if (kept) texts.push(...(await backUp({ store, apps }, caller, kept)));
  const before = kept ? undefined : deployed;
  let mta: Mta = { ...place, version: archive.version, modules: [], services: archive.services };
  for (const service of archive.services) texts.push(`Processing service "${service}"...`);
  for (const module of archive.modules) {
    texts.push(`Creating application "${module.appName}" from MTA module "${module.moduleName}"...`);
    const appGuid = await apps.ensure(caller, mta, module);
    mta = { ...mta, modules: [...mta.modules, { ...module, ...(appGuid === undefined ? {} : { appGuid }) }] };
  }
  for (const gone of before?.modules ?? []) {
    if (mta.modules.some(({ appName }) => appName === gone.appName)) continue;
    texts.push(`Deleting application "${gone.appName}"...`);
    if (gone.appGuid !== undefined) await apps.remove(caller, gone.appGuid);
  }
  store.mtas.set(mtaKey(place), mta);
  if (!isTrue(parameters.keepFiles)) for (const id of archiveId.split(',')) store.files.delete(id);
  const waits = operation.processType === 'BLUE_GREEN_DEPLOY' && !isTrue(parameters.noConfirm);
  return { outcome: waits ? 'ACTION_REQUIRED' : 'FINISHED', mtaId: archive.id, texts };
}

/** Only where a new version stands beside the old one can that be kept (multiapps-controller, `shouldBackupPreviousVersion`). */
function isBackedUp({ processType, parameters }: Head, deployed: Mta, version: string): boolean {
  const wanted = processType === 'BLUE_GREEN_DEPLOY' && isTrue(parameters.shouldBackupPreviousVersion);
  return wanted && deployed.version !== version;
}

async function undeploy({ store, apps }: Parts, caller: Caller, operation: Head): Promise<Result> {
  const place = placeOf(operation);
  const mta = store.mtas.get(mtaKey(place));
  const deleted = mta ? await removeApps(apps, caller, mta) : [];
  store.mtas.delete(mtaKey(place));
  return { outcome: 'FINISHED', mtaId: place.id, texts: ['Detecting deployed MTA...', ...deleted] };
}

async function rollback(parts: Parts, caller: Caller, operation: Head): Promise<Result> {
  const place = placeOf(operation);
  const texts = ['Detecting deployed MTA...', ...(await rollBack(parts, caller, place))];
  return { outcome: 'FINISHED', mtaId: place.id, texts };
}

/** The MTA that a process names. */
function placeOf({ space, namespace, parameters }: Head) {
  return { space, id: text(parameters.mtaId) ?? '', ...(namespace === undefined ? {} : { namespace }) };
}

export type Action = 'abort' | 'retry' | 'resume' | 'monitor';

/** What can be done with a process now (multiapps-controller, OperationsApiServiceImpl). */
export function actionsOf(operation: Operation, now: number): readonly Action[] {
  switch (stateOf(operation, now)) {
    case 'ERROR':
      return ['abort', 'retry'];
    case 'RUNNING':
      return ['abort'];
    case 'ACTION_REQUIRED':
      return ['abort', 'resume'];
    default:
      return [];
  }
}

export async function act(parts: Parts, caller: Caller, operation: Operation, action: string): Promise<void> {
  const { ctx, store } = parts;
  const now = ctx.now();
  if (!actionsOf(operation, now).some((possible) => possible === action)) {
    throw badRequest(
      `Action "${action}" cannot be executed over operation "${operation.id}" in state "${stateOf(operation, now)}".`,
    );
  }
  const { errorType: _errorType, ...rest } = operation;
  const told = toldBy(operation, now);
  if (action === 'abort') {
    store.operations.set(operation.id, { ...operation, messages: told, outcome: 'ABORTED', endsAt: now });
  } else if (action === 'resume') {
    const next = timed(now, { outcome: 'FINISHED', texts: [] }, told);
    store.operations.set(operation.id, { ...rest, ...next, startedAt: operation.startedAt });
  } else {
    const next = timed(now, await run(parts, caller, operation), told);
    store.operations.set(operation.id, { ...rest, ...next, startedAt: operation.startedAt });
  }
}

export function operationOf(store: DeployStore, space: string, id: string): Operation {
  const operation = store.operations.get(id);
  if (operation?.space !== space) throw notFound(`Operation "${id}" was not found.`);
  return operation;
}

export function stateOf(operation: Operation, now: number): OperationState {
  return now < operation.endsAt ? 'RUNNING' : operation.outcome;
}

/** Whether it can still change, and keeps others from its MTA. */
function isOpen(operation: Operation, now: number): boolean {
  return ['RUNNING', 'ERROR', 'ACTION_REQUIRED'].includes(stateOf(operation, now));
}

/** Messages that a reader sees by now. */
export function toldBy(operation: Operation, now: number): readonly OperationMessage[] {
  return operation.messages.filter((message) => message.at <= now);
}

/** The process that has acquired the lock of an MTA, if it is not over. */
function runningFor(store: DeployStore, now: number, { id, space, namespace }: Head, mtaId: string) {
  return store.operations
    .by('space', space)
    .find(
      (other) =>
        other.id !== id &&
        other.mtaId === mtaId &&
        other.namespace === namespace &&
        hasLock(other) &&
        isOpen(other, now),
    );
}

/** One that failed before it acquired the lock holds none. */
export function hasLock(operation: Operation): boolean {
  return operation.mtaId !== undefined && !operation.messages.some(({ text: told }) => told.startsWith('Conflicting'));
}

/** Spreads what happened over the time that it takes. */
function timed(now: number, result: Result, before: readonly OperationMessage[] = []) {
  const { texts, ...rest } = result;
  const first = (before.at(-1)?.id ?? 0) + 1;
  const messages = texts.map(
    (words, index): OperationMessage => ({
      id: first + index,
      type: result.errorType !== undefined && index === texts.length - 1 ? 'ERROR' : 'INFO',
      text: words,
      at: now + Math.round((DEPLOYMENT_MS * (index + 1)) / (texts.length + 1)),
    }),
  );
  return { ...rest, startedAt: now, endsAt: now + DEPLOYMENT_MS, messages: [...before, ...messages] };
}

/** Parameters that a process needs; undefined for one that there is not. Rolling back has no service in the SL protocol (assumed). */
function requiredFor(processType: string): readonly string[] | undefined {
  if (processType === 'ROLLBACK_MTA') return ['mtaId'];
  return isProcessType(processType) ? PROCESS_TYPES[processType].required : undefined;
}

function isProcessType(name: string): name is ProcessType {
  return Object.hasOwn(PROCESS_TYPES, name);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
