import type { Collection } from '../../../../emulation/state.ts';
import type { Services } from '../services.ts';
import { endGrant } from './grants.ts';

/** Forgets tokens, codes and the like that have expired. */
export function forgetExpired({ ctx, oidc }: Services): void {
  const now = ctx.now();
  const collections: readonly Collection<{ readonly expiresAt: number }>[] = [
    oidc.opaqueTokens,
    oidc.refreshTokens,
    oidc.codes,
    oidc.passcodes,
    oidc.seenAssertions,
    oidc.revokedTokens,
    oidc.federations,
  ];
  for (const collection of collections) {
    for (const key of [...collection.keys()]) {
      if (now >= (collection.get(key)?.expiresAt ?? 0)) collection.delete(key);
    }
  }
  for (const key of [...oidc.grants.keys()]) {
    if (now >= (oidc.grants.get(key)?.expiresAt ?? 0)) endGrant(oidc, key);
  }
}
