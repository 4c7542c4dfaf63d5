import { hash } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { isTimely } from '../../../protocols/oauth/emulator/token-memory.ts';
import { createTokenKeys, type TokenKeys } from '../../../protocols/oauth/emulator.ts';
import { type AuthzStore, keyOf, type OAuthClient, type RefreshGrant, type ShadowUser } from '../store.ts';
import { samePerson } from '../zone/entitlements.ts';
import { settingsOf } from '../zone/settings.ts';
import { xsuaaUrl } from './addresses.ts';
import { invalidGrant, invalidRequest, invalidScope, invalidToken } from './errors.ts';

/** Seconds (btp:8f5ad63, 517895a). */
const ACCESS_VALIDITY = 43_200;
const REFRESH_VALIDITY = 604_800;

/** A larger token is refused (btp:8f5ad63, 3654087). */
const LARGEST_TOKEN = 16 * 1024;

export interface TokenAnswer {
  /** Null for the grant `user_token`, which gives a refresh token only. */
  readonly access_token: string | null;
  readonly token_type: 'bearer';
  readonly id_token?: string;
  readonly refresh_token?: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
  readonly jti: string;
}

/** A user in a token. */
export interface Authentication {
  readonly zone: Zone;
  readonly client: OAuthClient;
  readonly user: ShadowUser;
  readonly scopes: readonly string[];
  readonly roleCollections: readonly string[];
  readonly groups: readonly string[];
  readonly grantType: string;
  /** Epoch seconds of the logon. */
  readonly authTime: number;
  /** `token_format=opaque`. */
  readonly opaque: boolean;
  readonly nonce?: string | undefined;
}

/** The tokens of all zones (notes destination R3; UAA UaaTokenServices). */
export interface Tokens {
  keys(zone: Zone): TokenKeys;
  forClient(zone: Zone, client: OAuthClient, scopes: readonly string[], opaque: boolean): Promise<TokenAnswer>;
  forUser(authentication: Authentication): Promise<TokenAnswer>;
  refresh(
    zone: Zone,
    client: OAuthClient,
    refreshToken: string,
    wanted: readonly string[] | undefined,
  ): Promise<TokenAnswer>;
  /** Claims of an access token of the zone, JWT or opaque. @throws OAuthError 401 invalid_token */
  read(zone: Zone, token: string): Promise<JWTPayload>;
  /** Forgets what has expired. */
  prune(): void;
}

export function createTokens(ctx: EmulatorContext, store: AuthzStore): Tokens {
  const made = new Map<string, TokenKeys>();
  const seconds = () => Math.floor(ctx.now() / 1000);
  const tokenId = () => ctx.id().replaceAll('-', '');

  function keys(zone: Zone): TokenKeys {
    const known = made.get(zone.guid) ?? createTokenKeys(ctx, `xsuaa/${zone.guid}`);
    made.set(zone.guid, known);
    return known;
  }

  /** The application's own value overrides the subaccount's (btp:517895a). */
  function validity(zone: Zone, client: OAuthClient, kind: 'access' | 'refresh'): number {
    const { oauth2 } = (client.appId !== undefined && store.applications.get(keyOf(zone.guid, client.appId))) || {};
    const own = kind === 'access' ? oauth2?.tokenValidity : oauth2?.refreshTokenValidity;
    const settings = settingsOf(store, zone);
    const general = kind === 'access' ? settings.accessTokenValidity : settings.refreshTokenValidity;
    return own ?? (general > 0 ? general : kind === 'access' ? ACCESS_VALIDITY : REFRESH_VALIDITY);
  }

  async function sign(zone: Zone, claims: JWTPayload): Promise<string> {
    const token = await keys(zone).sign(claims, { jku: `${xsuaaUrl(zone)}/token_keys` });
    // assumed: the words; that it is a 400 is documented.
    if (token.length > LARGEST_TOKEN) throw invalidRequest('The size of the token exceeds the limit of 16 KB.');
    return token;
  }

  function extension(zone: Zone, client: OAuthClient) {
    return {
      enhancer: 'XSUAA',
      subaccountid: zone.guid,
      zdn: zone.subdomain,
      ...(client.serviceInstanceId === undefined ? {} : { serviceinstanceid: client.serviceInstanceId }),
    };
  }

  function common(zone: Zone, client: OAuthClient, scopes: readonly string[], grantType: string) {
    const issuedAt = seconds();
    return {
      scope: [...scopes],
      client_id: client.clientId,
      cid: client.clientId,
      azp: client.clientId,
      grant_type: grantType,
      iat: issuedAt,
      exp: issuedAt + validity(zone, client, 'access'),
      iss: `${xsuaaUrl(zone)}/oauth/token`,
      zid: zone.guid,
      aud: audienceOf(client, scopes),
    };
  }

  async function accessToken(zone: Zone, claims: JWTPayload & { jti: string; exp: number }, opaque: boolean) {
    if (!opaque) return sign(zone, claims);
    const { jti, exp } = claims;
    store.opaqueTokens.set(jti, { zone: zone.guid, claims: { ...claims, revocable: true }, expiresAt: exp * 1000 });
    return jti;
  }

  async function userAnswer(authentication: Authentication, refreshToken: string | undefined): Promise<TokenAnswer> {
    const { zone, client, user, scopes, roleCollections, groups, grantType, authTime, opaque, nonce } = authentication;
    const [person] = samePerson(store, zone, user);
    const settings = settingsOf(store, zone);
    const base = common(zone, client, scopes, grantType);
    const attributes = systemAttributes(store, zone, client);
    const identity = {
      ...(user.givenName === undefined ? {} : { given_name: user.givenName }),
      ...(user.familyName === undefined ? {} : { family_name: user.familyName }),
      sub: person.id,
      user_id: person.id,
      origin: user.originKey,
      user_name: settings.useIdpUserNameInTokens ? (user.loginName ?? user.userName) : user.userName,
      email: user.email,
      auth_time: authTime,
      rev_sig: revocationSignature(client, user),
    };
    const jti = tokenId();
    const claims = {
      jti,
      ext_attr: extension(zone, client),
      'xs.system.attributes': {
        ...(attributes.includes('groups') ? { 'xs.saml.groups': [...groups] } : {}),
        ...(attributes.includes('rolecollections') ? { 'xs.rolecollections': [...roleCollections] } : {}),
      },
      'xs.user.attributes': {},
      ...identity,
      ...base,
    };
    const { scope: _scopes, ...named } = base;
    const idClaims = { ...identity, ...named, jti, aud: [client.clientId], scope: ['openid'], amr: ['ext', 'oauth'] };
    const id_token = scopes.includes('openid')
      ? await sign(zone, nonce === undefined ? idClaims : { ...idClaims, nonce })
      : undefined;
    return {
      access_token: await accessToken(zone, claims, opaque),
      token_type: 'bearer',
      ...(id_token === undefined ? {} : { id_token }),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      // Whole seconds that remain: one less than the validity (btp:764abf2).
      expires_in: base.exp - base.iat - 1,
      scope: scopes.join(' '),
      jti,
    };
  }

  return {
    keys,
    async forClient(zone, client, scopes, opaque) {
      const jti = tokenId();
      const base = common(zone, client, scopes, 'client_credentials');
      const claims = {
        jti,
        ext_attr: extension(zone, client),
        sub: client.clientId,
        authorities: [...scopes],
        rev_sig: revocationSignature(client),
        ...base,
      };
      const access_token = await accessToken(zone, claims, opaque);
      const expires_in = base.exp - base.iat - 1;
      return { access_token, token_type: 'bearer', expires_in, scope: scopes.join(' '), jti };
    },
    async forUser(authentication) {
      const { zone, client, user, nonce: _once, ...kept } = authentication;
      const token = `${tokenId()}-r`;
      const answer = await userAnswer(authentication, token);
      const grant: RefreshGrant = {
        token,
        zone: zone.guid,
        clientId: client.clientId,
        userId: user.id,
        ...kept,
        signature: revocationSignature(client, user),
        expiresAt: ctx.now() + validity(zone, client, 'refresh') * 1000,
      };
      store.refreshGrants.set(token, grant);
      return answer;
    },
    async refresh(zone, client, refreshToken, wanted) {
      const grant = store.refreshGrants.get(refreshToken);
      if (grant?.zone !== zone.guid || grant.expiresAt <= ctx.now()) {
        // A JWT here is an access token; only `-r` ids name refresh tokens.
        throw refreshToken.split('.').length === 3
          ? invalidToken('Invalid refresh token.')
          : invalidToken('The token expired, was revoked, or the token ID is incorrect.');
      }
      if (grant.clientId !== client.clientId)
        throw invalidGrant(`Wrong client for this refresh token: ${refreshToken}`);
      const user = store.users.by('id', keyOf(zone.guid, grant.userId))[0];
      if (!user) throw invalidToken(`Token bears a non-existent user ID: ${grant.userId}`);
      if (revocationSignature(client, user) !== grant.signature) throw invalidToken('revocable signature mismatch');
      if (wanted?.some((scope) => !grant.scopes.includes(scope))) {
        throw invalidScope(`Unable to narrow the scope of the client authentication to [${wanted.join(', ')}].`);
      }
      // Scopes stay those of the logon: whoever got a role has to log on again (UAA source; btp:5c92cbc).
      return userAnswer({ ...grant, zone, client, user, scopes: wanted ?? grant.scopes }, refreshToken);
    },
    async read(zone, token) {
      const opaque = store.opaqueTokens.get(token);
      if (opaque?.zone === zone.guid && opaque.expiresAt > ctx.now()) return opaque.claims;
      const { list, verified } = keys(zone);
      try {
        return await verified.claims(
          token,
          await list(),
          async (find) => {
            const options = { issuer: `${xsuaaUrl(zone)}/oauth/token`, currentDate: new Date(ctx.now()) };
            return (await jwtVerify(token, find, options)).payload;
          },
          (claims) => isTimely(claims, ctx.now()),
        );
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw invalidToken('Token has expired');
        throw invalidToken('The token expired, was revoked, or the token ID is incorrect.');
      }
    },
    prune() {
      for (const collection of [store.refreshGrants, store.opaqueTokens, store.codes, store.sessions, store.signIns]) {
        for (const key of [...collection.keys()]) {
          if ((collection.get(key)?.expiresAt ?? 0) <= ctx.now()) collection.delete(key);
        }
      }
    },
  };
}

/** The client, and what stands before the last dot of each scope (UAA UaaTokenServices). */
function audienceOf(client: OAuthClient, scopes: readonly string[]): string[] {
  const owners = scopes.map((scope) => (scope.includes('.') ? scope.slice(0, scope.lastIndexOf('.')) : scope));
  return [...new Set([...owners, client.clientId])];
}

function systemAttributes(store: AuthzStore, zone: Zone, client: OAuthClient): readonly string[] {
  const application = client.appId === undefined ? undefined : store.applications.get(keyOf(zone.guid, client.appId));
  return application?.oauth2?.systemAttributes ?? ['groups', 'rolecollections'];
}

/** Changes when what a token stands on changes. SHA-256 here, murmur3 in UAA: nobody computes it but its issuer. */
function revocationSignature(client: OAuthClient, user?: ShadowUser): string {
  const parts = [client.clientId, client.clientSecret, client.certificate, user?.id, user?.email, user?.userName];
  return hash('sha256', parts.filter(Boolean).join('\n')).slice(0, 8);
}
