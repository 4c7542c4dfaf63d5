/** What the recipient of a link may do: activate the account, or set a new password. */
export type LinkPurpose = 'activation' | 'reset';

export interface Link {
  readonly tenant: string;
  readonly user: string;
  readonly purpose: LinkPurpose;
  readonly token: string;
  readonly expiresAt: number;
}

/** A mail that a tenant sent. Nothing leaves the landscape: the mailbox page is where it arrives. */
export interface Mail {
  readonly tenant: string;
  /** Grows with every mail of the tenant. */
  readonly number: number;
  readonly sentAt: number;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Where the recipient is to go, absolute. */
  readonly link?: string;
}
