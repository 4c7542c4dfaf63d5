import { X509Certificate } from 'node:crypto';
import type { z } from 'zod';
import type { Tls } from '../../kernel/context.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { certificateKey, secretKey } from './wire.ts';

type KeyOfAll = 'clientid' | 'uri' | 'tenantid' | 'instanceid';

/** A service key of the Destination service, read. */
export interface Key {
  readonly clientId: string;
  /** Absent for a key of type x509. */
  readonly clientSecret?: Secret;
  /** Client certificate of a key of type x509, for the token endpoint. */
  readonly tls?: Tls;
  /** Full URL of the XSUAA token endpoint of the subaccount. */
  readonly tokenUrl: string;
  /** Base URL of the Destination service, without path. */
  readonly uri: string;
  /** GUID of the subaccount, where the key says it. */
  readonly subaccount?: string | undefined;
  /** GUID of the service instance, where the key says it. */
  readonly instance?: string | undefined;
}

/**
 * Reads the JSON text of a service key, plain or wrapped in `credentials` as `cf service-key` prints it. Throws a
 * ConfigError that holds nothing of the text: neither it nor a parser's message may reach a log.
 * @param subaccount where the key must belong: a key of another subaccount would write the destinations there
 * @param now epoch milliseconds; a certificate that has ended by then is told before anybody is asked
 */
export function readServiceKey(
  text: Secret,
  subaccount: { readonly name: string; readonly guid?: string },
  now: number,
): Key {
  const json = unwrapped(text, subaccount.name);
  // Keys of a certificate of one's own come without the private key: who sent the certificate has it.
  const key = hasCertificate(json)
    ? certified(parse(certificateKey, json, subaccount.name), subaccount.name, now)
    : withSecret(parse(secretKey, json, subaccount.name));
  const { guid } = subaccount;
  if (guid !== undefined && key.subaccount !== undefined && key.subaccount !== guid) {
    throw new ConfigError(
      'ERR_CONFIG_CONNECTION',
      `connections.destination.${subaccount.name}: the service key belongs to another subaccount (${key.subaccount})`,
      { remedy: `create a service key in subaccount '${subaccount.name}' (${subaccount.guid})` },
    );
  }
  return key;
}

function withSecret({ clientsecret, url, ...key }: z.infer<typeof secretKey>): Key {
  return { ...common(key), clientSecret: new Secret(clientsecret), tokenUrl: tokenUrl(url) };
}

function certified(
  { certificate, key: privateKey, certurl, ...key }: z.infer<typeof certificateKey>,
  subaccount: string,
  now: number,
): Key {
  assertValid(certificate, subaccount, now);
  return { ...common(key), tls: { cert: certificate, key: new Secret(privateKey) }, tokenUrl: tokenUrl(certurl) };
}

function common({ clientid, uri, tenantid, instanceid }: Pick<z.infer<typeof secretKey>, KeyOfAll>) {
  return { clientId: clientid, uri: bare(uri), subaccount: tenantid, instance: instanceid };
}

function hasCertificate(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'certificate' in json;
}

/** Service keys of type x509 live for a week unless their parameters say otherwise. */
function assertValid(pem: string, subaccount: string, now: number): void {
  const until = endOf(pem);
  if (until !== undefined && until > now) return;
  const because =
    until === undefined
      ? 'the certificate of the service key can not be read'
      : `the certificate of the service key has ended (${new Date(until).toISOString()})`;
  throw refused(
    subaccount,
    because,
    'create another service key, with a longer `validity` under `xsuaa.x509` of its parameters',
  );
}

function endOf(pem: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return;
  }
}

function refused(subaccount: string, because: string, remedy: string): ConfigError {
  return new ConfigError('ERR_CONFIG_SECRET', `connections.destination.${subaccount}: ${because}`, { remedy });
}

function unwrapped(text: Secret, subaccount: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text.reveal());
  } catch {
    throw refused(subaccount, 'the service key is not JSON', 'give the whole JSON text of the service key');
  }
  return typeof json === 'object' && json !== null && 'credentials' in json ? json.credentials : json;
}

function parse<T extends z.ZodType>(schema: T, json: unknown, subaccount: string): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the object'))].join(', ');
  throw refused(
    subaccount,
    `the service key lacks ${fields}`,
    hasCertificate(json)
      ? 'give the JSON text of the service key, with the private key of its certificate as `key` (PEM)'
      : 'give the JSON text of a service key of a Destination service instance',
  );
}

function tokenUrl(base: string): string {
  return `${bare(base)}/oauth/token`;
}

function bare(url: string): string {
  return url.replace(/\/+$/, '');
}
