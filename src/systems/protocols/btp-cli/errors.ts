import { RemoteError } from '../../../kernel/errors.ts';
import { errorCodeOf } from '../http/refusal.ts';
import { CIS_CODE, errorBody } from './wire.ts';

const SYSTEM = 'btp-cli';

/** What an answer of the command-line server says, after both of its status layers were looked at. */
export interface Verdict {
  /** What was done, e.g. `security/trust?list`. */
  readonly operation: string;
  /** HTTP status, or the tunnelled status of the service behind the server. */
  readonly status: number;
  readonly body?: unknown;
  /** The correlation id that we sent: the server never echoes it. */
  readonly correlationId: string;
  /** Whether a 5xx leaves open if the command took effect. */
  readonly mutation: boolean;
}

/** The error of a refused command or login. Its service code is the CIS code inside the prose, when there is one. */
export function errorOf(verdict: Verdict): RemoteError {
  const { status, operation } = verdict;
  const code = serviceCodeOf(verdict.body);
  const remedy = REMEDIES[status];
  return new RemoteError(errorCodeOf(status), {
    system: SYSTEM,
    operation,
    status,
    correlationId: verdict.correlationId,
    retryable: status === 429 || status >= 500,
    outcome: verdict.mutation && status >= 500 ? 'unknown' : 'refused',
    ...(code === undefined ? {} : { serviceCode: code }),
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** An answer that says success in a shape that we do not know. */
export function unreadable(operation: string, status: number, correlationId: string, cause?: unknown): RemoteError {
  return new RemoteError('ERR_REMOTE_BROKEN', { system: SYSTEM, operation, status, correlationId, cause });
}

/** Adds our correlation id to an error of the HTTP layer, which cannot know it. */
export function withCorrelation(error: unknown, correlationId: string): unknown {
  if (!(error instanceof RemoteError) || error.correlationId !== undefined) return error;
  return error.retold({ correlationId });
}

/** The code of the account service, e.g. `20004`. */
export function serviceCodeOf(body: unknown): string | undefined {
  const parsed = errorBody.safeParse(body);
  return parsed.success ? CIS_CODE.exec(parsed.data.error ?? '')?.[1] : undefined;
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'check user, password and identity provider of this login',
  403: 'the login lacks a role collection there (e.g. Subaccount Administrator), or the account does not exist',
  412: 'the server no longer speaks our protocol version: update Locum',
};
