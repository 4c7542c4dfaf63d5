import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { createTokenVerifier } from '../../../protocols/oauth/emulator/token-verifier.ts';
import type { Properties } from '../store.ts';
import { failed } from './token-call.ts';

/** The user for whom a token is exchanged. */
export interface UserToken {
  readonly text: string;
  readonly claims: JWTPayload;
}

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });
const tenantClaims = z.looseObject({ ext_attr: z.looseObject({ zdn: z.string().optional() }).optional() });

/**
 * Verifies a user's token: by the XSUAA that issued it, or by the keys that the destination names for tokens of others
 * (`x_user_token.jwks`, `x_user_token.jwks_uri`, and the type in `x_user_token.header.typ`: btp-connectivity:283cd2d). Texts of refusals are assumed.
 */
export function createUserTokens(ctx: Pick<EmulatorContext, 'fetch' | 'now'>) {
  const verify = createTokenVerifier(ctx);

  async function claimsOf(text: string, properties: Properties, region: string): Promise<JWTPayload> {
    const { 'x_user_token.jwks': jwks, 'x_user_token.jwks_uri': uri, 'x_user_token.header.typ': typ } = properties;
    // Of tokens that XSUAA did not issue; what their header says counts, in any case of letters (assumed).
    if ((jwks ?? uri) !== undefined && typeOf(text) !== (typ ?? 'JWT').toLowerCase())
      throw new TypeError('another type');
    if (jwks !== undefined) {
      const keys = keySet.parse(JSON.parse(Buffer.from(jwks, 'base64').toString('utf8'))) as {
        keys: { kty: string }[];
      };
      const options = { algorithms: ['RS256', 'ES256'], currentDate: new Date(ctx.now()) };
      return (await jwtVerify(text, createLocalJWKSet(keys), options)).payload;
    }
    if (uri !== undefined) return verify(text, uri);
    const { host } = new URL(decodeJwt(text).iss ?? '');
    if (!host.endsWith(`.authentication.${region}.hana.ondemand.com`)) throw new TypeError('another issuer');
    return verify(text, `https://${host}/token_keys`);
  }

  return async (text: string | undefined, properties: Properties, region: string): Promise<UserToken> => {
    if (text === undefined || text === '') throw failed('no user token was provided');
    try {
      return { text, claims: await claimsOf(text, properties, region) };
    } catch {
      throw failed('the user token could not be verified');
    }
  };
}

/** `typ` of the header, which a token may leave out (RFC 7519, section 5.1); absent counts as `JWT`: assumed. */
function typeOf(text: string): string {
  return (decodeProtectedHeader(text).typ ?? 'JWT').toLowerCase();
}

/** Subdomain of the tenant that a user's token is of. */
export function tenantOf({ claims }: UserToken): string | undefined {
  return tenantClaims.safeParse(claims).data?.ext_attr?.zdn;
}
