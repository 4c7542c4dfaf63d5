/** A secret of a client. Its text is shown once and not kept. */
export interface StoredSecret {
  readonly id: string;
  readonly description: string;
  /** SHA-256 in Base64: the text has 190 random bits, so that a slow hash would add nothing. */
  readonly digest: string;
  /** First characters of the text, to tell secrets apart. */
  readonly hint: string;
  readonly createdAt: number;
  /** Absent = never. */
  readonly expiresAt?: number;
  /** What the Applications API gave it, as it names them. @default none */
  readonly authorizationScopes?: readonly string[];
}

/** A certificate with which a client may authenticate. */
export interface StoredCertificate {
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** SHA-256 of the DER, in hex. */
  readonly fingerprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What clients of a tenant have for their authentication, beside the credential of the landscape. */
export interface ClientCredentials {
  readonly secrets?: readonly StoredSecret[];
  readonly certificates?: readonly StoredCertificate[];
  /** Whether failed attempts lock the client id. @default true, for a technical user false (ias 14b36c2) */
  readonly allowLocking?: boolean;
}
