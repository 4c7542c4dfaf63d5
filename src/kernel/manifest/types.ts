import type { Position } from '../errors.ts';

/** A reference to a secret: `env:NAME`, `file:PATH` (relative to the manifest) or `vault:NAME`. Never the secret. */
export type SecretRef = string & { readonly __brand?: 'secret-ref' };

/** Chooses subaccounts: by name or glob (`team-*`), by label, by directory; several conditions must all hold. */
export interface Selector {
  /** Display names or globs; any of them may match. */
  readonly names?: readonly string[];
  /** Label key to accepted values; every key must match. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Name or glob of a directory somewhere above the subaccount. */
  readonly directory?: string;
}

/** An IAS tenant and the platform trust to it. */
export interface IdentityProvider {
  readonly name: string;
  /** Host of the IAS tenant, without scheme. */
  readonly host: string;
  /** Origin key of the platform trust; ends in `-platform`. */
  readonly originKey: string;
  /** `expect`: the trust must be there; `establish`: apply creates it when it is missing. @default 'expect' */
  readonly trust: 'expect' | 'establish';
}

/** One entry of `grants`: where, and (in keys that the slices add) what. */
export interface Grant {
  /** The global account itself (role collections of the global account). */
  readonly globalAccount?: true;
  /** Name or glob of directories with user management. */
  readonly directory?: string;
  readonly subaccounts?: Selector;
  /** Keys of the slices, validated by their sections. */
  readonly [sliceKey: string]: unknown;
}

export interface TechnicalUser {
  /** Unique in the manifest; the IAS login name. */
  readonly name: string;
  /** Which of the ten meanings of "technical user" (docs/concepts.md). */
  readonly kind: 'ias-user';
  /** Name of an entry of `identityProviders`. */
  readonly identityProvider: string;
  /** Lower-cased e-mail; it names the user on every BTP level. @default `<name>@sap-test.de` */
  readonly email: string;
  readonly owner: string;
  readonly purpose: string;
  /** Last day (YYYY-MM-DD, UTC) on which the user shall exist. */
  readonly expires?: string;
  readonly grants: readonly Grant[];
  /** How often its credential is to be replaced. */
  readonly rotation?: { readonly everyMs: number };
  /** One of two users that a manifest declares as one with `twins: true`: while one is in use, the other stands by. */
  readonly twin?: {
    /** The name that the manifest gives to both. */
    readonly of: string;
    readonly other: string;
    /** The first declares what both share, such as destinations. */
    readonly first: boolean;
  };
  /** Keys of the slices, validated by their sections. */
  readonly [sliceKey: string]: unknown;
}

/** A credential that belongs to no user: a service key, an API credential. */
export interface DeclaredCredential {
  /** Unique in the manifest, among the technical users too; its versions are in the vault as `<manifest>/<name>`. */
  readonly name: string;
  /** A kind of a slice. */
  readonly kind: string;
  readonly owner: string;
  readonly purpose: string;
  /** How often it is to be replaced. */
  readonly rotation?: { readonly everyMs: number };
  /** Keys of the slices, validated by their sections. */
  readonly [sliceKey: string]: unknown;
}

/** A parsed and validated manifest. */
export interface Manifest {
  /** Name of the manifest; part of the ownership marks `locum:<name>/<technical user>`. */
  readonly name: string;
  /** Subdomain of the global account. */
  readonly globalAccount: string;
  readonly identityProviders: readonly IdentityProvider[];
  readonly connections: Readonly<Record<string, unknown>>;
  readonly technicalUsers: readonly TechnicalUser[];
  readonly credentials: readonly DeclaredCredential[];
  /** Folder that `file:` references are relative to. */
  readonly folder: string;
  /** Where a value stands, e.g. `['technicalUsers', 0, 'grants', 1]`; the nearest parent when it has no place itself. */
  locate(path: readonly (string | number)[]): Position;
}
