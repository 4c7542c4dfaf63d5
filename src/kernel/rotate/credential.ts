import type { Address } from '../address.ts';
import type { LoginOutcome } from '../doctor/logins.ts';
import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import type { JsonObject } from '../json.ts';
import type { Manifest } from '../manifest/types.ts';
import type { Secret } from '../secret.ts';
import type { SystemContext } from '../system-context.ts';
import type { KindDeclaration } from './declaration.ts';
import type { PersonTask } from './person.ts';

/** A secret that can be replaced, with its one name. Plain JSON. */
export interface Credential<P = unknown> {
  /** Kind, e.g. `ias/password`. */
  readonly kind: string;
  readonly address: Address;
  /** Where its versions lie in the vault. */
  readonly vaultName: string;
  /** Technical user whose logins it spends, or the name that the manifest gives the credential. */
  readonly user: string;
  /** The name by which a consumer logs in with it: an e-mail, a client id. Absent where the secret says it itself (a service key). */
  readonly login?: string;
  readonly props: P;
}

/** What a policy demands of a credential; milliseconds. Absent = nothing, or the service does not tell. */
export interface CredentialPolicy {
  readonly name: string;
  /** A new one may be set only after this age. */
  readonly minAgeMs?: number;
  /** So many failed logins lock the user. */
  readonly lockAfter?: number;
}

/** What the service tells about a credential now. Plain JSON. */
export interface CredentialState {
  /** Why it can't be rotated now: missing, not ours, inactive, locked. Errors gate the rotation, warnings are shown. */
  readonly findings: readonly Finding[];
  /** When the present secret was set; epoch milliseconds. */
  readonly setAt?: number;
  /** When its policy ends it; epoch milliseconds. Absent = never, or the service does not tell. */
  readonly endsAt?: number;
  readonly failedLogins?: number;
  readonly locked?: boolean;
  readonly policy?: CredentialPolicy;
  /** Secrets that are valid side by side, where the service has several. */
  readonly slots?: readonly Slot[];
}

/** One of several secrets that are valid at once. */
export interface Slot {
  /** As the service names it. */
  readonly id: string;
  /** The rotation that made it, from the description that we gave it. */
  readonly rotation?: string;
  /** Epoch milliseconds. */
  readonly createdAt?: number;
  readonly expiresAt?: number;
}

/** Locum chooses the secret: the vault has it before the service is sent it. There is one slot, so the old one ends. */
export interface ChosenMinting<P> {
  readonly by: 'locum';
  choose(ctx: SystemContext): Secret;
  /**
   * Makes the secret the valid one. Throws RemoteError; `outcome: 'unknown'` when the reply was lost, status 400 when a
   * policy refuses this very secret.
   */
  set(credential: Credential<P>, secret: Secret, ctx: SystemContext): Promise<JsonObject>;
}

/** The service chooses the secret and tells it once. The old one stays valid until it is retired. */
export interface IssuedMinting<P> {
  readonly by: 'service';
  /** Asks for one more secret and marks its slot with the rotation, so that one whose reply was lost can be found. */
  issue(
    credential: Credential<P>,
    rotation: string,
    ctx: SystemContext,
  ): Promise<{ readonly secret: Secret; readonly slot: string }>;
  /** Ends a slot. One that is gone is no error. */
  retire(credential: Credential<P>, slot: string, ctx: SystemContext): Promise<JsonObject>;
}

/**
 * The service has no API for it: a person makes the secret at its console, and removes the old one. Locum says what to do, takes
 * what comes of it, and proves both.
 */
export interface GuidedMinting<P> {
  readonly by: 'person';
  /** What Locum makes itself, such as a key with its request: the vault has it before anybody is asked. Undefined: nothing. */
  prepare?(credential: Credential<P>, ctx: SystemContext): Promise<Secret | undefined>;
  /** Pure. What a person does so that there is a new secret. */
  making(credential: Credential<P>, prepared: Secret | undefined): PersonTask;
  /**
   * What the vault keeps.
   * @param brought what the person brought; absent when the task wanted nothing back
   * @throws ConfigError when it is something else
   */
  complete(credential: Credential<P>, prepared: Secret | undefined, brought: Secret | undefined): Secret;
  /** Pure. What a person does so that an old secret ends. */
  removing(credential: Credential<P>, old: Secret): PersonTask;
}

/** How one kind of credential is minted, proven and retired. */
export interface CredentialKind<P = unknown> {
  /** `system/kind`, as in the address. */
  readonly kind: string;
  /** How many secrets are valid at once. With one, a new one ends the old. */
  readonly slots: number;
  /** What is told of it, in each form that a manifest gives it. */
  readonly declares: readonly KindDeclaration[];
  readonly minting: ChosenMinting<P> | IssuedMinting<P> | GuidedMinting<P>;
  /** Pure: every credential of this kind that a manifest declares. Those that hang on an account need the inventory. */
  expand(manifest: Manifest, inventory: Inventory | undefined): readonly Credential<P>[];
  /** Reads the states in bulk. */
  inspect(credentials: readonly Credential<P>[], ctx: SystemContext): Promise<ReadonlyMap<Address, CredentialState>>;
  /** One login with the secret. Called through the login guard. */
  prove(
    credential: Credential<P>,
    secret: Secret,
    ctx: SystemContext,
  ): Promise<Exclude<LoginOutcome<JsonObject>, { status: 'spared' }>>;
  /** Ends a lock after failed logins, where there is one. */
  unlock?(credential: Credential<P>, ctx: SystemContext): Promise<void>;
}
