/** An error of UAA: `{"error":…,"error_description":…}` (UAA source 13dc87a). */
export class UaaError extends Error {
  readonly status: number;
  readonly error: string;
  /** Value of WWW-Authenticate; only answers of the filter chain have one. */
  readonly challenge: string | undefined;
  readonly extra: Readonly<Record<string, string>>;
  /** Entity tag of what was to be changed, where UAA had looked at it already. */
  etag: string | undefined;

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

/** An error of the SCIM endpoints; the name comes from that of a Java exception, the text stands twice. */
export class ScimReport extends UaaError {
  override body(): Record<string, string> {
    return { error_description: this.message, error: this.error, message: this.message, ...this.extra };
  }
}

const challenge = (description: string) =>
  `Basic realm="UAA/client", error="unauthorized", error_description="${description}"`;

/** 401 `invalid_client`; its challenge always says "Bad credentials" (UAA ClientBasicAuthenticationFilter). */
export const invalidClient = (description: string) =>
  new UaaError(401, 'invalid_client', description, { challenge: challenge('Bad credentials') });

/** Refused by the endpoint, behind the filters: of 401s the challenge tells the same as the body (UAA UaaTokenEndpoint; recorded). */
export const endpointRefusal = (error: UaaError) =>
  error.status === 401
    ? new UaaError(401, error.error, error.message, {
        challenge: `Bearer error="${error.error}", error_description="${error.message}"`,
        extra: error.extra,
      })
    : error;

/** Refused before the endpoint was reached. */
export class FilterRefusal extends UaaError {}

/** Refused by the filter that logs users in: a bare challenge, except where there is one (recorded). */
export const filterRefusal = (error: UaaError) =>
  new FilterRefusal(error.status, error.error, error.message, {
    challenge:
      error.challenge ??
      (error.status === 401
        ? `Basic realm="UAA/client", error="${error.error}", error_description="${error.message}"`
        : 'Basic realm="UAA/client"'),
    extra: error.extra,
  });

/** A client or secret that cannot be; unlike other refusals it is an answer of the resource, not of the filters. */
export class ClientRefusal extends UaaError {}

/** Passcodes have a filter of their own. */
export const passcodeRefusal = (description: string) =>
  new UaaError(401, 'unauthorized', description, {
    challenge: `Bearer realm="oauth", error="unauthorized", error_description="${description}"`,
  });

/** 401 `unauthorized`: the filter chain refused for a reason that it names. */
export const unauthorized = (description: string) =>
  new UaaError(401, 'unauthorized', description, { challenge: challenge(description) });

/** User name or password is wrong; builds before 2024 called it `unauthorized` (destination notes §1.9). */
export const badCredentials = (legacy: boolean, description = 'Bad credentials') =>
  legacy ? unauthorized(description) : invalidClient(description);

export const accessDenied = (description = 'Access is denied') => new UaaError(403, 'access_denied', description);
export const invalidToken = (description: string) => new UaaError(401, 'invalid_token', description);
export const revoked = () => invalidToken('The token expired, was revoked, or the token ID is incorrect.');
export const invalidScope = (description: string, extra?: Readonly<Record<string, string>>) =>
  new UaaError(400, 'invalid_scope', description, extra ? { extra } : {});
export const invalidRequest = (description: string) => new UaaError(400, 'invalid_request', description);
export const invalidGrant = (description: string) => new UaaError(400, 'invalid_grant', description);
export const insufficientScope = (scope: string) => {
  const text = 'Insufficient scope for this resource';
  return new UaaError(403, 'insufficient_scope', text, {
    extra: { scope },
    challenge: `Bearer error="insufficient_scope", error_description="${text}", scope="${scope}"`,
  });
};
export const methodNotAllowed = (method: string) =>
  new UaaError(405, 'method_not_allowed', `Request method '${method}' not supported`);
/** `assumed`: the source leaves the exception of an unreachable identity provider uncaught. */
export const providerFailed = () => new UaaError(500, 'server_error', 'Internal Server Error');

/** What a resource of UAA's own answers to a token that is missing or not good (UAA OAuth2AuthenticationEntryPoint). */
export const refusedBearer = (error: 'unauthorized' | 'invalid_token', description: string) =>
  new UaaError(401, error, description, {
    challenge: `Bearer realm="UAA/oauth", error="${error}", error_description="${description}"`,
  });

/** Something that none of UAA's own handlers takes: an empty document (recorded). */
export class Unhandled extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`unhandled: ${status}`);
    this.name = 'Unhandled';
    this.status = status;
  }
}

/** 400 without a name of its own. */
export const scimRefusal = (message: string, status = 400) => new ScimReport(status, 'scim', message);
export const invalidResource = (message: string) => new ScimReport(400, 'invalid_scim_resource', message);
export const invalidPassword = (message: string, status = 400) => new ScimReport(status, 'invalid_password', message);
export const scimNotFound = (message: string) => new ScimReport(404, 'scim_resource_not_found', message);
/** What nobody foresaw. */
export const scimFailure = () => new ScimReport(500, 'scim', 'Unexpected error');
export const scimConflict = (message: string) => new ScimReport(409, 'scim_resource_conflict', message);
export const alreadyExists = (message: string, extra: Readonly<Record<string, string>> = {}) =>
  new ScimReport(409, 'scim_resource_already_exists', message, { extra });
