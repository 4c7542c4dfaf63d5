/** A refusal by XSUAA, in UAA's words: `{"error":…,"error_description":…}` (UAA source 13dc87a). */
export class OAuthError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 429 | 431 | 500 | 501;
  readonly error: string;
  /** Value of WWW-Authenticate. */
  readonly challenge: string | undefined;
  readonly extra: Readonly<Record<string, string>>;
  /** Seconds until the client may try again. */
  readonly retryAfter: number | undefined;

  constructor(
    status: OAuthError['status'],
    error: string,
    description: string,
    options: {
      readonly challenge?: string;
      readonly extra?: Readonly<Record<string, string>>;
      readonly retryAfter?: number;
    } = {},
  ) {
    super(description);
    this.name = 'OAuthError';
    this.status = status;
    this.error = error;
    this.challenge = options.challenge;
    this.extra = options.extra ?? {};
    this.retryAfter = options.retryAfter;
  }

  body(): Readonly<Record<string, string>> {
    return { error: this.error, error_description: this.message, ...this.extra };
  }

  headers(): Readonly<Record<string, string>> {
    // Header values are one line of Latin letters; the words of an identity provider may be anything.
    return {
      ...(this.challenge === undefined ? {} : { 'www-authenticate': this.challenge.replace(/[^\x20-\x7e]/g, ' ') }),
      ...(this.retryAfter === undefined ? {} : { 'retry-after': String(this.retryAfter) }),
    };
  }
}

const challenge = (description: string) =>
  `Basic realm="UAA/client", error="unauthorized", error_description="${description}"`;

export const invalidClient = (description: string) =>
  new OAuthError(401, 'invalid_client', description, { challenge: challenge('Bad credentials') });

export const unauthorized = (description: string) =>
  new OAuthError(401, 'unauthorized', description, { challenge: challenge(description) });

/** A resource that wants a token (recorded of the open-source UAA). */
export const refusedBearer = (description: string) =>
  new OAuthError(401, 'unauthorized', description, {
    challenge: `Bearer realm="UAA/oauth", error="unauthorized", error_description="${description}"`,
  });

/** User name or password is wrong; older builds of UAA called it `unauthorized` (switch uaa.legacyUnauthorized). */
export const badCredentials = (legacy: boolean, description = 'Bad credentials') =>
  legacy ? unauthorized(description) : invalidClient(description);

export const invalidRequest = (description: string) => new OAuthError(400, 'invalid_request', description);
export const invalidGrant = (description: string) => new OAuthError(400, 'invalid_grant', description);
export const invalidToken = (description: string) => new OAuthError(401, 'invalid_token', description);
export const insufficientScope = (scope: string) =>
  new OAuthError(403, 'insufficient_scope', 'Insufficient scope for this resource', { extra: { scope } });
export const invalidScope = (description: string) => new OAuthError(400, 'invalid_scope', description);
export const methodNotAllowed = (method: string) =>
  new OAuthError(405, 'method_not_allowed', `Request method '${method}' not supported`);
/** assumed: the source leaves the exception of an unreachable identity provider uncaught. */
export const providerFailed = () => new OAuthError(500, 'server_error', 'Internal Server Error');
/** btp:65c62c9 (A21). */
export const notPreCreated = () =>
  unauthorized('The user account must be pre-created. Please contact your system administrator.');
/** xssec takes a 400 of the keys for a wrong audience (clients.md trap 8); assumed for the other routes. */
export const noZone = () => invalidRequest('There is no identity zone for this request.');
