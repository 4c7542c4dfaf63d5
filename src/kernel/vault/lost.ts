import { ConfigError } from '../errors.ts';

/**
 * What a version of the vault opens to; undefined where its sealed text is gone or was altered: that never opens again, and a new secret
 * is the way out. A place that is only away is no loss and throws.
 */
export async function unlessLost<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'ERR_STORE_CORRUPT') return undefined;
    throw error;
  }
}
