import type { ErrorCode } from '../../../kernel/errors.ts';

/** The reaction that a refused status asks for. */
export function errorCodeOf(status: number): ErrorCode {
  if (status === 401) return 'ERR_REMOTE_CREDENTIALS';
  if (status === 403) return 'ERR_REMOTE_FORBIDDEN';
  if (status === 404) return 'ERR_REMOTE_NOT_FOUND';
  if (status === 409) return 'ERR_REMOTE_CONFLICT';
  if (status === 429) return 'ERR_REMOTE_RATE_LIMITED';
  return status >= 500 ? 'ERR_REMOTE_BROKEN' : 'ERR_REMOTE_REFUSED';
}

/** What to do about a refused status, where a slice knows nothing better. */
export function remedyOf(status: number, system: string): string {
  if (status === 401) return `check the credentials of connections.${system}`;
  if (status === 403)
    return `the login of connections.${system} lacks the right to do this: give it, or take another one`;
  if (status === 404) return 'it is gone, or this login may not see it: run `locum plan` for a fresh look';
  if (status === 409 || status === 412) return 'somebody else changed it: run `locum plan` for a fresh look';
  if (status === 429) return 'too many calls: wait a little and run it again';
  if (status >= 500) return 'the service is in trouble: run it again later, Locum looks before it sends';
  return 'the service refuses this request: run `locum doctor` for the whole chain';
}
