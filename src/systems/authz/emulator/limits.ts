import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { OAuthError } from './xsuaa/errors.ts';

/** Requests a second and subaccount that are served at once (btp:d203e2d). */
const PER_SECOND = { token: 60, authorization: 45, 'identity-providers': 30, scim: 3 } as const;

export type LimitedApi = keyof typeof PER_SECOND;

/** assumed: how long a request may stand in the queue; "a certain time" is all that is documented. */
const LONGEST_WAIT = 1000;

/** Bytes (btp:d203e2d). */
const LARGEST_HEADER = 16 * 1024;
const LARGEST_BODY = 1024 * 1024;

/** Limits of XSUAA, per subaccount. They are counted in memory only: after a restart a second begins anew. */
export interface Limits {
  /**
   * Waits until a request may be served.
   * @throws OAuthError 429 with `Retry-After` when it would wait too long; 431 or 413 when it is too large
   */
  admit(request: Request, zone: string, api: LimitedApi | undefined): Promise<void>;
}

export function createLimits(ctx: Pick<EmulatorContext, 'now' | 'sleep' | 'switched'>): Limits {
  /** When the newest requests were, or will be, served. */
  const served = new Map<string, number[]>();

  return {
    async admit(request, zone, api) {
      refuseLarge(request);
      if (api === undefined || !ctx.switched('xsuaa.rateLimit', true)) return;
      const now = ctx.now();
      const key = `${zone}/${api}`;
      const times = served.get(key) ?? [];
      const before = times.at(-PER_SECOND[api]);
      const turn = Math.max(now, before === undefined ? now : before + 1000);
      if (turn - now > LONGEST_WAIT) throw tooManyRequests(Math.ceil((turn - now) / 1000));
      served.set(key, [...times.slice(1 - PER_SECOND[api]), turn]);
      if (turn > now) await ctx.sleep(turn - now);
    },
  };
}

function refuseLarge(request: Request): void {
  let size = 0;
  for (const [name, value] of request.headers) size += name.length + value.length + 4;
  // assumed: the statuses; the sizes are documented.
  if (size > LARGEST_HEADER) throw new OAuthError(431, 'invalid_request', 'Request Header Fields Too Large');
  if (Number(request.headers.get('content-length') ?? 0) > LARGEST_BODY) throw tooLarge();
}

/** The body of a request as text. @throws OAuthError 413 */
export async function limitedText(request: Request): Promise<string> {
  const text = await request.text();
  if (text.length > LARGEST_BODY) throw tooLarge();
  return text;
}

function tooLarge(): OAuthError {
  return new OAuthError(413, 'invalid_request', 'Payload Too Large');
}

function tooManyRequests(seconds: number): OAuthError {
  return new OAuthError(429, 'too_many_requests', 'Rate limit exceeded', { retryAfter: seconds });
}
