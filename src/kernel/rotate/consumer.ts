import type { Address } from '../address.ts';
import type { Unread } from '../identity.ts';
import type { Inventory } from '../inventory.ts';
import type { JsonObject } from '../json.ts';
import type { Secret } from '../secret.ts';
import type { SystemContext } from '../system-context.ts';
import type { Credential } from './credential.ts';

/** A place that holds a credential: a destination, a secret of a pipeline, a secret store. Plain JSON. */
export interface Consumer<P = unknown> {
  /** `system/kind`, as in the address. */
  readonly kind: string;
  readonly address: Address;
  /** For people: `CFAPI in dev`. */
  readonly title: string;
  /** Whether Locum delivers there. What others wrote is told before a rotation starts, since it breaks. */
  readonly ours: boolean;
  /** Vault names of the credentials that it may hold: one, or those of twins. */
  readonly credentials: readonly string[];
  /** The vault name of the one that it holds now, as far as the place tells. */
  readonly holds?: string;
  /** For so many milliseconds after a delivery it may go on using what it held before: caches of the service and its clients. */
  readonly staleMs: number;
  readonly props: P;
}

/** What is delivered. */
export interface Delivery {
  readonly credential: Credential;
  readonly secret: Secret;
  /** Version of the vault. */
  readonly version: number;
}

/** What came of using a consumer as its owner would. */
export type ConsumerProof =
  | { readonly status: 'proven'; readonly evidence: readonly string[] }
  /** It does not work with what it holds. */
  | { readonly status: 'failed'; readonly because: string; readonly remedy: string; readonly code: string }
  /** The place can't be used from here (nobody reads a CI secret back), or the login was spared. */
  | { readonly status: 'unproven'; readonly because: string };

export interface Found<P = unknown> {
  readonly consumers: readonly Consumer<P>[];
  /** Places that could not be looked at: whether they hold the credential is unknown. */
  readonly unread: readonly Unread[];
}

/** Why a delivery would be refused. */
export interface Refusal {
  readonly because: string;
  readonly remedy: string;
}

/** How the consumers of one kind are found, supplied and proven. Every slice may have some. */
export interface ConsumerKind<P = unknown> {
  /** `system/kind`, as in the address. */
  readonly kind: string;
  /** Every consumer of these credentials, ours and others', by looking, in bulk. */
  find(credentials: readonly Credential[], inventory: Inventory, ctx: SystemContext): Promise<Found<P>>;
  /** Compares what it holds with a delivery, now. `unknown` where the place can't be read. */
  holds(consumer: Consumer<P>, delivery: Delivery, ctx: SystemContext): Promise<'this' | 'other' | 'unknown'>;
  /** Writes login name and secret. The same delivery again changes nothing more. Gives evidence for the trail. */
  deliver(consumer: Consumer<P>, delivery: Delivery, ctx: SystemContext): Promise<JsonObject>;
  /** Why a delivery would be refused now, as far as the place tells it without one. Absent: none does. */
  refusal?(consumer: Consumer<P>, ctx: SystemContext): Promise<Refusal | undefined>;
  /** Uses it as its owner would. Logins go through `ctx.logins`. Absent: it can't be proven from here. */
  prove?(consumer: Consumer<P>, delivery: Delivery, ctx: SystemContext): Promise<ConsumerProof>;
}
