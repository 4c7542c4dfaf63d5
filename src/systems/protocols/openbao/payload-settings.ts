import { z } from 'zod';
import { ConfigError } from '../../../kernel/errors.ts';
import { httpsUrl, slashed } from '../http/grammar.ts';
import type { OpenbaoConnection } from './client.ts';
import type { PayloadOptions } from './payloads.ts';

const text = z.string().min(1).optional();

const variables = z.object({
  LOCUM_VAULT_URL: httpsUrl,
  LOCUM_VAULT_NAMESPACE: text,
  LOCUM_VAULT_MOUNT: slashed.default('secret'),
  LOCUM_VAULT_PREFIX: slashed.default('locum'),
  LOCUM_VAULT_TOKEN: text,
  LOCUM_VAULT_TOKEN_FILE: text,
  LOCUM_VAULT_APPROLE_MOUNT: slashed.default('approle'),
  LOCUM_VAULT_ROLE_ID: text,
  LOCUM_VAULT_SECRET_ID: text,
  LOCUM_VAULT_SECRET_ID_FILE: text,
  LOCUM_VAULT_JWT_MOUNT: slashed.default('jwt'),
  LOCUM_VAULT_JWT_ROLE: text,
  LOCUM_VAULT_JWT: text,
  LOCUM_VAULT_JWT_FILE: text,
});

/** Variables that hold a secret themselves; each may be given as a file too, `…_FILE`. */
export const PAYLOAD_SECRETS = ['LOCUM_VAULT_TOKEN', 'LOCUM_VAULT_SECRET_ID', 'LOCUM_VAULT_JWT'] as const;

/**
 * Where Locum's own vault keeps sealed texts when it is not the store, as variables tell it. Undefined: in the store.
 * @throws {ConfigError} `ERR_CONFIG`, naming the variables, never what is in them
 */
export function payloadOptionsOf(
  environment: Readonly<Record<string, string | undefined>>,
): PayloadOptions | undefined {
  if (!environment.LOCUM_VAULT_URL) return undefined;
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => value && name in variables.shape),
  );
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
    throw new ConfigError('ERR_CONFIG', `the external vault is not set up right: ${wrong.join('; ')}`, {
      remedy: 'see docs/vault.md',
    });
  }
  const { data } = parsed;
  const ways = waysIn(data);
  const [login] = ways;
  if (!login || ways.length > 1) {
    throw new ConfigError('ERR_CONFIG', `the external vault has ${ways.length === 0 ? 'no' : 'more than one'} login`, {
      remedy:
        'set one of LOCUM_VAULT_TOKEN, LOCUM_VAULT_ROLE_ID with LOCUM_VAULT_SECRET_ID, LOCUM_VAULT_JWT_ROLE with LOCUM_VAULT_JWT; each secret also as …_FILE',
    });
  }
  return {
    connection: { url: data.LOCUM_VAULT_URL, namespace: data.LOCUM_VAULT_NAMESPACE, ...login },
    mount: data.LOCUM_VAULT_MOUNT,
    prefix: data.LOCUM_VAULT_PREFIX,
  };
}

type Login = Pick<OpenbaoConnection, 'token' | 'appRole' | 'jwt'>;

/** Every login that is told whole. */
function waysIn(data: z.infer<typeof variables>): readonly Login[] {
  const token = refOf('LOCUM_VAULT_TOKEN', data);
  const secretId = refOf('LOCUM_VAULT_SECRET_ID', data);
  const jwt = refOf('LOCUM_VAULT_JWT', data);
  const { LOCUM_VAULT_ROLE_ID: roleId, LOCUM_VAULT_JWT_ROLE: role } = data;
  return [
    ...(token ? [{ token }] : []),
    ...(roleId && secretId ? [{ appRole: { mount: data.LOCUM_VAULT_APPROLE_MOUNT, roleId, secretId } }] : []),
    ...(role && jwt ? [{ jwt: { mount: data.LOCUM_VAULT_JWT_MOUNT, role, token: jwt } }] : []),
  ];
}

/** A secret stays where it is until it is needed. */
function refOf(variable: (typeof PAYLOAD_SECRETS)[number], data: z.infer<typeof variables>): string | undefined {
  const file = data[`${variable}_FILE`];
  if (data[variable] !== undefined) return `env:${variable}`;
  return file === undefined ? undefined : `file:${file}`;
}
