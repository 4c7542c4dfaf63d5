import type { Address } from './address.ts';
import type { Finding } from './finding.ts';
import type { Json, JsonObject } from './json.ts';
import type { SystemContext } from './system-context.ts';

/** A thing that shall be, with its one name. */
export interface Resource<P = unknown> {
  /** `system/kind`, as in the address. */
  readonly type: string;
  readonly address: Address;
  /** Plain JSON. */
  readonly props: P;
  /** What one bulk observation covers, e.g. one org. Equal scopes of equal types are observed together. */
  readonly scope: string;
  /** Addresses that must be in place first; those that no resource of the graph has are ignored. */
  readonly needs: readonly Address[];
  /** Name of the technical user that it belongs to; absent for shared things such as a trust. */
  readonly user?: string;
}

/** Something observed on a technical user of ours that no manifest declares. */
export interface Extra {
  /** `system/kind`, as in the address. */
  readonly type: string;
  readonly address: Address;
  readonly user: string;
  /** As of a resource of the same type: what a look at it alone has to cover. */
  readonly scope: string;
  /** Whether `--prune` may plan its removal. */
  readonly removable: boolean;
  /** Enough to remove it, as the props of a resource of the same type. */
  readonly props: Json;
  /** Addresses that must be removed before it (space roles before the org membership). */
  readonly after?: readonly Address[];
  /** How a plan tells it. @default as a right that nobody declared */
  readonly told?: Pick<Finding, 'code' | 'because' | 'remedy'>;
}

export interface Observation<O> {
  /** Found objects by the address of the wanted resource. Absent = not there. Plain JSON: it is fingerprinted. */
  readonly objects: ReadonlyMap<Address, O>;
  readonly extras: readonly Extra[];
}

export interface Change {
  /** Property path in the vendor's words. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  /** Shown as `(sensitive value)`; `before` and `after` stay absent. */
  readonly sensitive?: true;
}

/** The pure verdict on one resource. */
export type Diff =
  /** In place. `unknown` names what cannot be read back (a password). */
  | { readonly action: 'none'; readonly unknown?: readonly string[] }
  | { readonly action: 'create' | 'update' | 'delete'; readonly changes: readonly Change[]; readonly because?: string }
  /** Can't be made so; an error finding gates the apply. */
  | { readonly action: 'blocked'; readonly finding: Finding };

export interface DiffOptions {
  /** Take over what exists but does not carry our mark. @default false */
  readonly adopt: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Name of the manifest, for ownership marks. */
  readonly manifest: string;
  /** Whether the same plan changes another resource: what holds a copy of a password must follow a new one. */
  changing(address: Address): boolean;
  /** Whether this technical user's credential shall be set anew, because it no longer works. */
  renews(user: string): boolean;
}

/** One kind of resource: how it is seen, judged and made. */
export interface ResourceType<P = unknown, O = unknown> {
  readonly type: string;
  /** Reads a scope once, in bulk; `wanted` are all resources of this type and scope. */
  observe(scope: string, wanted: readonly Resource<P>[], ctx: SystemContext): Promise<Observation<O>>;
  /** Pure. */
  diff(resource: Resource<P>, observed: O | undefined, options: DiffOptions): Diff;
  /**
   * Makes one change. Called only after its intent is durable and a fresh observation still asked for it.
   * Throws RemoteError; `outcome: 'unknown'` when the reply was lost. Returns evidence for the trail, without secrets.
   */
  converge(
    step: {
      readonly resource: Resource<P>;
      readonly action: 'create' | 'update' | 'delete';
      readonly observed: O | undefined;
    },
    ctx: SystemContext,
  ): Promise<JsonObject>;
}
