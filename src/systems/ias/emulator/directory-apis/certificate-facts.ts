import { X509Certificate } from 'node:crypto';
import type { Json, JsonObject } from '../../../../kernel/json.ts';
import { isList, isObject } from '../../../protocols/scim/emulator/document.ts';
import { scimTime } from '../resource.ts';

/**
 * A document whose certificates tell whose they are and how long they are valid, as the answers do (recorded by
 * SAP/terraform-provider-sap-cloud-identity-services). What is no certificate stays as it is (recorded there, too: redacted ones).
 */
export function withCertificateFacts(document: JsonObject): JsonObject {
  return told(document) as JsonObject;
}

function told(value: Json): Json {
  if (isList(value)) return value.map((one) => told(one));
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, told(one)]));
  return typeof value.base64Certificate === 'string' ? { ...inner, ...factsOf(value.base64Certificate) } : inner;
}

function factsOf(text: string): JsonObject {
  try {
    const { subject, validFromDate, validToDate } = new X509Certificate(
      text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64'),
    );
    // The most specific part first (RFC 4514), which Node writes last.
    const dn = subject.split('\n').toReversed().join(',');
    return { dn, validFrom: scimTime(validFromDate.getTime()), validTo: scimTime(validToDate.getTime()) };
  } catch {
    return {};
  }
}
