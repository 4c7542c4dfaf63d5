import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { TrustedIdentityProvider } from '../../../../emulation/world.ts';
import { endSessionUrl } from '../../../protocols/oauth/emulator/end-session.ts';
import { createTokenVerifier } from '../../../protocols/oauth/emulator/token-verifier.ts';
import type { ProviderClaims } from '../store.ts';
import { badCredentials, invalidClient, invalidToken, providerFailed } from './errors.ts';

/** Somebody who logged on at an identity provider, as its ID token tells. */
export interface ExternalUser extends ProviderClaims {
  /** In lower case; it names the user on every level of BTP. */
  readonly email: string;
  readonly externalId: string;
  readonly loginName?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly userUuid?: string;
}

/** Addresses of an identity provider, from its discovery document. */
export interface Endpoints {
  readonly authorize: string;
  readonly token: string;
  readonly keys: string;
  /** Where sessions end; absent = nowhere. */
  readonly endSession?: string;
}

const discovery = z.looseObject({
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  end_session_endpoint: z.string().optional(),
});

const answer = z.looseObject({ id_token: z.string().optional() });

const idToken = z.looseObject({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  sub: z.string(),
  nonce: z.string().optional(),
  email: z.string().min(1).optional(),
  preferred_username: z.string().optional(),
  given_name: z.string().optional(),
  family_name: z.string().optional(),
  user_uuid: z.string().optional(),
  groups: z.union([z.string(), z.array(z.string())]).default([]),
});

type Provider = Pick<TrustedIdentityProvider, 'host' | 'issuer' | 'relyingPartyId' | 'relyingPartySecret'>;

/** How XSUAA lets an OIDC identity provider authenticate users (`oidc1.0` trusts; UAA ExternalOAuthAuthenticationManager). */
export interface ExternalLogins {
  endpoints(provider: Provider): Promise<Endpoints>;
  /** The password grant, forwarded. */
  password(provider: Provider, userName: string, password: string): Promise<ExternalUser>;
  /** Redeems the code that the browser brought back. */
  code(
    provider: Provider,
    sent: {
      readonly code: string;
      readonly redirectUri: string;
      readonly codeVerifier: string;
      readonly nonce: string;
    },
  ): Promise<ExternalUser & { readonly idToken: string }>;
  /** Where the browser goes to end the session at the identity provider; undefined when it has no such place. */
  farewell(provider: Provider, idToken: string, back: string): Promise<string | undefined>;
  /** Verifies an ID token of the provider. */
  verify(provider: Provider, token: string, nonce?: string): Promise<ExternalUser>;
}

export function createExternalLogins(ctx: Pick<EmulatorContext, 'fetch' | 'now' | 'switched'>): ExternalLogins {
  const verifyToken = createTokenVerifier(ctx);
  // A cache only; UAA keeps discovered metadata too.
  const known = new Map<string, Endpoints>();

  async function endpoints({ host }: Provider): Promise<Endpoints> {
    const cached = known.get(host);
    if (cached) return cached;
    const response = await ctx.fetch(`https://${host}/.well-known/openid-configuration`).catch(() => undefined);
    const document = response?.ok ? discovery.safeParse(await response.json().catch(() => undefined)).data : undefined;
    if (!document) throw providerFailed();
    const found = {
      authorize: document.authorization_endpoint,
      token: document.token_endpoint,
      keys: document.jwks_uri,
      ...(document.end_session_endpoint === undefined ? {} : { endSession: document.end_session_endpoint }),
    };
    known.set(host, found);
    return found;
  }

  async function verify(provider: Provider, token: string, nonce?: string): Promise<ExternalUser> {
    const { keys } = await endpoints(provider);
    const payload = await verifyToken(token, keys).catch((error: unknown) => {
      const expired = error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
      throw invalidToken(expired ? 'Token has expired' : 'Could not verify token signature.');
    });
    const claims = idToken.safeParse(payload).data;
    const issuer = provider.issuer ?? `https://${provider.host}`;
    if (!claims || claims.iss !== issuer) {
      throw invalidToken(`Invalid issuer (${String(payload.iss)}) for token did not match expected: ${issuer}`);
    }
    if (![claims.aud].flat().includes(provider.relyingPartyId)) {
      throw invalidToken(`Some parties were not in the token audience: ${provider.relyingPartyId}`);
    }
    if (nonce !== undefined && claims.nonce !== nonce) throw invalidToken('The nonce of the token does not match.');
    return externalUser(claims);
  }

  async function tokenCall(
    provider: Provider,
    form: Readonly<Record<string, string>>,
    nonce?: string,
  ): Promise<ExternalUser & { readonly idToken: string }> {
    const { token } = await endpoints(provider);
    const legacy = ctx.switched('uaa.legacyUnauthorized', false);
    const credentials = `${provider.relyingPartyId}:${provider.relyingPartySecret}`;
    const response = await ctx
      .fetch(token, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        },
        // The scopes of recorded trusts.
        body: new URLSearchParams({ ...form, scope: 'openid email profile' }),
      })
      .catch(() => {
        throw providerFailed();
      });
    if (response.status >= 500 || response.status === 429) throw providerFailed();
    if (response.status >= 400) throw badCredentials(legacy, await response.text());
    const { id_token } = answer.parse(await response.json());
    if (id_token === undefined) {
      throw invalidClient('Could not obtain id_token from external OpenID Connect provider.');
    }
    return { ...(await verify(provider, id_token, nonce)), idToken: id_token };
  }

  return {
    endpoints,
    verify,
    password: (provider, username, password) =>
      tokenCall(provider, { grant_type: 'password', response_type: 'id_token', username, password }),
    async code(provider, { code, redirectUri, codeVerifier, nonce }) {
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier };
      return tokenCall(provider, form, nonce);
    },
    async farewell(provider, idToken, back) {
      const { endSession } = await endpoints(provider).catch((): Partial<Endpoints> => ({}));
      return endSession && endSessionUrl(endSession, { clientId: provider.relyingPartyId, idToken, back });
    },
  };
}

function externalUser(found: z.infer<typeof idToken>): ExternalUser {
  // Without an e-mail no level of BTP can name the user (btp:0366298).
  if (found.email === undefined) throw invalidClient('Unable to map claim to a username');
  const { preferred_username, given_name, family_name, user_uuid, groups, ...claims } = found;
  return {
    email: found.email.toLowerCase(),
    externalId: found.sub,
    ...(preferred_username === undefined ? {} : { loginName: preferred_username }),
    ...(given_name === undefined ? {} : { givenName: given_name }),
    ...(family_name === undefined ? {} : { familyName: family_name }),
    ...(user_uuid === undefined ? {} : { userUuid: user_uuid }),
    groups: [groups].flat(),
    claims,
  };
}
