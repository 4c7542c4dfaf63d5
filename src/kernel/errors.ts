/** A place in a manifest file. Lines and columns start at 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type ErrorCode =
  | 'ERR_MANIFEST'
  | 'ERR_CONFIG'
  | 'ERR_CONFIG_SECRET'
  | 'ERR_CONFIG_CONNECTION'
  | 'ERR_STORE_LOCKED'
  | 'ERR_STORE_CORRUPT'
  | 'ERR_VAULT_KEY'
  | 'ERR_LANDSCAPE_LOCKED'
  | 'ERR_REMOTE_UNREACHABLE'
  | 'ERR_REMOTE_CREDENTIALS'
  | 'ERR_REMOTE_FORBIDDEN'
  | 'ERR_REMOTE_NOT_FOUND'
  | 'ERR_REMOTE_CONFLICT'
  | 'ERR_REMOTE_RATE_LIMITED'
  | 'ERR_REMOTE_REFUSED'
  | 'ERR_REMOTE_BROKEN'
  | 'ERR_REMOTE_OUTCOME_UNKNOWN'
  | 'ERR_PLAN_STALE'
  | 'ERR_PLAN_NOT_OURS'
  | 'ERR_PLAN_INVALID'
  | 'ERR_RUN_LOCKED'
  | 'ERR_RUN_INTERRUPTED'
  | 'ERR_RUN_FAILED'
  | 'ERR_POLICY'
  | 'ERR_INVARIANT';

export interface ErrorOptionsOf {
  /** What the reader can do about it, as one sentence or command. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** The base of every error that Locum throws on purpose. The message never holds a response body or a secret. */
export abstract class LocumError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptionsOf = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.name = new.target.name;
  }
}

/** One thing that is wrong with a manifest, and where. */
export interface ManifestProblem {
  readonly at: Position;
  readonly because: string;
  readonly remedy: string;
}

/** Fix the file: every problem of the manifest at once. */
export class ManifestError extends LocumError {
  readonly problems: readonly ManifestProblem[];

  constructor(problems: readonly ManifestProblem[]) {
    const lines = problems.map((p) => `${p.at.file}:${p.at.line}:${p.at.column}: ${p.because} (${p.remedy})`);
    super('ERR_MANIFEST', lines.join('\n'));
    this.problems = problems;
  }
}

/** Fix our own set-up: a missing secret, a locked store, a wrong key. */
export class ConfigError extends LocumError {}

export interface RemoteErrorOptions extends ErrorOptionsOf {
  readonly system: string;
  readonly operation: string;
  /** HTTP status (or the tunnelled backend status); absent when no answer came. */
  readonly status?: number;
  /** The vendor's own error code or title, never its prose. */
  readonly serviceCode?: string;
  readonly correlationId?: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  /** `unknown` when the request may have taken effect although no answer says so. @default 'refused' */
  readonly outcome?: 'refused' | 'unknown';
  /** Seconds the service asked us to wait. */
  readonly retryAfter?: number;
}

/** A service answered with an error, or did not answer. */
export class RemoteError extends LocumError {
  readonly system: string;
  readonly operation: string;
  readonly status: number | undefined;
  readonly serviceCode: string | undefined;
  readonly correlationId: string | undefined;
  readonly retryable: boolean;
  readonly outcome: 'refused' | 'unknown';
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, options: RemoteErrorOptions) {
    const parts = [
      options.status === undefined ? 'no answer' : `status ${options.status}`,
      options.serviceCode,
      options.correlationId && `correlation ${options.correlationId}`,
    ].filter(Boolean);
    super(code, `${options.system}: ${options.operation}: ${parts.join(', ')}`, options);
    this.system = options.system;
    this.operation = options.operation;
    this.status = options.status;
    this.serviceCode = options.serviceCode;
    this.correlationId = options.correlationId;
    this.retryable = options.retryable ?? false;
    this.outcome = options.outcome ?? 'refused';
    this.retryAfter = options.retryAfter;
  }

  /** The same error, told better by who knows more of the call than the layer that sent it. */
  retold({ code = this.code, ...better }: Partial<RemoteErrorOptions> & { readonly code?: ErrorCode }): RemoteError {
    const { system, operation, status, serviceCode, correlationId, retryable, outcome, retryAfter, remedy, cause } =
      this;
    const known = {
      system,
      operation,
      status,
      serviceCode,
      correlationId,
      retryable,
      outcome,
      retryAfter,
      remedy,
      cause,
    };
    return new RemoteError(code, { ...known, ...better });
  }
}

/** The plan can't be applied: it is stale, or touches what is not ours. */
export class PlanError extends LocumError {}

/** A run is open, locked or was interrupted. */
export class RunError extends LocumError {}

/** A finding gates the apply. */
export class PolicyError extends LocumError {}

/** Our own bug; the only class that shows a stack. */
export class InvariantError extends LocumError {
  constructor(message: string, options: ErrorOptionsOf = {}) {
    super('ERR_INVARIANT', message, options);
  }
}

/** Whether an error is news of the world or of our set-up, which can be told; our own bugs, and what is no error of ours, are thrown on. */
export function isNews(error: unknown): error is LocumError {
  return error instanceof LocumError && !(error instanceof InvariantError);
}

/** What was asked for, or the news in its place: a service that does not answer is no reason to say nothing of the others. */
export async function orNews<T>(ask: () => Promise<T>): Promise<T | LocumError> {
  try {
    return await ask();
  } catch (error) {
    if (isNews(error)) return error;
    throw error;
  }
}
