import { createHmac, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { EmulatorContext } from '../../../emulation/emulator.ts';

/** Argon2id, 19 MiB, 2 passes, 1 lane: OWASP's second choice, 170 hashes a second on two cores. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** How long a verified password is known, in milliseconds. */
const CACHE_MS = 60_000;
const CACHE_SIZE = 10_000;

export interface PasswordHashes {
  hash(password: string): Promise<string>;
  verify(hashed: string, password: string): Promise<boolean>;
}

/**
 * Hashes and verifies passwords off the event loop. A verified one is remembered for a minute under an HMAC of hash
 * and password with a key of this process: a changed password has another hash and so is never found.
 */
export function createPasswordHashes(ctx: Pick<EmulatorContext, 'now' | 'aside'>): PasswordHashes {
  const key = randomBytes(32);
  const verified = new Map<string, number>();
  return {
    // Keeps its turn: whoever sets a password writes back a user that was read before, and another change of that user
    // must not come in between.
    hash: (password) => hash(password, ARGON2),
    async verify(hashed, password) {
      const tag = createHmac('sha256', key).update(`${hashed}\n${password}`).digest('base64');
      const until = verified.get(tag);
      if (until !== undefined && until > ctx.now()) return true;
      verified.delete(tag);
      if (!(await ctx.aside(() => verify(hashed, password)))) return false;
      const oldest = verified.keys().next();
      if (verified.size >= CACHE_SIZE && !oldest.done) verified.delete(oldest.value);
      verified.set(tag, ctx.now() + CACHE_MS);
      return true;
    },
  };
}
