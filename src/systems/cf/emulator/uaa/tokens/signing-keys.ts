import { compactVerify, decodeProtectedHeader, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../../emulation/emulator.ts';
import type { KeyFinder, PublicKey } from '../../../../protocols/oauth/emulator/token-memory.ts';
import { createTokenKeys, type TokenKeys } from '../../../../protocols/oauth/emulator.ts';
import { type Landscapes, urlOf } from '../../landscapes.ts';
import { invalidToken } from '../errors.ts';
import type { UaaStore } from '../store.ts';

const DAY_MS = 86_400_000;

const claimsOf = z.looseObject({ iss: z.string().optional(), exp: z.number() });

export interface VerifiedToken {
  readonly claims: JWTPayload;
  readonly expired: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The keys that sign a UAA's tokens; with a landscape's `tokenKeyDays` a new one takes over when the time is there. */
export interface SigningKeys extends TokenKeys {
  /** `iss` of all tokens. */
  readonly issuer: string;
  /** Entity tag of `/token_keys`: the time of the last change, in milliseconds (UAA TokenKeyEndpoint). */
  etag(): Promise<string>;
  /** Claims of a token that is ours, expired or not; throws `invalid_token` with UAA's reason otherwise. */
  verify(token: string): Promise<VerifiedToken>;
}

export function createSigningKeys(
  ctx: EmulatorContext,
  store: UaaStore,
  landscapes: Landscapes,
  landscape: string,
): SigningKeys {
  const keys = createTokenKeys(ctx, `cf-uaa/${landscape}`);
  const issuer = `${urlOf('uaa', landscape)}/oauth/token`;

  async function rotateIfDue(): Promise<void> {
    const days = landscapes.get(landscape)?.tokenKeyDays;
    const changedAt = store.keysChangedAt.get(landscape);
    if (changedAt === undefined) store.keysChangedAt.set(landscape, ctx.now());
    else if (days !== undefined && ctx.now() - changedAt >= days * DAY_MS) {
      // Noted first: whoever asks while the new key is made must not make another.
      store.keysChangedAt.set(landscape, ctx.now());
      await keys.rotate();
    }
  }

  /** Claims of a token with a good signature, whatever they are. */
  async function signedClaims(token: string, list: readonly PublicKey[], find: KeyFinder): Promise<JWTPayload> {
    try {
      const { kid } = decodeProtectedHeader(token);
      if (kid === undefined) throw invalidToken('kid claim not found in JWT token header');
      if (!list.some((key) => key.kid === kid)) {
        throw invalidToken(`Token header claim [kid] references unknown signing key : [${kid}]`);
      }
      const { payload } = await compactVerify(token, find, { algorithms: ['RS256'] });
      return claimsOf.parse(JSON.parse(Buffer.from(payload).toString('utf8')));
    } catch (error) {
      if (error instanceof Error && error.name === 'UaaError') throw error;
      throw invalidToken('Could not verify token signature.');
    }
  }

  return {
    issuer,
    verified: keys.verified,
    async sign(claims, header) {
      await rotateIfDue();
      return keys.sign(claims, header);
    },
    async list() {
      await rotateIfDue();
      return keys.list();
    },
    async rotate() {
      store.keysChangedAt.set(landscape, ctx.now());
      await keys.rotate();
    },
    async etag() {
      await rotateIfDue();
      return String(store.keysChangedAt.get(landscape) ?? 0);
    },
    async verify(token) {
      const list = await keys.list();
      const claims = await keys.verified.claims(token, list, (find) => signedClaims(token, list, find));
      if (claims.iss !== issuer) {
        throw invalidToken(`Invalid issuer (${claims.iss}) for token did not match expected: ${issuer}`);
      }
      const expiresAt = Number(claims.exp) * 1000;
      return { claims, expiresAt, expired: expiresAt <= ctx.now() };
    },
  };
}
