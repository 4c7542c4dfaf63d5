import { X509Certificate } from 'node:crypto';
import type { Secret } from '../secret.ts';
import type { End } from './due.ts';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * When services say in a key or binding that it ends: `expires_at` of SAP Credential Store (credential-store:7202e7a),
 * `certificate_expires_at` of XSUAA keys of the type x509 (btp:517895a). ISO 8601.
 */
const DATES: Readonly<Record<string, string>> = {
  expires_at: 'the service ends it then',
  certificate_expires_at: 'its certificate ends then',
};

/** When a secret ends by what is in it: certificates (PEM), or a date that its service wrote into it. Pure. */
export function endOf(secret: Secret): Extract<End, { kind: 'at' }> | undefined {
  const [first] = endsIn(secret.reveal()).toSorted((a, b) => a.at - b.at);
  return first;
}

type Found = Extract<End, { kind: 'at' }>;

function endsIn(text: string): readonly Found[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return endsOf(text);
  }
  return typeof value === 'string' ? endsOf(value) : leaves(value);
}

function leaves(value: unknown): readonly Found[] {
  if (typeof value === 'string') return endsOf(value);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const because = DATES[key];
    const at = because === undefined || typeof inner !== 'string' ? Number.NaN : Date.parse(inner);
    return because === undefined || Number.isNaN(at) ? leaves(inner) : [{ kind: 'at' as const, at, because }];
  });
}

/** Of a chain every certificate counts: the first that ends breaks it. */
function endsOf(text: string): readonly Found[] {
  return [...text.matchAll(PEM)].flatMap(([pem]) => {
    try {
      const at = Date.parse(new X509Certificate(pem).validTo);
      return Number.isNaN(at) ? [] : [{ kind: 'at' as const, at, because: 'its certificate ends then' }];
    } catch {
      // Not a certificate, whatever it says of itself: its reader will tell.
      return [];
    }
  });
}
