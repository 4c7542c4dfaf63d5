/** A refusal of the deploy service: a status and the text of its body. */
export class DeployFault extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, text = '', headers: Readonly<Record<string, string>> = {}) {
    super(text);
    this.status = status;
    this.headers = headers;
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  500: 'INTERNAL_SERVER_ERROR',
  501: 'NOT_IMPLEMENTED',
  503: 'SERVICE_UNAVAILABLE',
};

/** What filters refuse is written as Spring's exception prints itself (multiapps-controller, ExceptionHandlerFilter). */
export function filterFault(status: number, reason: string): DeployFault {
  return new DeployFault(status, `${status} ${REASONS[status] ?? 'null'} "${reason}"`);
}

/** multiapps-controller, CFExceptionMapper: ContentException and IllegalArgumentException. */
export function badRequest(text: string): DeployFault {
  return new DeployFault(400, text);
}

export function notFound(text: string): DeployFault {
  return new DeployFault(404, text);
}

export function conflict(text: string): DeployFault {
  return new DeployFault(409, text);
}

/** Missing or stale CSRF token; clients fetch one when they see the header (multiapps-controller, CsrfAccessDeniedHandler). */
export function csrfRequired(): DeployFault {
  return new DeployFault(403, '', { 'x-csrf-token': 'Required' });
}
