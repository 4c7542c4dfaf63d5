/** An error of UAA: `{"error":…,"error_description":…}` (UAA source 13dc87a). */
export class UaaError extends Error {
  readonly status: number;
  readonly error: string;
  /** Value of WWW-Authenticate; only answers of the filter chain have one. */
  readonly challenge: string | undefined;
  readonly extra: Readonly<Record<string, string>>;

  constructor(
    status: number,
    error: string,
    description: string,
    options: { readonly challenge?: string; readonly extra?: Readonly<Record<string, string>> } = {},
  ) {
    super(description);
    this.name = 'UaaError';
    this.status = status;
    this.error = error;
    this.challenge = options.challenge;
    this.extra = options.extra ?? {};
  }

  body(): Record<string, string> {
    return { error: this.error, error_description: this.message, ...this.extra };
  }
}

const challenge = (description: string) =>
  `Basic realm="UAA/client", error="unauthorized", error_description="${description}"`;

/** 401 `invalid_client`; its challenge always says "Bad credentials" (UAA ClientBasicAuthenticationFilter). */
export const invalidClient = (description: string) =>
  new UaaError(401, 'invalid_client', description, { challenge: challenge('Bad credentials') });

/** 401 `unauthorized`: the filter chain refused for a reason that it names. */
export const unauthorized = (description: string) =>
  new UaaError(401, 'unauthorized', description, { challenge: challenge(description) });

/** User name or password is wrong; builds before 2024 called it `unauthorized` (destination notes §1.9). */
export const badCredentials = (legacy: boolean, description = 'Bad credentials') =>
  legacy ? unauthorized(description) : invalidClient(description);

export const accessDenied = (description: string) => new UaaError(403, 'access_denied', description);
export const invalidToken = (description: string) => new UaaError(401, 'invalid_token', description);
export const invalidScope = (description: string, extra?: Readonly<Record<string, string>>) =>
  new UaaError(400, 'invalid_scope', description, extra ? { extra } : {});
export const invalidRequest = (description: string) => new UaaError(400, 'invalid_request', description);
export const invalidGrant = (description: string) => new UaaError(400, 'invalid_grant', description);
export const insufficientScope = (scope: string) =>
  new UaaError(403, 'insufficient_scope', 'Insufficient scope for this resource', { extra: { scope } });
export const methodNotAllowed = (method: string) =>
  new UaaError(405, 'method_not_allowed', `Request method '${method}' not supported`);
/** `assumed`: the source leaves the exception of an unreachable identity provider uncaught. */
export const providerFailed = () => new UaaError(500, 'server_error', 'Internal Server Error');
