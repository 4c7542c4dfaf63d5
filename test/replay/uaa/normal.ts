import { decodeJwt, decodeProtectedHeader } from 'jose';
import { withNames } from '../scenarios/names.ts';
import type { Answer } from '../scenarios/step.ts';

/** Headers that clients may go by; those that every answer of a servlet container has are left out. */
const HEADERS = ['content-type', 'content-language', 'cache-control', 'pragma', 'www-authenticate', 'etag', 'location'];

/** An answer without what differs each time: ids, times, tokens, keys. What was kept has its name. */
export function answerOf(response: Response, text: string, names: ReadonlyMap<string, string>): Answer {
  const named = (value: string) => withNames(value, names);
  const headers: Record<string, string> = {};
  for (const name of HEADERS) {
    const value = response.headers.get(name);
    if (value !== null) headers[name] = headerOf(name, named(value));
  }
  const isJson = (headers['content-type'] ?? '').includes('json');
  const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  const tokens = parsed === undefined ? {} : tokensIn(parsed, named);
  return {
    status: response.status,
    headers,
    body: parsed === undefined ? pageOf(text, headers['content-type']) : normal(parsed, named),
    ...(Object.keys(tokens).length === 0 ? {} : { tokens }),
  };
}

/** Pages are everybody's own: only that there is one counts. */
function pageOf(text: string, type = ''): string {
  return type.includes('html') && text !== '' ? '<page>' : text;
}

function headerOf(name: string, value: string): string {
  if (name === 'etag') return value.replace(/\d{13}/, '<ms>');
  // Two filters may say the same.
  if (name === 'cache-control') return [...new Set(value.split(', '))].join(', ');
  return plain(value);
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const JWT = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;
const JAVA_DATE = /\w{3} \w{3} \d\d \d\d:\d\d:\d\d \w{3,4} \d{4}/g;

function plain(text: string): string {
  return text
    .replace(JWT, '<jwt>')
    .replace(UUID, '<uuid>')
    .replace(/\b[0-9a-f]{32}(?=-r\b|\b)/g, '<hex32>')
    .replace(JAVA_DATE, '<date>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|\+0000)/g, '<time>')
    .replace(/(?<=[?&#]code=)[\w-]{32}(?![\w-])/g, '<code>')
    .replace(/(?<=[?&#]session_state=)[\w.]+/g, '<state>');
}

/** Values that are different each time, or of the landscape's own making, by key. */
const OWN: Readonly<Record<string, string>> = {
  rev_sig: '<signature>',
  n: '<modulus>',
  auth_time: '<s>',
  iat: '<s>',
  exp: '<s>',
  salt: '<salt>',
  previous_logon_time: '<ms>',
  previousLogonTime: '<ms>',
  lastLogonTime: '<ms>',
  lastModified: '<ms>',
  issuedAt: '<ms>',
  expiresAt: '<ms>',
  kid: '<kid>',
};
/** Lists whose order is a hash map's or a database's. */
const SETS = new Set([
  'scope',
  'aud',
  'groups',
  'members',
  'authorities',
  'authorized_grant_types',
  'autoapprove',
  'roles',
  'redirect_uri',
  'amr',
  'granted_scopes',
  'resourceIds',
  'undecided_scopes',
  'scopes',
  'approved_scopes',
]);

function normal(value: unknown, named: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') {
    const text = plain(named(value));
    if (text.startsWith('-----BEGIN')) return '<pem>';
    if (key !== '' && OWN[key] !== undefined && !text.startsWith('<')) return OWN[key];
    if (key === 'scope' && !text.startsWith('[')) return text.split(' ').sort().join(' ');
    return sentence(text);
  }
  if (typeof value === 'number' && OWN[key] !== undefined) return OWN[key];
  if (typeof value === 'number' && key === 'expires_in') return lifetime(value);
  if (Array.isArray(value)) {
    const list = value.map((one: unknown) => normal(one, named));
    return SETS.has(key) || isUnordered(list[0])
      ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, normal(one, named, name)]));
}

/** Kept tokens and mappings come as the database has them. */
function isUnordered(one: unknown): boolean {
  return typeof one === 'object' && one !== null && ('tokenId' in one || 'externalGroup' in one);
}

/** Seconds, to the next five: it is one or two less than configured, as time passes while a token is made. */
function lifetime(seconds: number): number {
  return Math.ceil(seconds / 5) * 5;
}

/** Sets inside of a sentence (`[a, b]`) come in no order; what is wrong with JSON is told in the words of its library. */
function sentence(text: string): string {
  return text
    .replace(/^JSON parse error: .*/s, 'JSON parse error: <words of the library>')
    .replace(/\[([^[\]{}"]+(?:, [^[\]{}"]+)+)\]/g, (_all, list: string) => `[${list.split(', ').sort().join(', ')}]`);
}

function tokensIn(body: unknown, named: (text: string) => string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {};
  const tokens: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    if (typeof value !== 'string' || !/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(value)) continue;
    const claims = decodeJwt(value);
    tokens[key] = {
      header: normal(decodeProtectedHeader(value), named),
      claims: {
        ...(normal(claims, named) as object),
        exp: `<iat + ${lifetime((claims.exp ?? 0) - (claims.iat ?? 0))}>`,
      },
    };
  }
  return tokens;
}
