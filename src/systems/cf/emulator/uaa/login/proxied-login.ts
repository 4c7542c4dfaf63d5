import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../../emulation/emulator.ts';
import type { KeyFinder } from '../../../../protocols/oauth/emulator/token-memory.ts';
import { badCredentials, invalidClient, invalidToken, providerFailed, unauthorized } from '../errors.ts';
import type { OidcProvider } from './providers.ts';

/** Claims of an id_token that make a shadow user. */
export interface ExternalUser {
  readonly userName: string;
  readonly email: string;
  readonly externalId: string;
  readonly verified: boolean;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly phoneNumber?: string;
  readonly amr: readonly string[];
  /** Names of its groups at the identity provider. */
  readonly groups: readonly string[];
}

const claims = z.looseObject({
  sub: z.string(),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.string()]).optional(),
  given_name: z.string().optional(),
  family_name: z.string().optional(),
  phone_number: z.string().optional(),
  amr: z.array(z.string()).optional(),
  // One group comes as a text (openid-connect libraries unpack lists of one).
  groups: z.union([z.array(z.string()), z.string()]).optional(),
});

const answer = z.looseObject({ id_token: z.string().optional() });
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kid: z.string().optional() })) });

export interface ProxiedLogin {
  /** The password grant, forwarded to the identity provider (UAA PasswordGrantAuthenticationManager). */
  password(
    provider: OidcProvider,
    sent: { readonly userName: string | null; readonly password: string | null },
    legacy: boolean,
  ): Promise<ExternalUser>;
  /** Verifies an id_token or assertion of the provider. */
  verify(provider: OidcProvider, token: string): Promise<ExternalUser>;
}

/** Client authentication at an identity provider; not form-encoded, unlike RFC 6749 asks (UAA source). */
export function relyingPartyBasic({ relyingPartyId, relyingPartySecret }: OidcProvider): string {
  return `Basic ${Buffer.from(`${relyingPartyId}:${relyingPartySecret}`).toString('base64')}`;
}

export function createProxiedLogin(ctx: Pick<EmulatorContext, 'fetch' | 'now'>): ProxiedLogin {
  // A cache only: keys are fetched again when a token names one that is not in it. Importing them takes longer than verifying.
  const keys = new Map<string, { readonly ids: readonly (string | undefined)[]; readonly find: KeyFinder }>();

  async function keysFor(provider: OidcProvider, kid: string | undefined): Promise<KeyFinder> {
    const cached = keys.get(provider.keysUrl);
    if (cached?.ids.includes(kid)) return cached.find;
    const response = await ctx.fetch(provider.keysUrl, { headers: { accept: 'application/json' } }).catch(() => {
      throw providerFailed();
    });
    if (!response.ok) throw providerFailed();
    const fresh = await documentIn(response, keySet);
    const find = createLocalJWKSet(fresh as JSONWebKeySet);
    keys.set(provider.keysUrl, { ids: fresh.keys.map((key) => key.kid), find });
    return find;
  }

  async function verify(provider: OidcProvider, token: string): Promise<ExternalUser> {
    let kid: string | undefined;
    try {
      kid = decodeProtectedHeader(token).kid;
    } catch {
      throw unauthorized('Unable to decode expected id_token');
    }
    const known = await keysFor(provider, kid);
    let payload: unknown;
    try {
      const checked = await jwtVerify(token, known, { currentDate: new Date(ctx.now()) });
      payload = checked.payload;
      if (checked.payload.iss !== provider.issuer) {
        throw unauthorized(`Unable to map issuer, ${checked.payload.iss} , to a single registered provider`);
      }
      const audience = [checked.payload.aud ?? []].flat();
      if (!audience.includes(provider.relyingPartyId)) {
        throw invalidToken(`Some parties were not in the token audience: ${provider.relyingPartyId}`);
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
        // An expired one is called so too (recorded).
        throw invalidToken('Could not verify token signature.');
      }
      throw error;
    }
    return externalUser(payload);
  }

  return {
    verify,
    async password(provider, sent, legacy) {
      if (sent.userName === null || sent.password === null)
        throw invalidClient('Request is missing username or password.');
      const response = await ctx
        .fetch(provider.tokenUrl, {
          method: 'POST',
          headers: {
            accept: 'application/json',
            'content-type': 'application/x-www-form-urlencoded',
            authorization: relyingPartyBasic(provider),
          },
          body: new URLSearchParams({
            grant_type: 'password',
            response_type: 'id_token',
            username: sent.userName,
            password: sent.password,
            scope: 'openid email profile',
          }),
        })
        .catch(() => {
          throw providerFailed();
        });
      if (response.status >= 500) throw providerFailed();
      if (response.status >= 400) throw badCredentials(legacy, await response.text());
      const { id_token } = await documentIn(response, answer);
      if (id_token === undefined) {
        throw invalidClient('Could not obtain id_token from external OpenID Connect provider.');
      }
      return verify(provider, id_token);
    },
  };
}

/** An answer of an identity provider that is not what it should be is its failure. */
async function documentIn<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw providerFailed();
  return parsed.data;
}

/** User name = e-mail, as the attribute mapping `user_name: email` of platform trusts makes it (UAA docs for IAS). */
function externalUser(payload: unknown): ExternalUser {
  const { success, data: found } = claims.safeParse(payload);
  if (!success || !found.email) throw unauthorized('Unable to map claim to a username');
  const { email } = found;
  return {
    userName: email,
    email,
    externalId: found.sub,
    verified: found.email_verified === true || found.email_verified === 'true',
    ...(found.given_name === undefined ? {} : { givenName: found.given_name }),
    ...(found.family_name === undefined ? {} : { familyName: found.family_name }),
    ...(found.phone_number === undefined ? {} : { phoneNumber: found.phone_number }),
    amr: found.amr ?? [],
    groups: [found.groups ?? []].flat(),
  };
}
