import { createHash, timingSafeEqual } from 'node:crypto';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Services } from './services.ts';

/** In the place of a hash: the password is the credential of this name, and was not used yet. */
const PLANTED = 'credential:';

export function isPlanted(hash: string): boolean {
  return hash.startsWith(PLANTED);
}

/**
 * Services that plant passwords without hashing them: a thousand users would take as many slow hashes before the landscape
 * answers. The landscape keeps its credentials anyway; the first logon with one puts the hash there.
 */
export function hashingLater(services: Services): Services {
  const names = new Map<string, string>();
  const { credentials } = services.ctx;
  return {
    ...services,
    ctx: {
      ...services.ctx,
      credentials: {
        ...credentials,
        password(name) {
          const value = credentials.password(name);
          names.set(value, name);
          return value;
        },
      },
    },
    hashes: {
      ...services.hashes,
      async hash(password) {
        const name = names.get(password);
        return name === undefined ? services.hashes.hash(password) : `${PLANTED}${name}`;
      },
    },
  };
}

/** Whether a password is the one that was planted. */
export function isPlantedPassword(
  { credentials }: Pick<EmulatorContext, 'credentials'>,
  hash: string,
  password: string,
): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(credentials.password(hash.slice(PLANTED.length))), digest(password));
}
