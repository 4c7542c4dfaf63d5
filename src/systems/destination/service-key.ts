import { ConfigError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { type ServiceKey, serviceKey } from './wire.ts';

/** A service key of the Destination service, read. */
export interface Key {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Full URL of the XSUAA token endpoint of the subaccount. */
  readonly tokenUrl: string;
  /** Base URL of the Destination service, without path. */
  readonly uri: string;
}

/**
 * Reads the JSON text of a service key, plain or wrapped in `credentials` as `cf service-key` prints it. Throws a
 * ConfigError that holds nothing of the text: neither it nor a parser's message may reach a log.
 * @param subaccount where the key must belong: a key of another subaccount would write the destinations there
 */
export function readServiceKey(text: Secret, subaccount: { readonly name: string; readonly guid: string }): Key {
  const found = parse(text, subaccount.name);
  if (found.tenantid !== undefined && found.tenantid !== subaccount.guid) {
    throw new ConfigError(
      'ERR_CONFIG_CONNECTION',
      `connections.destination.${subaccount.name}: the service key belongs to another subaccount (${found.tenantid})`,
      { remedy: `create a service key in subaccount '${subaccount.name}' (${subaccount.guid})` },
    );
  }
  return {
    clientId: found.clientid,
    clientSecret: new Secret(found.clientsecret),
    tokenUrl: `${found.url.replace(/\/+$/, '')}/oauth/token`,
    uri: found.uri.replace(/\/+$/, ''),
  };
}

function parse(text: Secret, subaccount: string): ServiceKey {
  const refuse = (because: string, remedy: string): ConfigError =>
    new ConfigError('ERR_CONFIG_SECRET', `connections.destination.${subaccount}: ${because}`, { remedy });
  let json: unknown;
  try {
    json = JSON.parse(text.reveal());
  } catch {
    throw refuse('the service key is not JSON', 'give the whole JSON text of the service key');
  }
  const wrapped = typeof json === 'object' && json !== null && 'credentials' in json ? json.credentials : json;
  const parsed = serviceKey.safeParse(wrapped);
  if (parsed.success) return parsed.data;
  if (typeof wrapped === 'object' && wrapped !== null && 'certificate' in wrapped) {
    throw refuse(
      'the service key is of type x509, which is not supported',
      `create one with a client secret: cf create-service-key … -c '{"xsuaa":{"credential-type":"binding-secret"}}'`,
    );
  }
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the object'))].join(', ');
  throw refuse(
    `the service key lacks ${fields}`,
    'give the JSON text of a service key of a Destination service instance',
  );
}
