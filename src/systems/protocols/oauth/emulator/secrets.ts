import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';

/** Secrets that one service remembers at most; the oldest is forgotten. */
const MOST = 10_000;

/** Remembers for a while that a secret fits a hash, so that the slow hash is not computed for each request. */
export interface VerifiedSecrets {
  /** What `matches` says, or was said of the same hash and secret a while ago; that they do not fit is never remembered. */
  verify(hash: string, secret: string, matches: () => Promise<boolean>): Promise<boolean>;
}

/**
 * Verified secrets by an HMAC of hash and secret, with a key of this process, in memory only: a changed secret has another hash and
 * is never found ([ADR 10](../../../../../docs/adr/0010-verified-secrets-are-remembered-in-memory.md)).
 * @param lifetime milliseconds of the landscape's clock
 */
export function createVerifiedSecrets(ctx: Pick<EmulatorContext, 'now' | 'aside'>, lifetime: number): VerifiedSecrets {
  // As bytes it would be imported for each request: 18 µs instead of 4.
  const key = createSecretKey(randomBytes(32));
  const verified = new Map<string, number>();
  return {
    async verify(hash, secret, matches) {
      const tag = createHmac('sha256', key).update(`${hash}\n${secret}`).digest('base64');
      const until = verified.get(tag);
      if (until !== undefined && until > ctx.now()) return true;
      verified.delete(tag);
      if (!(await ctx.aside(matches))) return false;
      const oldest = verified.keys().next();
      if (verified.size >= MOST && !oldest.done) verified.delete(oldest.value);
      verified.set(tag, ctx.now() + lifetime);
      return true;
    },
  };
}

/** Compares in a time that tells nothing about where two texts differ, only whether they are of the same length. */
export function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
