import type { Zone } from '../../../emulation/world.ts';

/** `uaadomain` of the bindings of a region. */
export function uaaDomain(region: string): string {
  return `authentication.${region}.hana.ondemand.com`;
}

/** XSUAA of a subaccount. */
export function xsuaaUrl({ subdomain, region }: Pick<Zone, 'subdomain' | 'region'>): string {
  return `https://${subdomain}.${uaaDomain(region)}`;
}

/** Runtime of a Cloud Integration tenant (assumed: SAP's documents show such hosts, and other numbers behind `it-cpi`). */
export const RUNTIME_PATTERN = '{subdomain}.it-cpi001-rt.cfapps.{region}.hana.ondemand.com';

export function runtimeHost({ subdomain, region }: Pick<Zone, 'subdomain' | 'region'>): string {
  return RUNTIME_PATTERN.replace('{subdomain}', subdomain).replace('{region}', region);
}

/** Default domain for applications of a CF landscape. */
export const APPLICATION_PATTERN = '{app}.cfapps.{landscape}.hana.ondemand.com';

export function applicationHost(app: string, landscape: string): string {
  return APPLICATION_PATTERN.replace('{app}', app).replace('{landscape}', landscape);
}
