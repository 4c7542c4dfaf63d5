import type { ZodType, z } from 'zod';
import { ConfigError } from '../../../kernel/errors.ts';
import type { Secret } from '../../../kernel/secret.ts';

/** Reads a service key that is a secret as a whole: what is wrong with it is told by the names of its keys only. */
export function parseConfig<S extends ZodType>(schema: S, secret: Secret, name: string): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(secret.reveal());
  } catch {
    // The message of JSON.parse quotes the text.
    throw wrong(name, 'is not JSON text');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const keys = parsed.error.issues.map((issue) => issue.path.join('.'));
  throw wrong(name, `lacks ${[...new Set(keys)].join(', ')}`);
}

function wrong(name: string, because: string): ConfigError {
  return new ConfigError('ERR_CONFIG_CONNECTION', `${name} ${because}`, {
    remedy: 'give the whole service key, as the service shows it',
  });
}
