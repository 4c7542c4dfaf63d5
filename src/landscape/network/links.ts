/** Gives the localhost port of a production host, and the other way round. */
export interface PortMap {
  portOf(host: string): number | undefined;
  hostOf(port: number): string | undefined;
}

// A URL may stand as it is, with slashes escaped as JSON may have them, or percent-encoded (several times) in another.
const COLON = '(:|%(?:25)*3a)';
const SLASHES = String.raw`(\/\/|\\\/\\\/|%(?:25)*2f%(?:25)*2f)`;

const PRODUCTION = new RegExp(
  String.raw`https${COLON}${SLASHES}([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:${COLON}443)?(?![a-z0-9-]|\.[a-z0-9]|(?::|%(?:25)*3a)\d)`,
  'gi',
);
const LOCAL = new RegExp(String.raw`http${COLON}${SLASHES}(?:localhost|127\.0\.0\.1)${COLON}(\d{1,5})(?!\d)`, 'gi');

/**
 * Production origins of known hosts become localhost ones. Tokens stay as they are: they are signed, and base64 hides
 * what they name.
 */
export function toLocalLinks(text: string, ports: Pick<PortMap, 'portOf'>): string {
  return text.replace(PRODUCTION, (link, colon: string, slashes: string, host: string) => {
    const port = ports.portOf(host.toLowerCase());
    return port === undefined ? link : `http${colon}${slashes}localhost${colon}${port}`;
  });
}

/** Localhost origins of known ports become production ones: what a client got from us and sends back. */
export function toProductionLinks(text: string, ports: Pick<PortMap, 'hostOf'>): string {
  return text.replace(LOCAL, (link, colon: string, slashes: string, _: string, port: string) => {
    const host = ports.hostOf(Number(port));
    return host === undefined ? link : `https${colon}${slashes}${host}`;
  });
}

/** Whether bodies of this media type are texts that may hold links. */
export function mayHoldLinks(contentType: string | null): boolean {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return (
    type.startsWith('text/') ||
    /^application\/(?:.+\+)?(?:json|xml)$/.test(type) ||
    ['application/x-www-form-urlencoded', 'application/javascript'].includes(type)
  );
}
