import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { createTokenKeys, type TokenKeys } from '../../../protocols/oauth/emulator.ts';
import { type Landscapes, urlOf } from '../landscapes.ts';
import { invalidGrant, invalidScope, invalidToken } from './errors.ts';
import { revocationSignature } from './hashes.ts';
import type { RefreshGrant, UaaClient, UaaStore, UaaUser } from './store.ts';

/** Groups that every user has (recorded on a SAP landscape). */
export const DEFAULT_GROUPS = [
  'cloud_controller.read',
  'password.write',
  'cloud_controller.write',
  'openid',
  'uaa.user',
  'cloud_controller_service_permissions.read',
  'scim.me',
  'oauth.approvals',
  'approvals.me',
  'notification_preferences.read',
  'notification_preferences.write',
  'roles',
  'profile',
  'user_attributes',
  'uaa.offline_token',
] as const;

const REFRESH_VALIDITY_MS = 30 * 24 * 3_600_000;

export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'bearer';
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly jti: string;
}

/** What a token is issued for. */
export interface Authentication {
  readonly client: UaaClient;
  readonly user: UaaUser;
  readonly scopes: readonly string[];
  readonly grantType: string;
  /** Epoch seconds. */
  readonly authTime: number;
  readonly amr: readonly string[];
}

/** Issues and reads the tokens of one landscape's UAA. */
export interface Tokens {
  readonly keys: TokenKeys;
  forUser(authentication: Authentication): Promise<TokenAnswer>;
  forClient(client: UaaClient, scopes: readonly string[]): Promise<TokenAnswer>;
  refresh(client: UaaClient, refreshToken: string, requested: readonly string[] | undefined): Promise<TokenAnswer>;
  /** Claims of a genuine, unexpired access token; throws `invalid_token` otherwise. */
  read(token: string): Promise<JWTPayload>;
}

/** Scopes granted to a user: what the client may have of what the user has (UAA UserTokenServices). */
export function grantScopes(
  client: UaaClient,
  user: UaaUser,
  requested: readonly string[] | undefined,
): readonly string[] {
  const strange = requested?.find((scope) => !client.scopes.includes(scope));
  if (strange !== undefined) {
    throw invalidScope(`${strange} is invalid. Please use a valid scope name in the request`);
  }
  const groups = new Set<string>([...DEFAULT_GROUPS, ...user.groups]);
  const wanted = requested ?? client.scopes;
  const granted = wanted.filter((scope) => groups.has(scope));
  if (granted.length === 0) {
    throw invalidScope(`[${wanted.join(', ')}] is invalid. This user is not allowed any of the requested scopes`);
  }
  return granted;
}

export function createTokens(ctx: EmulatorContext, store: UaaStore, landscapes: Landscapes, landscape: string): Tokens {
  const keys = createTokenKeys(ctx, `cf-uaa/${landscape}`);
  const uaa = urlOf('uaa', landscape);
  const issuer = `${uaa}/oauth/token`;
  const tokenId = () => ctx.id().replaceAll('-', '');
  const validity = () => landscapes.get(landscape)?.accessTokenValidity ?? 1200;
  const sign = (claims: JWTPayload) => keys.sign(claims, { jku: `${uaa}/token_keys` });

  function commonClaims(client: UaaClient, scopes: readonly string[], grantType: string, jti: string): JWTPayload {
    const now = Math.floor(ctx.now() / 1000);
    return {
      jti,
      scope: [...scopes],
      // The empty secret counts as no authentication at all (UAA source, asserted for `cf`).
      ...(client.secret === '' ? { client_auth_method: 'none' } : {}),
      client_id: client.id,
      cid: client.id,
      azp: client.id,
      grant_type: grantType,
      iat: now,
      exp: now + validity(),
      iss: issuer,
      zid: 'uaa',
      aud: audienceOf(client.id, scopes),
    };
  }

  async function answerFor(authentication: Authentication, refreshToken: string | undefined): Promise<TokenAnswer> {
    const { client, user, scopes, grantType, authTime } = authentication;
    const jti = tokenId();
    const person = {
      user_id: user.id,
      origin: user.origin,
      user_name: user.userName,
      email: user.email,
      auth_time: authTime,
      rev_sig: signatureOf(client, user),
    };
    const claims = { ...commonClaims(client, scopes, grantType, jti), sub: user.id, ...person };
    const { scope: _scope, client_auth_method: _method, ...identity } = claims as Record<string, unknown>;
    const idToken = scopes.includes('openid')
      ? await sign({
          ...identity,
          aud: [client.id],
          amr: authentication.amr,
          acr: { values: [] },
          scope: ['openid'],
          email_verified: user.verified,
          ...(user.previousLogonAt === undefined ? {} : { previous_logon_time: user.previousLogonAt }),
        } as JWTPayload)
      : undefined;
    return {
      access_token: await sign(claims),
      token_type: 'bearer',
      ...(idToken === undefined ? {} : { id_token: idToken }),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      // Whole seconds that remain: always one less than the validity.
      expires_in: validity() - 1,
      scope: scopes.join(' '),
      jti,
    };
  }

  async function verified(token: string): Promise<JWTPayload> {
    const known = createLocalJWKSet({ keys: await keys.list() } as unknown as JSONWebKeySet);
    try {
      const { payload } = await jwtVerify(token, known, { issuer, currentDate: new Date(ctx.now()) });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw invalidToken('Token has expired');
      throw invalidToken('The token expired, was revoked, or the token ID is incorrect.');
    }
  }

  return {
    keys,
    read: verified,
    forUser(authentication) {
      const { client, user } = authentication;
      if (!client.grantTypes.includes('refresh_token')) return answerFor(authentication, undefined);
      const grant: RefreshGrant = {
        token: `${tokenId()}-r`,
        landscape,
        clientId: client.id,
        userId: user.id,
        scopes: authentication.scopes,
        grantType: authentication.grantType,
        authTime: authentication.authTime,
        amr: authentication.amr,
        revocationSignature: signatureOf(client, user),
        expiresAt: ctx.now() + REFRESH_VALIDITY_MS,
      };
      store.refreshGrants.set(`${landscape}/${grant.token}`, grant);
      return answerFor(authentication, grant.token);
    },
    async forClient(client, scopes) {
      const jti = tokenId();
      const claims = {
        ...commonClaims(client, scopes, 'client_credentials', jti),
        sub: client.id,
        authorities: [...scopes],
        rev_sig: revocationSignature([client.id, client.secret]),
      };
      return {
        access_token: await sign(claims),
        token_type: 'bearer',
        expires_in: validity() - 1,
        scope: scopes.join(' '),
        jti,
      };
    },
    async refresh(client, refreshToken, requested) {
      const grant = store.refreshGrants.get(`${landscape}/${refreshToken}`);
      if (!grant || grant.expiresAt <= ctx.now()) {
        // A JWT here is an access token; only `-r` ids name refresh tokens.
        throw refreshToken.split('.').length === 3
          ? invalidToken('Invalid refresh token.')
          : invalidToken('The token expired, was revoked, or the token ID is incorrect.');
      }
      if (grant.clientId !== client.id) throw invalidGrant(`Wrong client for this refresh token: ${refreshToken}`);
      const user = store.user(landscape, grant.userId);
      if (!user?.active) throw invalidToken(`Token bears a non-existent user ID: ${grant.userId}`);
      if (signatureOf(client, user) !== grant.revocationSignature) throw invalidToken('revocable signature mismatch');
      if (requested?.some((scope) => !grant.scopes.includes(scope))) {
        throw invalidScope(`Unable to narrow the scope of the client authentication to [${requested.join(', ')}].`, {
          scope: grant.scopes.join(' '),
        });
      }
      const scopes = requested ?? grant.scopes;
      // No rotation: the same refresh token is given back each time (recorded 172 times).
      return answerFor({ ...grant, client, user, scopes }, refreshToken);
    },
  };
}

function signatureOf(client: UaaClient, user: UaaUser): string {
  return revocationSignature([
    client.id,
    client.secret,
    user.id,
    user.password ?? '',
    user.salt,
    user.email,
    user.userName,
  ]);
}

/** The client, and for each scope what stands before its last dot (UAA UaaTokenServices). */
function audienceOf(clientId: string, scopes: readonly string[]): string[] {
  const parts = scopes.map((scope) => (scope.includes('.') ? scope.slice(0, scope.lastIndexOf('.')) : scope));
  return [...new Set([clientId, ...parts])];
}
