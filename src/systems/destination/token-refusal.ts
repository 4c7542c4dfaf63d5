import { tokenError } from '../protocols/oauth/wire.ts';
import { TOKEN_ANSWER_MARK } from './wire.ts';

/** Why a token was refused, in the reader's terms. */
export interface Refusal {
  readonly code: string;
  readonly because: string;
  readonly remedy: string;
}

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
  const { error, error_description: description } = parsed.data;
  // A relayed refusal of the identity provider stands in the description as JSON (UAA source, PasswordGrantAuthenticationManager).
  const inner = tokenError.safeParse(parseJson(description ?? ''));
  const told = inner.success
    ? [inner.data.error, inner.data.error_description].filter(Boolean).join(': ')
    : description;
  return [error, told].filter(Boolean).join(': ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}

/**
 * UAA distinguishes its refusals by their description only; these are the texts of its source (PasswordGrantAuthenticationManager,
 * PeriodLockoutPolicy, AuthzAuthenticationManager) and of SAP's page on status code 401 (fd5865e).
 */
const REFUSALS: readonly (readonly [RegExp, Refusal])[] = [
  [
    /origin provided in the login_hint/i,
    {
      code: 'DESTINATION_TOKEN_ORIGIN',
      because: 'UAA knows no active identity provider with this origin key that supports the password grant',
      remedy: 'look at the hop of the trust; set `trust: establish` and run `locum apply`',
    },
  ],
  [
    /locked/i,
    {
      code: 'DESTINATION_TOKEN_LOCKED',
      because: 'the user is locked after too many failed logins',
      remedy: 'unlock the user in the identity provider or wait, and find who logs in with an old password',
    },
  ],
  [
    /password change required|initial password|password.*(expired|must be changed)/i,
    {
      code: 'DESTINATION_TOKEN_PASSWORD_CHANGE',
      because: 'the password must be changed before the user can log in',
      remedy: 'run `locum apply`: it sets a definitive password',
    },
  ],
  [
    /not verified/i,
    {
      code: 'DESTINATION_TOKEN_NOT_VERIFIED',
      because: 'the e-mail of the user is not verified',
      remedy: 'run `locum apply`: it marks the e-mail as verified',
    },
  ],
  [
    /bad credentials|invalid_grant/i,
    {
      code: 'DESTINATION_TOKEN_BAD_CREDENTIALS',
      because: 'the identity provider refuses user name or password',
      remedy: 'look at the hops of the user above, then run `locum apply`',
    },
  ],
];

/** Explains why a token was refused. */
export function explainRefusal(reason: string): Refusal {
  const known = REFUSALS.find(([pattern]) => pattern.test(reason))?.[1];
  const refusal = known ?? {
    code: 'DESTINATION_TOKEN_REFUSED',
    because: 'the token service refused the login',
    remedy: 'look at the hops above, then run `locum apply`',
  };
  return { ...refusal, because: `${refusal.because} (${reason})` };
}
