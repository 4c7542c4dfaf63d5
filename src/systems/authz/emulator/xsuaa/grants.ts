import { decodeJwt, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { TrustedIdentityProvider, Zone } from '../../../../emulation/world.ts';
import { type AuthzStore, keyOf, type OAuthClient, type ProviderClaims, type ShadowUser } from '../store.ts';
import { canonicalOrigin, type ZoneDirectory } from '../zone/directory.ts';
import { entitlementsOf, NO_CLAIMS } from '../zone/entitlements.ts';
import { settingsOf } from '../zone/settings.ts';
import { xsuaaUrl } from './addresses.ts';
import type { AuthorizationCodes } from './codes.ts';
import {
  insufficientScope,
  invalidClient,
  invalidGrant,
  invalidRequest,
  invalidToken,
  OAuthError,
  unauthorized,
} from './errors.ts';
import type { ExternalLogins } from './external-logins.ts';
import type { Logons } from './logons.ts';
import { clientScopes, requestedScopes, userScopes } from './scopes.ts';
import type { TokenAnswer, Tokens } from './tokens.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The token endpoint of every zone, for a client that is authenticated (UAA; notes destination §1.9). */
export interface Grants {
  grant(zone: Zone, client: OAuthClient, params: URLSearchParams): Promise<TokenAnswer>;
  /**
   * The grant `user_token`: whose access token it is goes to another client, as a refresh token (UAA UserTokenGranter).
   * @throws OAuthError when the token is no user's, or without the scope `uaa.user`
   */
  handOver(zone: Zone, claims: JWTPayload, params: URLSearchParams): Promise<TokenAnswer>;
}

export interface GrantParts {
  readonly store: AuthzStore;
  readonly directory: ZoneDirectory;
  readonly tokens: Tokens;
  readonly external: ExternalLogins;
  readonly logons: Logons;
  readonly codes: AuthorizationCodes;
}

type Call = { readonly zone: Zone; readonly client: OAuthClient; readonly params: URLSearchParams };

const ownToken = z.looseObject({
  user_id: z.string(),
  origin: z.string(),
  'xs.system.attributes': z.looseObject({ 'xs.saml.groups': z.array(z.string()).optional() }).optional(),
});

export function createGrants(ctx: EmulatorContext, parts: GrantParts): Grants {
  const { store, directory, tokens, external, logons, codes } = parts;

  function issue({ zone, client, params }: Call, user: ShadowUser, said: ProviderClaims, nonce?: string) {
    const entitled = entitlementsOf(store, directory, zone, user, said);
    return tokens.forUser({
      zone,
      client,
      user,
      scopes: userScopes(directory, zone, client, entitled.scopes, requestedScopes(params)),
      roleCollections: entitled.roleCollections,
      groups: said.groups,
      grantType: params.get('grant_type') ?? '',
      authTime: Math.floor(ctx.now() / 1000),
      opaque: isOpaque(params),
      nonce,
    });
  }

  /** Without a hint it is the one that the subaccount's settings name (btp:161f8f0; is:0668507). */
  function passwordProvider(zone: Zone, params: URLSearchParams): TrustedIdentityProvider {
    const wanted = hintedOrigin(params.get('login_hint')) ?? settingsOf(store, zone).defaultIdp;
    const provider = directory.provider(zone.guid, canonicalOrigin(wanted));
    // Only trusts over OpenID Connect know the password grant (btp:fd5865e).
    if (provider?.active && provider.protocol !== 'SAML') return provider;
    throw unauthorized(
      'The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.',
    );
  }

  async function password(call: Call): Promise<TokenAnswer> {
    const { zone, params } = call;
    const provider = passwordProvider(zone, params);
    const [userName, secret] = [params.get('username'), params.get('password')];
    if (!userName || !secret) throw invalidClient('Request is missing username or password.');
    const found = await logons.attempt(zone, provider, userName, () => external.password(provider, userName, secret));
    return issue(call, logons.logOn(zone, provider, found), found);
  }

  /** The assertion's issuer names the identity provider: one of the zone's, or XSUAA itself (UAA JwtTokenGranter). */
  async function jwtBearer(call: Call): Promise<TokenAnswer> {
    const { zone, params } = call;
    const assertion = params.get('assertion');
    if (assertion === null) throw unauthorized('Assertion is missing');
    if (assertion === '') throw unauthorized('Unable to decode expected id_token');
    const issuer = issuerOf(assertion);
    const provider = directory
      .providers(zone.guid)
      .find((one) => one.active && one.protocol !== 'SAML' && (one.issuer ?? `https://${one.host}`) === issuer);
    if (provider) {
      const found = await external.verify(provider, assertion);
      return issue(call, logons.logOn(zone, provider, found), found);
    }
    const found =
      issuer === `${xsuaaUrl(zone)}/oauth/token` ? bearerOf(zone, await tokens.read(zone, assertion)) : undefined;
    if (!found) throw unauthorized(`Unable to map issuer, ${issuer} , to a single registered provider`);
    return issue(call, found.user, found.said);
  }

  /** The user of an own token, and what the identity provider said of it; undefined = it is a client's. */
  function bearerOf(zone: Zone, payload: JWTPayload) {
    const claims = ownToken.safeParse(payload).data;
    if (!claims) return undefined;
    const user = directory.userById(zone.guid, claims.user_id);
    if (!user) throw unauthorized('The user account must be pre-created. Please contact your system administrator.');
    const groups = claims['xs.system.attributes']?.['xs.saml.groups'] ?? [];
    return { user, said: { ...NO_CLAIMS, groups } };
  }

  function authorizationCode(call: Call): Promise<TokenAnswer> {
    const { user, said, nonce, scope } = codes.redeem(call.zone, call.client, call.params);
    const params = new URLSearchParams(call.params);
    if (scope !== undefined) params.set('scope', scope);
    return issue({ ...call, params }, user, said, nonce);
  }

  return {
    async grant(zone, client, params) {
      const call = { zone, client, params };
      const grantType = params.get('grant_type');
      switch (grantType) {
        case 'client_credentials':
          return tokens.forClient(zone, client, clientScopes(client, requestedScopes(params)), isOpaque(params));
        case 'password':
          return password(call);
        case JWT_BEARER:
          return jwtBearer(call);
        case 'authorization_code':
          return authorizationCode(call);
        case 'refresh_token': {
          const token = params.get('refresh_token');
          if (!token) throw invalidRequest('refresh_token parameter not provided');
          return tokens.refresh(zone, client, token, requestedScopes(params));
        }
        case null:
        case '':
          throw invalidRequest('Missing grant type');
        case 'implicit':
          throw invalidGrant('Implicit grant type not supported from token endpoint');
        default:
          throw new OAuthError(400, 'unsupported_grant_type', 'Unsupported grant type');
      }
    },
    async handOver(zone, claims, params) {
      if (!Array.isArray(claims.scope) || !claims.scope.includes('uaa.user')) throw insufficientScope('uaa.user');
      const found = bearerOf(zone, claims);
      if (!found) throw unauthorized('Authentication containing a user is required');
      const client = store.clients.by('client', keyOf(zone.guid, params.get('client_id') ?? ''))[0];
      if (!client) throw invalidClient('Bad client credentials');
      const { id_token: _unused, ...answer } = await issue({ zone, client, params }, found.user, found.said);
      return { ...answer, access_token: null, jti: answer.refresh_token ?? answer.jti };
    },
  };
}

function isOpaque(params: URLSearchParams): boolean {
  return params.get('token_format') === 'opaque';
}

function issuerOf(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss;
  } catch {
    // As the open-source UAA says it (recorded).
    throw invalidToken('Invalid token');
  }
}

/** `{"origin":"sap.custom"}`, decoded once more and with no other key; anything else is no hint (UAA UaaLoginHint). */
function hintedOrigin(hint: string | null): string | undefined {
  if (hint === null) return undefined;
  try {
    return z.strictObject({ origin: z.string() }).parse(JSON.parse(decodeURIComponent(hint))).origin;
  } catch {
    return undefined;
  }
}
