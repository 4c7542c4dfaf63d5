/** What one alias of a key store names, or all that a PEM file holds. */
export interface KeyStoreEntry {
  /** Absent in files that are no key stores. */
  readonly alias?: string;
  /** PEM, the certificate of the key first, then its issuers. */
  readonly certificates: readonly string[];
  /** PKCS#8 as PEM; absent for a trusted certificate, and for a key whose password was not given. */
  readonly privateKey?: string;
  readonly hasKey: boolean;
}

/** Thrown when a key store does not open with a password. */
export class LockedKeyStore extends Error {}
