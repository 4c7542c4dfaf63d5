/** A refusal of the retrieval API; only the 501 is documented word for word (btp:30ece35), the others are assumed. */
export class AuditError extends Error {
  readonly status: 400 | 401 | 403 | 429 | 501;
  readonly code: string;

  constructor(status: AuditError['status'], code: string, message: string) {
    super(message);
    this.name = 'AuditError';
    this.status = status;
    this.code = code;
  }

  body(): object {
    return { error: { code: this.code, message: this.message } };
  }
}

export const badRequest = (message: string) => new AuditError(400, 'bad_request', message);
export const unauthorized = () => new AuditError(401, 'unauthorized', 'The access token is missing or not valid.');
export const forbidden = () =>
  new AuditError(403, 'forbidden', 'The access token does not grant access to audit logs.');
export const tooManyRequests = () => new AuditError(429, 'too_many_requests', 'Too many requests.');
export const noCategories = () =>
  new AuditError(
    501,
    'filter_category_not_supported',
    'Filtering by category not available for custom retention periods. Remove categories to proceed.',
  );
