import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';
import type { Attributes } from './certificates/attributes.ts';

/** Where a configuration belongs: a subaccount, or one service instance in it. */
export interface Level {
  /** GUID of the subaccount. */
  readonly zone: string;
  /** GUID of the service instance; absent on subaccount level. */
  readonly instance?: string;
}

export type Properties = Readonly<Record<string, string>>;

/** A configuration that is told apart by its versions. */
export interface Versioned extends Level {
  readonly name: string;
  readonly etag: string;
  /** Counts the writes of this name. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface DestinationRecord extends Versioned {
  readonly properties: Properties;
}

export interface FragmentRecord extends Versioned {
  readonly properties: Properties;
}

/** A certificate or key store. */
export interface CertificateRecord extends Versioned {
  readonly type: string;
  /** Base64; empty for one of a seed, which tells only what the service read in it. */
  readonly content: string;
  /** What is in it, in the service's words. */
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly creation: Readonly<Record<string, unknown>>;
  /** What it was generated from; absent for an uploaded one. */
  readonly attributes?: Attributes;
}

/** Labels of a destination, fragment or certificate; kept apart, for a PUT of the configuration leaves them. */
interface LabelRecord {
  readonly labels: readonly Label[];
}

export interface Label {
  readonly key: string;
  readonly values: readonly string[];
}

/** The key pair by which a subaccount signs SAML assertions; one that is to replace it is passive. */
export interface TrustRecord {
  readonly zone: string;
  readonly active: boolean;
  /** Base64 of DER. */
  readonly publicKey: string;
  readonly certificate: string;
  /** PKCS#8 as PEM. */
  readonly privateKey: string;
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
}

export interface Store {
  readonly destinations: Collection<DestinationRecord>;
  readonly fragments: Collection<FragmentRecord>;
  readonly certificates: Collection<CertificateRecord>;
  readonly labels: Collection<LabelRecord>;
  readonly trusts: Collection<TrustRecord>;
  readonly keys: Collection<KeyRecord>;
}

export function createStore(ctx: Pick<EmulatorContext, 'state'>): Store {
  return {
    destinations: ctx.state.collection<DestinationRecord>('destination/destinations', { level: levelKey }),
    fragments: ctx.state.collection<FragmentRecord>('destination/fragments', { level: levelKey }),
    certificates: ctx.state.collection<CertificateRecord>('destination/certificates', { level: levelKey }),
    labels: ctx.state.collection<LabelRecord>('destination/labels'),
    trusts: ctx.state.collection<TrustRecord>('destination/trusts'),
    keys: ctx.state.collection<KeyRecord>('destination/service-keys', { client: (key) => key.clientId }),
  };
}

export function levelKey(level: Level): string {
  return `${level.zone}/${level.instance ?? '-'}`;
}

export function recordKey(level: Level, name: string): string {
  return `${levelKey(level)}/${name}`;
}
