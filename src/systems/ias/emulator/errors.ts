import type { MessageCode } from '../wire.ts';

/** A refusal by the OAuth endpoints: error body and message code both (what exactly SAP sends is not documented). */
export class OAuthError extends Error {
  readonly status: number;
  readonly error: string;
  readonly messageCode: MessageCode | undefined;

  constructor(status: number, error: string, description: string, messageCode?: MessageCode) {
    super(description);
    this.name = 'OAuthError';
    this.status = status;
    this.error = error;
    this.messageCode = messageCode;
  }
}
