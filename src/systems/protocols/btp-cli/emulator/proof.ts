import { createRemoteJWKSet, customFetch, decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { LoginProvider } from './identity-providers.ts';

/** Whether somebody is who they say, by their identity provider. */
export type Proof =
  | { readonly status: 'accepted'; readonly mail: string }
  | { readonly status: 'refused' }
  | { readonly status: 'unreachable' };

const tokens = z.looseObject({ access_token: z.string().optional(), id_token: z.string().optional() });

const SCOPE = 'openid email';

/**
 * Checks a password where it lives: by the password grant at the identity provider, as the application that the trust
 * registered there (ias:67f720d). Whatever refuses the login there (locked, initial password, policy) refuses it here; a
 * passcode is a password there, too.
 */
export function passwordProof(
  ctx: EmulatorContext,
  provider: LoginProvider,
  username: string,
  password: string,
): Promise<Proof> {
  return tokenProof(ctx, provider, { grant_type: 'password', username, password, scope: SCOPE });
}

/** assumed: a JWT is exchanged at the identity provider, which knows whom it trusts; no recording has one. */
export function assertionProof(ctx: EmulatorContext, provider: LoginProvider, assertion: string): Promise<Proof> {
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  return tokenProof(ctx, provider, { grant_type: grant, assertion, scope: SCOPE });
}

/** The code with which a browser comes back. */
export function codeProof(
  ctx: EmulatorContext,
  provider: LoginProvider,
  code: { readonly code: string; readonly redirect_uri: string; readonly code_verifier: string },
): Promise<Proof> {
  return tokenProof(ctx, provider, { grant_type: 'authorization_code', ...code });
}

async function tokenProof(
  ctx: EmulatorContext,
  provider: LoginProvider,
  form: Readonly<Record<string, string>>,
): Promise<Proof> {
  const credentials = Buffer.from(
    `${encodeURIComponent(provider.relyingPartyId)}:${encodeURIComponent(provider.relyingPartySecret)}`,
  ).toString('base64');
  let response: Response;
  try {
    response = await ctx.fetch(`https://${provider.host}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
      body: new URLSearchParams(form),
    });
  } catch {
    return { status: 'unreachable' };
  }
  if (response.status === 429 || response.status >= 500) return { status: 'unreachable' };
  if (response.status !== 200) return { status: 'refused' };
  const answer = tokens.parse(await response.json());
  return proofOf(mailOf(answer.id_token) ?? mailOf(answer.access_token));
}

/** 400 = it can't be read, 401 = it is not good any more, or not of this identity provider (notes §1.5). */
export async function idTokenProof(
  ctx: EmulatorContext,
  idToken: string,
  providerOf: (host: string) => LoginProvider | undefined,
): Promise<{ readonly proof: Proof; readonly provider: LoginProvider } | { readonly status: 400 | 401 }> {
  const host = hostOfIssuer(idToken);
  if (host === undefined) return { status: 400 };
  const provider = providerOf(host);
  if (!provider) return { status: 401 };
  const keys = createRemoteJWKSet(new URL(`https://${host}/oauth2/certs`), {
    [customFetch]: (url, options) => ctx.fetch(url, options as RequestInit),
  });
  try {
    await jwtVerify(idToken, keys, { currentDate: new Date(ctx.now()) });
  } catch (error) {
    return error instanceof errors.JOSEError ? { status: 401 } : { proof: { status: 'unreachable' }, provider };
  }
  return { proof: proofOf(mailOf(idToken)), provider };
}

function hostOfIssuer(token: string): string | undefined {
  try {
    return new URL(decodeJwt(token).iss ?? '').host;
  } catch {
    return undefined;
  }
}

/** Without an e-mail claim no level of BTP can name the user (btp:0366298). */
function proofOf(mail: string | undefined): Proof {
  return mail === undefined ? { status: 'refused' } : { status: 'accepted', mail };
}

function mailOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const claims = decodeJwt(token);
  const mail = claims.email ?? claims.mail;
  return typeof mail === 'string' && mail !== '' ? mail.toLowerCase() : undefined;
}
