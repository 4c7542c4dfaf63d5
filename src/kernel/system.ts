import type { ZodType } from 'zod';
import type { Address } from './address.ts';
import type { Expiry } from './due/due.ts';
import type { LocumError } from './errors.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { Declaration, Identity, Known, Stops, Use, Uses } from './identity.ts';
import type { Inventory } from './inventory.ts';
import type { IdentityProvider, Manifest, Selector, TechnicalUser } from './manifest/types.ts';
import type { Diff, Extra, Resource, ResourceType } from './resource.ts';
import type { ConsumerKind } from './rotate/consumer.ts';
import type { CredentialKind } from './rotate/credential.ts';
import type { KindDeclaration } from './rotate/declaration.ts';
import type { Evidence, TraceQuestion } from './rotate/evidence.ts';
import type { Secret } from './secret.ts';
import type { SystemContext } from './system-context.ts';

export type { Change, Diff, DiffOptions, Extra, Observation, Resource, ResourceType } from './resource.ts';
export type { SystemContext } from './system-context.ts';

/** What Locum left in places that no manifest declares any more. */
export interface Leftovers {
  readonly extras: readonly Extra[];
  /** Places that could not be looked at. */
  readonly findings: readonly Finding[];
  /** Addresses at which nothing is any more: to be forgotten. */
  readonly gone: readonly Address[];
}

/** What `expand` makes of the slice's part of the manifest. */
export interface Expansion {
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
}

/** The slice's part of the manifest; keys are merged into the kernel's strict grammar. */
export interface Section {
  /** Keys under `connections`. */
  readonly connections?: Readonly<Record<string, ZodType>>;
  /** Keys of a technical user. */
  readonly user?: Readonly<Record<string, ZodType>>;
  /** Keys of an entry of `grants`. */
  readonly grant?: Readonly<Record<string, ZodType>>;
  /** Keys of every entry of `credentials`. */
  readonly credential?: Readonly<Record<string, ZodType>>;
  /** Kinds of `credentials`, each with its own keys. */
  readonly credentialKinds?: Readonly<Record<string, Readonly<Record<string, ZodType>>>>;
  /** Subaccounts whose details (org, spaces) the expansion needs, beside those that grants select. */
  selectors?(user: TechnicalUser): readonly Selector[];
  /** Pure. `path` of a user is `['technicalUsers', index]`. */
  expand(manifest: Manifest, inventory: Inventory): Expansion;
}

export interface InventoryRequest {
  readonly soFar: Inventory | undefined;
  /** Whether org and spaces of this subaccount are needed. */
  wanted(
    subaccount: {
      readonly name: string;
      readonly guid: string;
      readonly labels: Readonly<Record<string, readonly string[]>>;
      readonly directory?: string;
    },
    directories: Inventory['directories'],
  ): boolean;
  /** Told of each place that can't be read, which is then left out. @default the error is thrown */
  readonly skip?: (where: string, error: LocumError) => void;
}

/** A technical user with everything that was declared and observed about it; what checks and rules look at. */
export interface Subject {
  readonly user: TechnicalUser;
  readonly identityProvider: IdentityProvider;
  readonly resources: readonly Resource[];
  readonly inventory: Inventory;
  /** What the bulk observation found for an address of this manifest; undefined = not there. */
  observed(address: Address): unknown;
  /** The diff of each of the user's resources (and the shared ones it needs). */
  diff(address: Address): Diff | undefined;
  /** Why an observation failed, when it did: the hop is then unknown. */
  unobserved(address: Address): string | undefined;
}

export type HopStatus = 'ok' | 'warning' | 'failed' | 'unknown';

/** One link of the chain, judged. */
export interface Hop {
  /** Check id, e.g. `ias/user`. */
  readonly check: string;
  /** What is looked at, e.g. a space or a destination. */
  readonly title: string;
  readonly status: HopStatus;
  /** What was seen, as short facts. */
  readonly evidence: readonly string[];
  /** What is wrong and why it follows; present unless ok. */
  readonly because?: string;
  /** The command that mends it; present unless ok. */
  readonly remedy?: string;
  readonly code?: string;
}

/** A doctor check: one link of the chain from the identity provider to the consumer. */
export interface Check {
  readonly id: string;
  /** Place in the chain; see {@link CHAIN}. */
  readonly link: ChainLink;
  /** Never throws for bad news: it returns hops. Empty = does not apply to this user. */
  run(subject: Subject, ctx: SystemContext): Promise<readonly Hop[]>;
}

/** The chain that doctor walks, in this order. */
export const CHAIN = [
  'tenant',
  'user',
  'trust',
  'authorization',
  'org-and-space',
  'destination',
  'token',
  'consumer',
] as const;
export type ChainLink = (typeof CHAIN)[number];

/** A lint rule: judges the manifest alone. */
export interface Rule {
  readonly kind: FindingKind;
  /** Pure. `now` in epoch milliseconds, for dates in the manifest. */
  check(manifest: Manifest, now: number): readonly Finding[];
}

/** A token as a consumer would get it. */
export interface Token {
  readonly value: Secret;
  readonly refresh?: Secret;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly scope: string;
}

/** What a command run by `locum exec` needs to be logged in: files below a private folder, and environment variables. */
export interface ExecSession {
  readonly files: readonly { readonly path: string; readonly content: Secret }[];
  /** `{dir}` in a value stands for the private folder. */
  readonly env: Readonly<Record<string, string>>;
}

/** A session, and the variables with secrets of Locum's own that its command must not inherit. */
export interface GuardedSession extends ExecSession {
  readonly withheld: readonly string[];
}

/** A slice: one system at SAP that holds state of ours. */
export interface SystemDefinition {
  readonly id: string;
  readonly section: Section;
  // biome-ignore lint/suspicious/noExplicitAny: props and observations are the slice's own; the kernel passes them through
  readonly resources: readonly ResourceType<any, any>[];
  readonly checks: readonly Check[];
  readonly rules: readonly Rule[];
  /** Finding codes beyond those of the rules, for `locum explain`. */
  readonly findings: readonly FindingKind[];
  /** Reads or enriches the inventory; slices are asked in the order of the list. */
  inventory?(request: InventoryRequest, ctx: SystemContext): Promise<Inventory>;
  /**
   * Everything that an identity holds in this system or is named in, declared or not, read in bulk. A place that can't be
   * read is told in `unread`; it keeps nothing else from being found.
   */
  uses?(identity: Identity, inventory: Inventory, ctx: SystemContext): Promise<Uses>;
  /** Pure: how a manifest declares uses of this system. */
  declare?(uses: readonly Use[], inventory: Inventory): Declaration;
  /**
   * What a freeze ends in this system beside the roles that `uses` tells. Called before the user is deactivated, with what
   * it is known to have: what is declared, or else what was found.
   */
  stops?(identity: Identity, known: readonly Known[], ctx: SystemContext): Promise<Stops>;
  /** Copies that were delivered and are declared no more, as far as the store remembers. Only what is left is looked at. */
  left?(inventory: Inventory, ctx: SystemContext): Promise<Leftovers>;
  /** Technical users of this name that carry the mark of this manifest, although it no longer declares them. */
  former?(name: string, ctx: SystemContext): Promise<readonly Identity[]>;
  /** Fetches a token for the technical user as `cf login` would; `target` names a region or subaccount. */
  token?(subject: Subject, target: string | undefined, ctx: SystemContext): Promise<Token>;
  session?(subject: Subject, target: string | undefined, ctx: SystemContext): Promise<ExecSession>;
  /** When what technical users have there stops to work by itself. Bad news is an entry, not an error. */
  expiries?(users: readonly TechnicalUser[], ctx: SystemContext): Promise<readonly Expiry[]>;
  /** Credentials that can be rotated. */
  // biome-ignore lint/suspicious/noExplicitAny: as with resources, props are the slice's own
  readonly credentials?: readonly CredentialKind<any>[];
  /** Credentials of which each logon has one of its own, so that nothing is to be rotated: only told. */
  readonly passing?: readonly KindDeclaration[];
  /** Places that hold credentials and get new ones. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly consumers?: readonly ConsumerKind<any>[];
  /** What the system's log tells about who may use a wrong secret. A log that can't be read is told in `unread`. */
  traces?(question: TraceQuestion, ctx: SystemContext): Promise<Evidence>;
  /** Gives back what the slice opened in this context (logins that a service counts). Never throws. */
  close?(ctx: SystemContext): Promise<void>;
}

/** Identity function that gives a slice its type. */
export function defineSystem(definition: SystemDefinition): SystemDefinition {
  return definition;
}
