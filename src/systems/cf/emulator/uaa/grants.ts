import { decodeJwt } from 'jose';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Landscapes } from '../landscapes.ts';
import { invalidClient, invalidRequest, UaaError, unauthorized } from './errors.ts';
import { logInInternally } from './internal-login.ts';
import { chooseProvider, hintedOrigin, oidcProviders } from './providers.ts';
import { createProxiedLogin } from './proxied-login.ts';
import { shadowUser } from './shadow-users.ts';
import type { UaaClient, UaaStore, UaaUser } from './store.ts';
import { createTokens, grantScopes, type TokenAnswer, type Tokens } from './tokens.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const GRANT_TYPES = ['password', 'refresh_token', 'client_credentials', 'authorization_code', JWT_BEARER];

/** The UAA of one landscape, without HTTP. */
export interface Uaa {
  readonly tokens: Tokens;
  /** Grants a token to an authenticated client. */
  grant(client: UaaClient, params: URLSearchParams): Promise<TokenAnswer>;
}

export function createUaa(ctx: EmulatorContext, store: UaaStore, landscapes: Landscapes, landscape: string): Uaa {
  const tokens = createTokens(ctx, store, landscapes, landscape);
  const proxied = createProxiedLogin(ctx);
  const legacy = () => ctx.switched('uaa.legacyUnauthorized', false);
  const seconds = () => Math.floor(ctx.now() / 1000);

  function issue(client: UaaClient, user: UaaUser, params: URLSearchParams, amr: readonly string[]) {
    const scopes = grantScopes(client, user, scopesOf(params));
    return tokens.forUser({
      client,
      user,
      scopes,
      amr,
      grantType: params.get('grant_type') ?? '',
      authTime: seconds(),
    });
  }

  async function password(client: UaaClient, params: URLSearchParams): Promise<TokenAnswer> {
    const passcode = params.get('passcode');
    if (passcode !== null) {
      // Nothing here issues passcodes (they need a browser session), so none is ever valid.
      throw unauthorized(passcode === '' ? 'Passcode information is missing.' : 'Invalid passcode');
    }
    const sent = { userName: params.get('username'), password: params.get('password') };
    const hint = hintedOrigin(params.get('login_hint'));
    const provider = chooseProvider(client, hint, oidcProviders(ctx.world, landscape));
    if (provider === 'uaa') {
      return issue(client, await logInInternally(store, ctx, landscape, sent, legacy()), params, ['pwd']);
    }
    const external = await proxied.password(provider, sent, legacy());
    const place = { landscape, origin: provider.originKey, addOnLogin: provider.addShadowUserOnLogin };
    return issue(client, shadowUser(store, ctx, place, external), params, ['ext', 'oauth', ...external.amr]);
  }

  /** The assertion's issuer names the identity provider, whatever the login_hint says (UAA JwtTokenGranter). */
  async function jwtBearer(client: UaaClient, params: URLSearchParams): Promise<TokenAnswer> {
    const assertion = params.get('assertion');
    if (!assertion) throw unauthorized('Assertion is missing');
    let issuer: string | undefined;
    try {
      issuer = decodeJwt(assertion).iss;
    } catch {
      throw unauthorized('Unable to decode expected id_token');
    }
    const [provider, another] = oidcProviders(ctx.world, landscape).filter((known) => known.issuer === issuer);
    if (!provider || another) {
      throw unauthorized(`Unable to map issuer, ${issuer} , to a single registered provider`);
    }
    const external = await proxied.verify(provider, assertion);
    const place = { landscape, origin: provider.originKey, addOnLogin: provider.addShadowUserOnLogin };
    return issue(client, shadowUser(store, ctx, place, external), params, ['ext', 'oauth', ...external.amr]);
  }

  return {
    tokens,
    async grant(client, params) {
      const grantType = params.get('grant_type');
      if (!grantType) throw invalidRequest('Missing grant type');
      if (!GRANT_TYPES.includes(grantType)) {
        throw new UaaError(400, 'unsupported_grant_type', 'Unsupported grant type');
      }
      if (!client.grantTypes.includes(grantType)) throw invalidClient('Unauthorized grant type');
      if (grantType === 'password') return password(client, params);
      if (grantType === JWT_BEARER) return jwtBearer(client, params);
      if (grantType === 'client_credentials') return tokens.forClient(client, scopesOf(params) ?? client.authorities);
      if (grantType === 'refresh_token') {
        const token = params.get('refresh_token');
        if (!token) throw invalidRequest('refresh_token parameter not provided');
        return tokens.refresh(client, token, scopesOf(params));
      }
      // Nothing here issues codes: /oauth/authorize is not emulated.
      throw new UaaError(400, 'invalid_grant', `Invalid authorization code: ${params.get('code') ?? ''}`);
    },
  };
}

function scopesOf(params: URLSearchParams): readonly string[] | undefined {
  const scope = params.get('scope')?.trim();
  return scope ? scope.split(/[\s,]+/) : undefined;
}
