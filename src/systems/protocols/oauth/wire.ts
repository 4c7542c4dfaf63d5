import { z } from 'zod';

/** OAuth 2.0 token answer as UAA, XSUAA and IAS send it (RFC 6749 §5.1; cf-uaa-and-cf-api notes §2.3). */
export const tokenResponse = z.looseObject({
  access_token: z.string(),
  token_type: z.string(),
  /** Seconds. */
  expires_in: z.coerce.number(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  scope: z.string().optional(),
});

/** OAuth 2.0 error answer (RFC 6749 §5.2). */
export const tokenError = z.looseObject({ error: z.string(), error_description: z.string().optional() });

/** The `login_hint` value that UAA parses: JSON, not a bare origin key (UAA source, UaaLoginHint). */
export function loginHint(originKey: string): string {
  return JSON.stringify({ origin: originKey });
}
