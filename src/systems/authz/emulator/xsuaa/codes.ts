import { createHash } from 'node:crypto';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Zone } from '../../../../emulation/world.ts';
import type { ProviderClaims } from '../store.ts';
import { type AuthzStore, keyOf, type OAuthClient, type ShadowUser } from '../store.ts';
import { invalidGrant, invalidRequest, OAuthError } from './errors.ts';

/** Milliseconds that a code is good for, once (UAA source). */
const CODE_VALIDITY = 300_000;

export type Challenge = { readonly value: string; readonly method: 'S256' | 'plain' };

/** What a code stands for. */
export interface Authorization {
  readonly user: ShadowUser;
  readonly said: ProviderClaims;
  readonly redirectUri: string;
  readonly scope?: string | undefined;
  readonly nonce?: string | undefined;
  readonly challenge?: Challenge | undefined;
}

/** Authorization codes: made in the browser, redeemed at the token endpoint. */
export interface AuthorizationCodes {
  make(zone: Zone, client: OAuthClient, authorization: Authorization): string;
  /** @throws OAuthError 400 with UAA's words for what does not fit */
  redeem(zone: Zone, client: OAuthClient, params: URLSearchParams): Authorization;
}

export function createAuthorizationCodes(
  ctx: Pick<EmulatorContext, 'now' | 'random'>,
  store: AuthzStore,
): AuthorizationCodes {
  return {
    make(zone, client, { user, ...authorization }) {
      const code = Buffer.from(ctx.random(24)).toString('base64url');
      store.codes.set(code, {
        ...authorization,
        zone: zone.guid,
        clientId: client.clientId,
        userId: user.id,
        expiresAt: ctx.now() + CODE_VALIDITY,
      });
      return code;
    },
    redeem(zone, client, params) {
      const code = params.get('code');
      if (!code) throw invalidRequest('An authorization code must be supplied.');
      const stored = store.codes.get(code);
      if (stored?.zone !== zone.guid) throw invalidGrant(`Invalid authorization code: ${code}`);
      store.codes.delete(code);
      if (stored.expiresAt <= ctx.now()) throw invalidGrant(`Authorization code expired: ${code}`);
      if (stored.redirectUri !== (params.get('redirect_uri') ?? '')) {
        throw new OAuthError(400, 'redirect_uri_mismatch', 'Redirect URI mismatch.');
      }
      if (stored.clientId !== client.clientId) throw invalidGrant('Client ID mismatch');
      checkVerifier(stored.challenge, params.get('code_verifier'));
      const user = store.users.by('id', keyOf(zone.guid, stored.userId))[0];
      if (!user) throw invalidGrant(`Invalid authorization code: ${code}`);
      return { ...stored, user };
    },
  };
}

function checkVerifier(challenge: Challenge | undefined, verifier: string | null): void {
  if (!challenge) {
    if (verifier !== null) throw invalidGrant('PKCE error: Code verifier not required');
    return;
  }
  if (verifier === null) throw invalidGrant('PKCE error: Code verifier must be provided for this authorization code.');
  const made = challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  if (made !== challenge.value) throw invalidGrant(`Invalid code verifier: ${verifier}`);
}
