import { tokenError } from '../protocols/oauth/wire.ts';
import { TOKEN_ANSWER_MARK } from './wire.ts';

/** A failed token retrieval, as far as it can be read. */
export interface TokenFailure {
  /** HTTP status of the token service, when told. */
  readonly status?: number;
  /** `error: error_description` of its answer, or what the Destination service says itself. */
  readonly reason: string;
}

/**
 * Reads the `error` of a token that find could not fetch. It is prose with the token service's answer at the end
 * (cloud-sdk-js issues 4213, 3764, 1932); the answer is parsed, the prose kept up to it.
 */
export function readTokenFailure(text: string): TokenFailure {
  const mark = text.indexOf(TOKEN_ANSWER_MARK);
  const own = (mark < 0 ? text : text.slice(0, mark)).trim();
  const status = /status code (\d{3})\b/.exec(own)?.[1];
  const answer = mark < 0 ? undefined : answered(text.slice(mark + TOKEN_ANSWER_MARK.length));
  return {
    ...(status === undefined ? {} : { status: Number(status) }),
    reason: (answer ?? own).slice(0, 300),
  };
}

function answered(body: string): string | undefined {
  const parsed = tokenError.safeParse(parseJson(body));
  if (!parsed.success) return;
  return [parsed.data.error, parsed.data.error_description].filter(Boolean).join(': ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}
