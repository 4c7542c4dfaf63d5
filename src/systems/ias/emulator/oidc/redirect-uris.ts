/**
 * Redirect URIs with the wildcards of ias 48fdb9a: one `*` at the beginning or end of a label of the domain with at least
 * three labels behind it, `*` for a segment of the path, `**` at its end, and `*` for the port of this machine.
 */

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1']);
const PARTS = /^([a-z][a-z0-9.+-]+):\/\/([^/:?#]+)(?::(\d+|\*))?(\/[^?#]*)?$/;
const FORBIDDEN_SCHEMES = new Set(['ftp', 'sftp', 'tftp', 'file', 'telnet', 'javascript', 'data']);

interface Pattern {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/** Whether IAS would take this as a redirect URI of an application. */
export function isRedirectUri(text: string): boolean {
  const pattern = patternOf(text);
  if (!pattern || FORBIDDEN_SCHEMES.has(pattern.scheme)) return false;
  const local = LOCAL_HOSTS.has(pattern.host.replace(/^\*\./, ''));
  if (pattern.scheme === 'http' && !local) return false;
  if (pattern.port === '*' && !local) return false;
  return isDomain(pattern.host, local) && isPath(pattern.path);
}

/** Whether a redirect URI of a request is one that is registered; parameters are not looked at. */
export function matchesRedirectUri(registered: readonly string[], uri: string): boolean {
  const asked = exact(uri);
  return asked !== undefined && registered.some((one) => matches(patternOf(one), asked));
}

const SAP_HOSTS = /\.(?:hana\.ondemand\.com|cloud\.sap|accounts\.ondemand\.com)$/;

/**
 * Whether a browser may be sent to an address of an application. SAP's services register their own; where the landscape's do not,
 * all of SAP's hosts are good (assumed).
 */
export function mayReturn(
  application: { readonly managedBySap?: boolean | undefined },
  registered: readonly string[],
  uri: string,
): boolean {
  if (registered.length > 0 || application.managedBySap !== true) return matchesRedirectUri(registered, uri);
  const url = URL.parse(uri);
  return url?.protocol === 'https:' && url.username === '' && url.hash === '' && SAP_HOSTS.test(url.hostname);
}

function patternOf(text: string): Pattern | undefined {
  const [, scheme, host, port = '', path = ''] = PARTS.exec(text) ?? [];
  return scheme === undefined || host === undefined ? undefined : { scheme, host: host.toLowerCase(), port, path };
}

function isDomain(host: string, local: boolean): boolean {
  const labels = host.split('.');
  const wild = labels.findIndex((label) => label.includes('*'));
  if (wild < 0) return true;
  if (local) return wild === 0 && labels[0] === '*';
  const label = labels[wild] ?? '';
  const once = labels.filter((one) => one.includes('*')).length === 1 && label.indexOf('*') === label.lastIndexOf('*');
  return once && (label.startsWith('*') || label.endsWith('*')) && labels.length - wild - 1 >= 3;
}

function isPath(path: string): boolean {
  const segments = path.split('/').slice(1);
  return segments.every(
    (segment, index) =>
      !segment.includes('*') || segment === '*' || (segment === '**' && index === segments.length - 1),
  );
}

/** A concrete URI without user, parameters and fragment; undefined where it has what it must not have. */
function exact(uri: string): Pattern | undefined {
  // What a URL parser would straighten is not what was registered: `..`, backslashes, encoded dots.
  if (/[\\\s]|\/\.\.?(?:\/|$|[?#])|%2e|%2f|%5c/i.test(uri) || uri.includes('#')) return undefined;
  const pattern = patternOf(uri.split('?', 1)[0] ?? '');
  return pattern && !`${pattern.host}${pattern.port}`.includes('*') && !pattern.host.includes('@')
    ? pattern
    : undefined;
}

function matches(pattern: Pattern | undefined, asked: Pattern): boolean {
  if (!pattern || pattern.scheme !== asked.scheme) return false;
  const port = pattern.port === '*' || portOf(pattern) === portOf(asked);
  return port && matchesHost(pattern.host, asked.host) && matchesPath(pattern.path, asked.path);
}

function portOf({ scheme, port }: Pattern): string {
  return port === '' ? ({ https: '443', http: '80' }[scheme] ?? '') : port;
}

function matchesHost(pattern: string, host: string): boolean {
  const wanted = pattern.split('.');
  const labels = host.split('.');
  return wanted.length === labels.length && wanted.every((label, index) => matchesLabel(label, labels[index] ?? ''));
}

function matchesLabel(pattern: string, label: string): boolean {
  if (!pattern.includes('*')) return pattern === label;
  const [before = '', after = ''] = pattern.split('*');
  const fits = label.length >= Math.max(1, before.length + after.length);
  return fits && label.startsWith(before) && label.endsWith(after);
}

function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.replace(/\/$/, '').split('/');
  const segments = path.replace(/\/$/, '').split('/');
  if (wanted.at(-1) === '**') {
    const head = wanted.slice(0, -1);
    return segments.length >= head.length && head.every((one, index) => one === '*' || one === segments[index]);
  }
  return wanted.length === segments.length && wanted.every((one, index) => one === '*' || one === segments[index]);
}
