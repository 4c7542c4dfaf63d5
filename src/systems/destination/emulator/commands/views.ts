import { isSecretProperty } from '../../wire.ts';
import type { CertificateRecord, DestinationRecord, Properties, TrustRecord } from '../store.ts';

/** What stands in the place of every secret (recordings of connectivity/destination?get). */
const REDACTED = '<redacted>';

export function redacted(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, isSecretProperty(name) ? REDACTED : value]),
  );
}

/** Times are texts of milliseconds; whoever wrote it, the agent is called the cockpit (all recordings). */
function systemMetadata({ createdAt, etag, modifiedAt }: DestinationRecord, listed: boolean) {
  return {
    creation_time: String(createdAt),
    ...(listed ? { spii_metadata: null, encryption: 'CMK_V2' } : {}),
    etag,
    userAgent: 'COCKPIT',
    modification_time: String(modifiedAt),
  };
}

export function destinationView(record: DestinationRecord, listed = false): object {
  return {
    systemMetadata: systemMetadata(record, listed),
    destinationConfiguration: redacted(record.properties),
    // Not empty only for destinations that were made from a template.
    propertiesMetadata: [],
  };
}

export function certificateView({ name, nodes, creation }: CertificateRecord): object {
  return { name, nodes, creation };
}

/** Recording datasource_subaccount_destination_trust_active. */
export function trustView(trust: TrustRecord, region: string): object {
  return {
    subaccount: trust.zone,
    baseURL: `cfapps.${region}.hana.ondemand.com`,
    active: trust.active,
    expirationTimestamp: trust.expiresAt,
    Owner: { SubaccountId: trust.zone, InstanceId: null },
    Name: 'keypair',
    metadata: { encryption: 'CMK_V2' },
    propertiesMetadata: [],
    generatedOn: new Date(trust.generatedAt).toISOString(),
    PublicKeyBase64: trust.publicKey,
    x509PublicKeyBase64: trust.certificate,
  };
}
