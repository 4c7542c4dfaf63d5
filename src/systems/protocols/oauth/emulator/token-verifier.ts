import { errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { createTokenMemory, isTimely, type PublicKey, type TokenMemory } from './token-memory.ts';

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });

interface Issuer {
  readonly keys: readonly PublicKey[];
  readonly memory: TokenMemory;
}

/**
 * Verifies RS256 tokens by the keys that their issuer serves, as resource servers do. Keeps a cache of keys, and of the tokens
 * whose signature they have verified.
 * @returns the claims; throws whatever is wrong with the token, and when the keys cannot be had
 */
export function createTokenVerifier(
  ctx: Pick<EmulatorContext, 'fetch' | 'now'>,
): (token: string, keysUrl: string) => Promise<JWTPayload> {
  const issuers = new Map<string, Issuer>();

  async function load(url: string): Promise<Issuer> {
    const response = await ctx.fetch(url);
    if (!response.ok) throw new Error(`no keys at ${url}`);
    const { keys } = keySet.parse(await response.json());
    const issuer = { keys, memory: issuers.get(url)?.memory ?? createTokenMemory() };
    issuers.set(url, issuer);
    return issuer;
  }

  return async (token, keysUrl) => {
    const check = ({ keys, memory }: Issuer): Promise<JWTPayload> =>
      memory.claims(
        token,
        keys,
        async (find) => {
          const options = { algorithms: ['RS256'], currentDate: new Date(ctx.now()) };
          return (await jwtVerify(token, find, options)).payload;
        },
        (claims) => isTimely(claims, ctx.now()),
      );
    const known = issuers.get(keysUrl);
    if (!known) return check(await load(keysUrl));
    try {
      return await check(known);
    } catch (error) {
      // A key id that is not in the cache: the keys were rotated. A signature that does not fit: the landscape was reset.
      const outdated =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed;
      if (outdated) return check(await load(keysUrl));
      throw error;
    }
  };
}
