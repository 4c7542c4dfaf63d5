import type { Context } from './context.ts';
import type { LoginGuard } from './doctor/logins.ts';
import type { JsonObject } from './json.ts';
import type { Manifest, SecretRef } from './manifest/types.ts';
import type { Copies, Vault } from './ports.ts';
import type { Secret } from './secret.ts';

/** Asked before a request is sent; throws to keep it back. */
export type Gate = (changes: boolean) => Promise<void>;

/** What the kernel hands to a slice. */
export interface SystemContext extends Context {
  readonly manifest: Manifest;
  /** Resolves a reference; throws a ConfigError that names it. */
  secret(ref: SecretRef): Promise<Secret>;
  readonly vault: Vault;
  readonly copies: Copies;
  /** Asked before every request of the command, whichever client sends it: see {@link Gate}. */
  readonly gates: Set<Gate>;
  /** Makes a thing once per engine (clients, sessions, tokens). Keys start with the slice's or protocol's name. */
  readonly memo: <T>(key: string, make: () => Promise<T>) => Promise<T>;
  /** At most one failed login per technical user and run, wherever it is tried. */
  readonly logins: LoginGuard;
  /** An event for the progress display and the log: names and numbers, never bodies or secrets. */
  log(event: string, fields: JsonObject): void;
}
