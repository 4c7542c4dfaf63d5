/** What a service behind the command-line server answers; the server tunnels it inside HTTP 200. */
export interface Answer {
  /** Status of the service. */
  readonly status: number;
  /** JSON body; absent with `text` absent = empty body. */
  readonly json?: unknown;
  /** Plain text, which the server calls `application/json` all the same (recording …invalid_idp). */
  readonly text?: string;
  /** `X-Cpcli-Backend-Message`. */
  readonly message?: string;
  /** Whether an empty body has a media type all the same, as some services name one (recording of connectivity/destination?create). */
  readonly labelled?: boolean;
  /** Whether an error has the media type of the service's other answers; those of most services come as `application/json`. */
  readonly alike?: boolean;
}

export function found(json: unknown): Answer {
  return { status: 200, json };
}

/** Success without a body: no media type header either (recordings of role-collection?update). */
export function done(): Answer {
  return { status: 200 };
}

/** Error of a service behind the server. */
export function failure(status: number, error: string): Answer {
  return { status, json: { error } };
}

/** Error of the account service: the server writes its code into the prose (notes §3.2). */
export function cisFailure(message: string, code: number, status: number): Answer {
  return failure(status, `${message} [Error: ${code}/${status}]`);
}

/** Recording resource_directory_role.not_security_enabled: status 403, no body, no content type. */
export function notAuthorized(): Answer {
  return { status: 403, message: 'You are not authorized to use this command.' };
}
