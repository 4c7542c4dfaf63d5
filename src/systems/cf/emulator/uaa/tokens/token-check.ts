import { z } from 'zod';
import { invalidToken, revoked } from '../errors.ts';
import { authoritiesOf } from '../groups.ts';
import type { UaaClient, UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';
import { covers } from './scopes.ts';
import { goodSignatures } from './signatures.ts';
import type { VerifiedToken } from './signing-keys.ts';

const known = z.looseObject({
  jti: z.string().default(''),
  cid: z.string(),
  user_id: z.string().optional(),
  scope: z.array(z.string()).default([]),
  rev_sig: z.string().optional(),
  revocable: z.boolean().optional(),
});

/** A token that counts at UAA itself, with whom it is about. */
export interface CheckedToken extends VerifiedToken {
  readonly client: UaaClient;
  /** Absent for a client's own token. */
  readonly user?: UaaUser;
  readonly scopes: readonly string[];
}

/** Three parts of base64url; everything else is the id of an opaque token. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Looks at an access token as UAA's own endpoints do (UAA TokenValidationService): beside signature and issuer that the
 * client and the user are still there, still have the scopes, and nothing that it was signed for has changed.
 * @throws UaaError `invalid_token`; an expired token is given back, what it means is for the endpoint to say
 */
export async function checkToken(uaa: Uaa, text: string): Promise<CheckedToken> {
  const { store, landscape, ctx } = uaa;
  const kept = (id: string) => {
    const row = store.keptTokens.get(keyIn(landscape, id));
    return row && row.expiresAt > ctx.now() ? row : undefined;
  };
  const jwt = JWT.test(text) ? text : kept(text)?.jwt;
  // The JWT behind a refresh token has no scope of its own.
  const refreshes = jwt === undefined && store.refreshGrants.get(keyIn(landscape, text));
  if (refreshes && refreshes.expiresAt > ctx.now()) throw invalidToken('The token does not bear a "scope" claim.');
  if (jwt === undefined) throw revoked();
  const verified = await uaa.tokens.keys.verify(jwt);
  if (!Array.isArray(verified.claims.scope)) throw invalidToken('The token does not bear a "scope" claim.');
  const claims = known.parse(verified.claims);
  if (claims.revocable && !verified.expired && !kept(claims.jti)) {
    throw invalidToken(`The token has been revoked: ${claims.jti}`);
  }
  const client = store.client(landscape, claims.cid);
  if (!client) throw invalidToken(`Invalid client ID ${claims.cid}`);
  const user = claims.user_id === undefined ? undefined : userOf(uaa, claims.user_id);
  checkBearing(uaa, { client, user, scopes: claims.scope, claim: 'scope', signature: claims.rev_sig });
  return { ...verified, client, ...(user ? { user } : {}), scopes: claims.scope };
}

/** The user of a token; one who was deleted or deactivated does not exist. */
export function userOf({ store, landscape }: Uaa, id: string): UaaUser {
  const user = store.user(landscape, id);
  if (!user?.active) throw invalidToken(`Token bears a non-existent user ID: ${id}`);
  return user;
}

/** That a token may still be borne: scopes, required groups and the revocation signature, in UAA's order. */
export function checkBearing(
  { store }: Uaa,
  token: {
    readonly client: UaaClient;
    readonly user: UaaUser | undefined;
    readonly scopes: readonly string[];
    readonly claim: 'scope' | 'granted_scopes';
    readonly signature: string | undefined;
  },
): void {
  const { client, user, scopes, claim, signature } = token;
  const mustBeAmong = (allowed: Iterable<string>) => {
    const patterns = [...allowed];
    const missing = scopes.filter((scope) => !covers(patterns, scope));
    if (missing.length > 0) throw invalidToken(`Some required "${claim}" are missing: [${missing.join(', ')}]`);
  };
  mustBeAmong(user ? client.scopes : client.authorities);
  if (user) {
    const authorities = authoritiesOf(store, user);
    mustBeAmong(authorities);
    if (client.requiredUserGroups?.some((group) => !authorities.has(group))) {
      throw invalidToken("User does not meet the client's required group criteria.");
    }
  }
  if (signature !== undefined && !goodSignatures(client, user).includes(signature)) {
    throw invalidToken('revocable signature mismatch');
  }
}
