import { NOT_FOUND_MESSAGE } from '../wire.ts';

/** A refusal of the service: a status and the text that becomes `{"ErrorMessage": …}`. */
export class Fault extends Error {
  readonly status: 400 | 401 | 404 | 409 | 412 | 422 | 501;
  /** Sent as `ETag` beside a 412 (OpenAPI 1.0.0). */
  readonly etag: string | undefined;

  constructor(status: Fault['status'], message: string, etag?: string) {
    super(message);
    this.status = status;
    this.etag = etag;
  }
}

/** SAP Cloud SDK compares this text exactly. */
export function notFound(): Fault {
  return new Fault(404, NOT_FOUND_MESSAGE);
}

/** terraform-provider-btp recording of a missing fragment. */
export function fragmentNotFound(name: string): Fault {
  return new Fault(404, `The fragment with the specified name '${name}' was not found`);
}

/** OpenAPI 1.0.0, example of POST. */
export function duplicate(): Fault {
  return new Fault(409, 'Duplicate key');
}

/** The texts of 400s are not published, except `Bad Request` (OpenAPI 1.0.0): assumed. */
export function badRequest(message: string): Fault {
  return new Fault(400, message);
}

export function unauthorized(): Fault {
  return new Fault(401, 'Unauthorized');
}

export function preconditionFailed(etag: string): Fault {
  return new Fault(412, 'Precondition Failed', etag);
}

/** assumed: by analogy with fragments; a missing certificate was never recorded. */
export function certificateNotFound(name: string): Fault {
  return new Fault(404, `The certificate with the specified name '${name}' was not found`);
}

/** OpenAPI 1.0.0, 422 of v2: a token of IAS. */
export function unprocessable(): Fault {
  return new Fault(422, 'Unprocessable Content');
}

export function notEmulated(what: string): Fault {
  return new Fault(501, `not emulated: ${what}`);
}
