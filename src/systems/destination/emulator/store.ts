import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';

/** Where a configuration belongs: a subaccount, or one service instance in it. */
export interface Level {
  /** GUID of the subaccount. */
  readonly zone: string;
  /** GUID of the service instance; absent on subaccount level. */
  readonly instance?: string;
}

export type Properties = Readonly<Record<string, string>>;

export interface DestinationRecord extends Level {
  readonly name: string;
  readonly properties: Properties;
  readonly etag: string;
  /** Counts the writes of this name. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface FragmentRecord extends Level {
  readonly name: string;
  readonly properties: Properties;
}

/** A certificate or key store, as far as its owner may see it. */
export interface CertificateRecord extends Level {
  readonly name: string;
  /** What is in it, in the service's words. */
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly creation: Readonly<Record<string, unknown>>;
}

/** The key pair by which a subaccount signs SAML assertions; one that is to replace it is passive. */
export interface TrustRecord {
  readonly zone: string;
  readonly active: boolean;
  /** Base64 of DER. */
  readonly publicKey: string;
  readonly certificate: string;
  /** Epoch milliseconds. */
  readonly generatedAt: number;
  readonly expiresAt: number;
}

/** A service key of a Destination service instance. */
export interface KeyRecord {
  /** Name of the credential under which the landscape hands it out. */
  readonly credential: string;
  readonly zone: string;
  readonly instance: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Store {
  readonly destinations: Collection<DestinationRecord>;
  readonly fragments: Collection<FragmentRecord>;
  readonly certificates: Collection<CertificateRecord>;
  readonly trusts: Collection<TrustRecord>;
  readonly keys: Collection<KeyRecord>;
}

export function createStore(ctx: Pick<EmulatorContext, 'state'>): Store {
  return {
    destinations: ctx.state.collection<DestinationRecord>('destination/destinations', { level: levelKey }),
    fragments: ctx.state.collection<FragmentRecord>('destination/fragments', { level: levelKey }),
    certificates: ctx.state.collection<CertificateRecord>('destination/certificates', { level: levelKey }),
    trusts: ctx.state.collection<TrustRecord>('destination/trusts'),
    keys: ctx.state.collection<KeyRecord>('destination/service-keys'),
  };
}

export function levelKey(level: Level): string {
  return `${level.zone}/${level.instance ?? '-'}`;
}

export function recordKey(level: Level, name: string): string {
  return `${levelKey(level)}/${name}`;
}
