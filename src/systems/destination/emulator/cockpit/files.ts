import { parse as parseJavaProperties } from 'dot-properties';
import { parse as parseYaml } from 'yaml';
import { isSecretProperty } from '../../wire.ts';
import { badRequest } from '../errors.ts';
import type { Properties } from '../store.ts';

/** Formats of the cockpit's export; it imports YAML too (btp-connectivity:707b49e, 91ee9db). */
export const FORMATS = ['json', 'properties'] as const;
export type Format = (typeof FORMATS)[number];

const REMOVED = '<< Existing password/certificate removed on export >>';

/** A destination as a file, without what is secret in it. */
export function exported(properties: Properties, format: Format, now: number): string {
  const entries = Object.entries(properties);
  const open = entries.filter(([name]) => !isSecretProperty(name));
  if (format === 'json') return `${JSON.stringify(Object.fromEntries(open), null, 2)}\n`;
  // Layout of real exports (notes destination §1.11): a comment for each secret, the date, and what Java's Properties writes.
  const secrets = entries.filter(([name]) => isSecretProperty(name)).map(([name]) => `#${escaped(name)}=${REMOVED}`);
  const lines = open.map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  return [...secrets, '#', `#${javaDate(now)}`, ...lines].map((line) => `${line}\n`).join('');
}

/** What a file says of a destination; secrets that an export removed are missing in it. @throws Fault 400 when it cannot be read */
export function imported(fileName: string, text: string): unknown {
  try {
    if (/\.json$/i.test(fileName)) return JSON.parse(text);
    if (/\.ya?ml$/i.test(fileName)) return parseYaml(text);
    return parseJavaProperties(text);
  } catch {
    throw badRequest('The file can not be read');
  }
}

/** `java.util.Properties#store`: what separates or begins a comment is escaped wherever it stands, and all that is not ASCII. */
function escaped(text: string): string {
  const short: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' };
  return text
    .replace(/[\\:=#!]|^ /g, (char) => `\\${char}`)
    .replace(/[\t\n\r\f]/g, (char) => short[char] ?? char)
    .replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

/** `java.util.Date#toString` in UTC: `Thu Jun 16 12:17:12 UTC 2022`. */
function javaDate(now: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(now).toUTCString().split(/,? /);
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}
