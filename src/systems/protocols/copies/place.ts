import { type Address, address } from '../../../kernel/address.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { ConsumerProof, Refusal } from '../../../kernel/rotate/consumer.ts';
import type { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';

/** What is delivered: one version of a credential. */
export interface Copy {
  /** Name in the vault. */
  readonly name: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The name that logs in with it; absent where the secret says it itself. */
  readonly login?: string;
  readonly secret: Secret;
}

/** What a place tells about what it holds. */
export type Held =
  | { readonly is: 'absent' }
  /** Not even what would hold it is there, and nobody but its owner makes that: an app. */
  | { readonly is: 'nowhere' }
  /** It gives the secret back. */
  | {
      readonly is: 'readable';
      readonly secret: Secret;
      readonly login?: string;
      /** Whether who reads it there has done so since it was written, as far as we see to that. @default true */
      readonly inEffect?: boolean;
    }
  /** It gives back what we noted beside the secret when we wrote it; the secret itself may be another one since. */
  | { readonly is: 'marked'; readonly name: string; readonly version: number }
  /** It says when it was last written, and nothing more. */
  | {
      readonly is: 'dated';
      /** Epoch milliseconds. */
      readonly at: number;
      /** Whether it is the time of what others write there too. @default false */
      readonly shared?: boolean;
    }
  /** It compared for us. */
  | { readonly is: 'compared'; readonly same: boolean }
  /** Something is there, or may be. */
  | { readonly is: 'opaque' };

/** A kind of place that holds a copy of a credential, and how it is read and written. */
export interface CopyPlace<T = unknown> {
  /** Second part of the address. */
  readonly kind: string;
  /** For people. */
  title(target: T): string;
  /** What tells one target from another, for addresses. */
  segments(target: T): readonly string[];
  /** Whether it tells when the secret alone was written. @default false */
  readonly dates?: boolean;
  /** Looks at what is there, given what should be there as far as there is one. */
  look(target: T, expected: Copy | undefined, ctx: SystemContext): Promise<Held>;
  /** Writes login and secret; the same again changes nothing. Gives evidence without secrets. */
  write(target: T, copy: Copy, ctx: SystemContext): Promise<JsonObject>;
  /** Why a write would be refused now, as far as the place tells it without one. Absent: none does. */
  refusal?(target: T, ctx: SystemContext): Promise<Refusal | undefined>;
  /**
   * Takes login and secret away; what else is in the place stays, nothing there is no error. Gives evidence for the trail.
   * Absent: nobody but its owner can.
   */
  remove?(target: T, copy: Pick<Copy, 'name' | 'login'>, ctx: SystemContext): Promise<JsonObject>;
  /**
   * For so many milliseconds after it was written its reader may go on with what he read before.
   * @default 0: whoever reads a place does so when he starts; what he has read by then is his own.
   */
  staleMs?(target: T): number;
  /** How whoever reads it is doing since. @default nobody can tell from here */
  prove?(target: T, ctx: SystemContext): Promise<ConsumerProof>;
}

/** The one name of a place, for a kind of place of a system. */
export function copyAddress<T>(system: string, place: CopyPlace<T>, target: T): Address {
  return address(system, place.kind, ...place.segments(target));
}

/** A credential that a place may hold. */
export interface Holder {
  /** Name in the vault. */
  readonly vaultName: string;
  /** Absent where the secret says it itself (a service key). */
  readonly login?: string;
}
