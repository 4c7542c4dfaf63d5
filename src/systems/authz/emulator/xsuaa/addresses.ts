import type { Zone } from '../../../../emulation/world.ts';

/** Domain of the XSUAA of a region, the `uaadomain` of a binding. */
export function uaaDomain(region: string): string {
  return `authentication.${region}.hana.ondemand.com`;
}

/** Domain where clients authenticate with certificates (btp:d203e2d). */
export function certificateDomain(region: string): string {
  return `authentication.cert.${region}.hana.ondemand.com`;
}

/** XSUAA tenant of a zone; the subdomain of a directory is its GUID. */
export function xsuaaUrl(zone: Pick<Zone, 'subdomain' | 'region'>): string {
  return `https://${zone.subdomain}.${uaaDomain(zone.region)}`;
}

/** Host of the REST APIs of a region. */
export function apiHost(region: string): string {
  return `api.${uaaDomain(region)}`;
}
