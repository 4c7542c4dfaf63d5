/** A refusal; the body is assumed, no document shows one. */
export class CredstoreError extends Error {
  readonly status: 400 | 401 | 404;

  constructor(status: CredstoreError['status'], message: string) {
    super(message);
    this.name = 'CredstoreError';
    this.status = status;
  }

  body(): object {
    return { error: { code: String(this.status), message: this.message } };
  }
}
