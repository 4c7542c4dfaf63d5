/** A refusal of Cloud Transport Management; becomes `{"errorType", "message"}`. */
export class TransportFault extends Error {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 422;
  readonly errorType: string;

  constructor(status: TransportFault['status'], errorType: string, message: string) {
    super(message);
    this.status = status;
    this.errorType = errorType;
  }

  body(): object {
    // Spring Security's form, not the service's own (swagger 2.2.1, NotAuthorizedException).
    if (this.status === 401 || this.status === 403) return { error: this.errorType, error_description: this.message };
    return { errorType: this.errorType, message: this.message };
  }
}

const PACKAGE = 'com.sap.lm.sl.alm.ts.core.exception.service';

/** swagger 2.2.1, TmsExceptionObject. */
export function notFound(message: string): TransportFault {
  return new TransportFault(404, `${PACKAGE}.TsNotFoundException`, message);
}

/** swagger 2.2.1, NotAuthorizedException. */
export function unauthorized(): TransportFault {
  return new TransportFault(401, 'unauthorized', 'Full authentication is required to access this resource');
}

/** Spring Security's own text; that CTMS leaves it as it is: assumed. */
export function forbidden(): TransportFault {
  return new TransportFault(403, 'access_denied', 'Access is denied');
}

/** Types and texts of 400 and 422 are not published: assumed, in the form of the known ones. */
export function badRequest(message: string): TransportFault {
  return new TransportFault(400, `${PACKAGE}.TsBadRequestException`, message);
}

export function unprocessable(message: string): TransportFault {
  return new TransportFault(422, `${PACKAGE}.TsUnprocessableEntityException`, message);
}

export function tooLarge(message: string): TransportFault {
  return new TransportFault(413, `${PACKAGE}.TsPayloadTooLargeException`, message);
}

export function methodNotAllowed(method: string): TransportFault {
  return new TransportFault(405, `${PACKAGE}.TsMethodNotAllowedException`, `Request method '${method}' not supported`);
}
