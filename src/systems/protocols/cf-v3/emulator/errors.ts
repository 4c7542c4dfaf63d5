/** An error of the Cloud Controller, as semantics throw it and routes send it. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: number;

  constructor(status: number, title: string, code: number, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.title = title;
    this.code = code;
  }

  /** Key order as recorded. */
  body(): { errors: readonly ErrorRow[] } {
    return { errors: [{ detail: this.message, title: this.title, code: this.code }] };
  }
}

/** One error in a body, or in a failed job. */
export interface ErrorRow {
  readonly detail: string;
  readonly title: string;
  readonly code: number;
}

// Names and codes: cloud_controller_ng, errors/v2.yml.
export const unauthenticated = () => new ApiError(401, 'CF-NotAuthenticated', 10002, 'Authentication error');
export const invalidToken = () => new ApiError(401, 'CF-InvalidAuthToken', 1000, 'Invalid Auth Token');
export const notAuthorized = () =>
  new ApiError(403, 'CF-NotAuthorized', 10003, 'You are not authorized to perform the requested action');
export const orgSuspended = () => new ApiError(403, 'CF-OrgSuspended', 10017, 'The organization is suspended');
export const featureDisabled = (flag: string) =>
  new ApiError(403, 'CF-FeatureDisabled', 330002, `Feature Disabled: ${flag}`);
/** "Service credential binding": the name of a resource as a sentence begins with it. */
export const notFound = (what: string) => resourceNotFound(`${what} not found`);
export const resourceNotFound = (detail: string) => new ApiError(404, 'CF-ResourceNotFound', 10010, detail);
export const unprocessable = (detail: string) => new ApiError(422, 'CF-UnprocessableEntity', 10008, detail);
export const badQuery = (detail: string) =>
  new ApiError(400, 'CF-BadQueryParameter', 10005, `The query parameter is invalid: ${detail}`);
export const badRequest = (detail: string) => new ApiError(400, 'CF-BadRequest', 1004, `Bad request: ${detail}`);
export const parseError = () =>
  new ApiError(400, 'CF-MessageParseError', 1001, 'Request invalid due to parse error: invalid request body');
export const rateLimited = () => new ApiError(429, 'CF-RateLimitExceeded', 10013, 'Rate Limit Exceeded');
export const instanceParametersNotSupported = () =>
  new ApiError(
    400,
    'CF-ServiceFetchInstanceParametersNotSupported',
    120004,
    'This service does not support fetching service instance parameters.',
  );
export const bindingParametersNotSupported = () =>
  new ApiError(
    400,
    'CF-ServiceFetchBindingParametersNotSupported',
    90007,
    'This service does not support fetching service binding parameters.',
  );
/** In version 3 of the API it is no bad request. */
export const alreadyBound = () =>
  new ApiError(
    422,
    'CF-ServiceInstanceAlreadyBoundToSameRoute',
    130008,
    'The route and service instance are already bound.',
  );
export const unshareFailed = (detail: string) =>
  new ApiError(502, 'CF-ServiceInstanceUnshareFailed', 390001, `Unshare of service instance failed: \n\n${detail}`);
export const invalidRelation = (detail: string) => new ApiError(400, 'CF-InvalidRelation', 1002, detail);
export const uniqueness = (detail: string) => new ApiError(422, 'CF-UniquenessError', 10016, detail);
/** Recorded for an empty origin in `POST /v3/users`. */
export const unknownError = () => new ApiError(500, 'UnknownError', 10001, 'An unknown error occurred.');
