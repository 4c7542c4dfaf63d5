/** The two conventions of OAuth2Password destinations, which no single destination can serve at once. */
export const PRESETS = ['ctms-deploy', 'cf-api'] as const;
export type Preset = (typeof PRESETS)[number];

/** Where a destination leads, resolved against the inventory. */
export interface Target {
  readonly preset: Preset;
  /** CF API endpoint of the org, e.g. `https://api.cf.eu10-004.hana.ondemand.com`. */
  readonly api: string;
  readonly originKey: string;
  readonly org: { readonly guid: string; readonly name: string };
  readonly space?: { readonly guid: string; readonly name: string };
}

const PRESET_PROPERTIES = new Set([
  'Name',
  'Type',
  'URL',
  'ProxyType',
  'Authentication',
  'clientId',
  'User',
  'tokenServiceURL',
  'tokenServiceURLType',
  'origin',
]);

/** Whether the presets decide this property. */
export function isPresetProperty(name: string): boolean {
  return PRESET_PROPERTIES.has(name);
}

/** Domain of a CF landscape, e.g. `cf.eu10-004.hana.ondemand.com`: the API host without `api.` (SAP docs on CTMS, a26a721). */
export function landscapeDomain(api: string): string {
  return new URL(api).host.replace(/^api\./, '');
}

/** What a preset writes, except the password. The secret of client `cf` is empty, which is said by leaving it out. */
export function writeProperties(target: Target, name: string, email: string): Readonly<Record<string, string>> {
  const shared = {
    Name: name,
    Type: 'HTTP',
    ProxyType: 'Internet',
    Authentication: 'OAuth2Password',
    clientId: 'cf',
    User: email,
    URL: targetUrl(target),
    tokenServiceURL: tokenServiceUrl(target),
    // The cockpit writes it into every OAuth2Password destination; absent means the same.
    tokenServiceURLType: 'Dedicated',
  };
  return target.preset === 'ctms-deploy' ? { ...shared, origin: target.originKey } : shared;
}

/** URL of the destination: the deploy service's SLP endpoint of the space, or the CF API. */
function targetUrl(target: Target): string {
  if (target.preset === 'cf-api') return target.api;
  const space = target.space?.name ?? '';
  return `https://deploy-service.${landscapeDomain(target.api)}/slprot/${encodePart(target.org.name)}/${encodePart(space)}/slp`;
}

/**
 * CTMS adds `/oauth/token` itself and takes the origin from a property of its own; the Destination service calls the URL as it
 * is and knows no origin, so UAA must find it in the query.
 */
function tokenServiceUrl(target: Target): string {
  const login = `https://login.${landscapeDomain(target.api)}`;
  if (target.preset === 'ctms-deploy') return login;
  return `${login}/oauth/token?login_hint=${encodePart(JSON.stringify({ origin: target.originKey }))}`;
}

/** Percent-encodes one path segment or query value, also what encodeURIComponent leaves alone. */
function encodePart(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
