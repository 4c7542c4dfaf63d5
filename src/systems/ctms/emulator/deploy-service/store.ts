import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Collection } from '../../../../emulation/state.ts';

/** A file uploaded to a space, to be deployed from. */
export interface DeployFile {
  readonly id: string;
  /** GUID of the space. */
  readonly space: string;
  readonly namespace?: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** MD5, upper-case hex (multiapps-controller, persistence Constants). */
  readonly digest: string;
  /** Base64. */
  readonly content: string;
}

/** The upload of a file that the deploy service fetches itself. */
export interface UploadJob {
  readonly id: string;
  readonly space: string;
  readonly namespace?: string;
  readonly user: string;
  /** Without user info. */
  readonly url: string;
  /** Epoch milliseconds from which it is over. */
  readonly endsAt: number;
  readonly bytes: number;
  readonly result:
    | { readonly file: string; readonly mtaId?: string; readonly schemaVersion?: string }
    | { readonly error: string };
}

export type OperationState = 'RUNNING' | 'FINISHED' | 'ERROR' | 'ABORTED' | 'ACTION_REQUIRED';

export interface OperationMessage {
  readonly id: number;
  readonly type: 'INFO' | 'WARNING' | 'ERROR' | 'EXT' | 'TASK_STARTUP';
  readonly text: string;
  /** Epoch milliseconds; it is not told before. */
  readonly at: number;
}

/** A process of the deploy service: an operation of the REST API, a process with one task in the SL protocol. */
export interface Operation {
  readonly id: string;
  readonly landscape: string;
  readonly space: string;
  readonly processType: string;
  readonly namespace?: string;
  readonly mtaId?: string;
  /** Name of the user. */
  readonly user: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** When it leaves RUNNING. */
  readonly endsAt: number;
  /** Its state from then on. */
  readonly outcome: Exclude<OperationState, 'RUNNING'>;
  readonly errorType?: 'CONTENT' | 'INFRASTRUCTURE';
  readonly messages: readonly OperationMessage[];
}

interface MtaModule {
  readonly moduleName: string;
  readonly appName: string;
  /** Absent when the Cloud Controller has no app for it. */
  readonly appGuid?: string;
  readonly provided: readonly string[];
  readonly services: readonly string[];
}

/** A deployed MTA. */
export interface Mta {
  readonly space: string;
  readonly id: string;
  readonly version: string;
  readonly namespace?: string;
  readonly modules: readonly MtaModule[];
  readonly services: readonly string[];
}

export interface DeployStore {
  readonly files: Collection<DeployFile>;
  readonly jobs: Collection<UploadJob>;
  readonly operations: Collection<Operation>;
  readonly mtas: Collection<Mta>;
  /** Key material of the CSRF tokens, under `key`. */
  readonly csrf: Collection<string>;
}

export function createDeployStore(ctx: Pick<EmulatorContext, 'state'>): DeployStore {
  const space = { space: (row: { readonly space: string }) => row.space };
  return {
    files: ctx.state.collection<DeployFile>('ctms/deploy-files', space),
    jobs: ctx.state.collection<UploadJob>('ctms/deploy-upload-jobs', space),
    operations: ctx.state.collection<Operation>('ctms/deploy-operations', space),
    mtas: ctx.state.collection<Mta>('ctms/deploy-mtas', space),
    csrf: ctx.state.collection<string>('ctms/deploy-csrf'),
  };
}

export function mtaKey({ space, id, namespace }: Pick<Mta, 'space' | 'id' | 'namespace'>): string {
  return `${space}/${namespace ?? ''}/${id}`;
}
