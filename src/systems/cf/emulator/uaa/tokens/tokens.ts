import type { JWTPayload } from 'jose';
import type { EmulatorContext } from '../../../../../emulation/emulator.ts';
import { type Landscapes, urlOf } from '../../landscapes.ts';
import { invalidToken } from '../errors.ts';
import { rolesOf } from '../groups.ts';
import type { ClientAuthMethod, RefreshGrant, UaaClient, UaaUser } from '../rows.ts';
import { keyIn, type UaaStore } from '../store.ts';
import { audienceOf } from './scopes.ts';
import { signatureOf } from './signatures.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';

const DEFAULT_REFRESH_VALIDITY = 30 * 24 * 3600;

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Grants whose users get an id token (UAA IdTokenGranter; for jwt-bearer recorded on a SAP landscape). */
const WITH_ID_TOKEN: ReadonlySet<string> = new Set(['authorization_code', 'password', 'implicit', JWT_BEARER]);
/** Grants that may be followed by a refresh (UAA RefreshTokenCreator). */
const WITH_REFRESH_TOKEN: ReadonlySet<string> = new Set(['authorization_code', 'password', 'user_token', JWT_BEARER]);

export interface TokenAnswer {
  /** Null for the grant `user_token`, which gives a refresh token only. */
  readonly access_token: string | null;
  readonly token_type: 'bearer';
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly jti: string;
  /** As the request had it. */
  readonly nonce?: string;
}

/** What a token is issued for. */
export interface Authentication {
  readonly client: UaaClient;
  /** @default secret */
  readonly clientAuth?: ClientAuthMethod;
  readonly user: UaaUser;
  readonly scopes: readonly string[];
  readonly grantType: string;
  /** Epoch seconds; absent where nobody knows any more when it was. */
  readonly authTime?: number | undefined;
  readonly amr: readonly string[];
  readonly nonce?: string;
  /** Whether the client gets an id instead of the token itself. @default false */
  readonly opaque?: boolean;
  /** Whether a JWT is kept too, so that it can be revoked. @default as the landscape is switched */
  readonly revocable?: boolean;
}

/** Issues the tokens of one landscape's UAA. */
export interface Tokens {
  readonly keys: SigningKeys;
  forUser(authentication: Authentication): Promise<TokenAnswer>;
  forClient(
    client: UaaClient,
    scopes: readonly string[],
    options?: { readonly clientAuth?: ClientAuthMethod; readonly opaque?: boolean },
  ): Promise<TokenAnswer>;
  /** A fresh access token for a grant that was checked; public clients get a new refresh token too. */
  again(grant: RefreshGrant, authentication: Authentication): Promise<TokenAnswer>;
  /**
   * Claims of a genuine, unexpired access token, as a resource server sees it, which asks nobody whether it was revoked.
   * Throws `invalid_token` otherwise.
   */
  read(token: string): Promise<JWTPayload>;
}

export function createTokens(ctx: EmulatorContext, store: UaaStore, landscapes: Landscapes, landscape: string): Tokens {
  const keys = createSigningKeys(ctx, store, landscapes, landscape);
  const uaa = urlOf('uaa', landscape);
  const tokenId = () => ctx.id().replaceAll('-', '');
  const validityOf = (client: UaaClient) =>
    client.accessTokenValidity ?? landscapes.get(landscape)?.accessTokenValidity ?? 1200;
  const sign = (claims: JWTPayload) => keys.sign(claims, { jku: `${uaa}/token_keys` });
  const allRevocable = () => ctx.switched('uaa.revocableTokens', false);

  interface Common {
    readonly client: UaaClient;
    readonly clientAuth: ClientAuthMethod;
    readonly scopes: readonly string[];
    readonly audience: readonly string[];
    readonly grantType: string;
    readonly jti: string;
    readonly opaque: boolean;
    readonly revocable: boolean;
  }

  function commonClaims({ client, clientAuth, scopes, audience, grantType, jti, revocable }: Common): JWTPayload {
    const now = Math.floor(ctx.now() / 1000);
    return {
      jti,
      scope: [...scopes],
      // An empty secret is told as no authentication at all (UAA source, asserted for `cf`).
      ...(clientAuth === 'secret' ? {} : { client_auth_method: clientAuth === 'empty' ? 'none' : clientAuth }),
      client_id: client.id,
      cid: client.id,
      azp: client.id,
      ...(revocable ? { revocable: true } : {}),
      grant_type: grantType,
      iat: now,
      exp: now + validityOf(client),
      iss: keys.issuer,
      zid: 'uaa',
      aud: [...audience],
    };
  }

  /** The token as the client gets it; kept here when it is opaque or may be revoked. */
  async function handOver(claims: JWTPayload, common: Common, userId: string | undefined): Promise<string> {
    const jwt = await sign(claims);
    if (!common.revocable) return jwt;
    const { client, scopes, jti, opaque } = common;
    store.keptTokens.set(keyIn(landscape, jti), {
      token: jti,
      landscape,
      clientId: client.id,
      ...(userId === undefined ? {} : { userId }),
      format: opaque ? 'opaque' : 'jwt',
      scopes,
      jwt,
      issuedAt: ctx.now(),
      expiresAt: Number(claims.exp) * 1000,
    });
    return opaque ? jti : jwt;
  }

  async function idTokenOf(authentication: Authentication, claims: JWTPayload): Promise<string | undefined> {
    const { client, user, scopes, grantType, amr } = authentication;
    if (!scopes.includes('openid') || !WITH_ID_TOKEN.has(grantType)) return undefined;
    const { scope: _scope, client_auth_method: _method, revocable: _kept, ...identity } = claims;
    return sign({
      ...identity,
      aud: [client.id],
      ...(amr.length === 0 ? {} : { amr: [...amr] }),
      scope: ['openid'],
      email_verified: user.verified,
      ...(scopes.includes('profile') ? profileOf(user) : {}),
      ...rolesOf({ store, landscape }, user, scopes),
      // Attributes of identity providers are not kept here.
      ...(scopes.includes('user_attributes') ? { user_attributes: {} } : {}),
      ...(user.previousLogonAt === undefined ? {} : { previous_logon_time: user.previousLogonAt }),
    });
  }

  async function answerFor(
    authentication: Authentication,
    more: {
      readonly refreshToken?: string;
      readonly signature: string;
      readonly audience: readonly string[];
      readonly withoutAccessToken?: boolean;
    },
  ): Promise<TokenAnswer> {
    const { client, user, scopes, grantType, authTime, clientAuth = 'secret', opaque = false } = authentication;
    const jti = tokenId();
    const revocable = opaque || authentication.revocable || allRevocable();
    const common: Common = { client, clientAuth, scopes, grantType, jti, opaque, revocable, audience: more.audience };
    const claims: JWTPayload = {
      ...commonClaims(common),
      ...(authentication.nonce === undefined ? {} : { nonce: authentication.nonce }),
      sub: user.id,
      user_id: user.id,
      origin: user.origin,
      user_name: user.userName,
      email: user.email,
      ...(authTime === undefined ? {} : { auth_time: authTime }),
      rev_sig: more.signature,
    };
    // The first answer of this grant is for another client: the access token comes with its refresh.
    const accessToken = more.withoutAccessToken ? null : await handOver(claims, common, user.id);
    const idToken = await idTokenOf(authentication, claims);
    return {
      access_token: accessToken,
      token_type: 'bearer',
      ...(idToken === undefined ? {} : { id_token: idToken }),
      ...(more.refreshToken === undefined ? {} : { refresh_token: more.refreshToken }),
      // Whole seconds that remain: always one less than the validity.
      expires_in: validityOf(client) - 1,
      scope: scopes.join(' '),
      jti: accessToken === null ? (more.refreshToken ?? jti) : jti,
      ...(authentication.nonce === undefined ? {} : { nonce: authentication.nonce }),
    };
  }

  return {
    keys,
    read: (token) =>
      keys.verify(token).then(({ claims, expired }) => {
        if (expired) throw invalidToken('Token has expired');
        return claims;
      }),
    forUser(authentication) {
      const { client, user, scopes, grantType, nonce, clientAuth = 'secret' } = authentication;
      const signature = signatureOf(client, user);
      const audience = audienceOf(client.id, scopes);
      if (!client.grantTypes.includes('refresh_token') || !WITH_REFRESH_TOKEN.has(grantType)) {
        return answerFor(authentication, { signature, audience });
      }
      const grant: RefreshGrant = {
        token: `${tokenId()}-r`,
        landscape,
        clientId: client.id,
        userId: user.id,
        scopes,
        grantType,
        ...(authentication.authTime === undefined ? {} : { authTime: authentication.authTime }),
        amr: authentication.amr,
        ...(nonce === undefined ? {} : { nonce }),
        clientAuth,
        revocationSignature: signature,
        issuedAt: ctx.now(),
        expiresAt: ctx.now() + (client.refreshTokenValidity ?? DEFAULT_REFRESH_VALIDITY) * 1000,
      };
      store.refreshGrants.set(keyIn(landscape, grant.token), grant);
      const withoutAccessToken = grantType === 'user_token';
      return answerFor(authentication, { refreshToken: grant.token, signature, audience, withoutAccessToken });
    },
    async again(grant, authentication) {
      // No rotation: the same refresh token is given back each time (recorded 172 times), except to public clients.
      const token = authentication.clientAuth === 'none' ? `${tokenId()}-r` : grant.token;
      if (token !== grant.token) {
        store.refreshGrants.delete(keyIn(landscape, grant.token));
        store.refreshGrants.set(keyIn(landscape, token), { ...grant, token });
      }
      const audience = audienceOf(grant.clientId, grant.scopes);
      // Refresh tokens are kept, and so is what comes of them (UAA UaaTokenServices.isRevocable; recorded).
      const kept = { ...authentication, revocable: true };
      return answerFor(kept, { refreshToken: token, signature: grant.revocationSignature, audience });
    },
    async forClient(client, scopes, { clientAuth = 'secret', opaque = false } = {}) {
      const jti = tokenId();
      const audience = audienceOf(client.id, scopes);
      const revocable = opaque || allRevocable();
      const grantType = 'client_credentials';
      const common: Common = { client, clientAuth, scopes, audience, grantType, jti, opaque, revocable };
      const claims: JWTPayload = {
        ...commonClaims(common),
        sub: client.id,
        authorities: [...client.authorities],
        rev_sig: signatureOf(client, undefined),
      };
      return {
        access_token: await handOver(claims, common, undefined),
        token_type: 'bearer',
        expires_in: validityOf(client) - 1,
        scope: scopes.join(' '),
        jti,
      };
    },
  };
}

function profileOf({ givenName, familyName, phoneNumber }: UaaUser): JWTPayload {
  return {
    ...(givenName === undefined ? {} : { given_name: givenName }),
    ...(familyName === undefined ? {} : { family_name: familyName }),
    ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber }),
  };
}
