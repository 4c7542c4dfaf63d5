import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { TrustedIdentityProvider } from '../../../../emulation/world.ts';

export type PasswordCheck =
  | { readonly status: 'accepted'; readonly mail: string }
  | { readonly status: 'refused' }
  | { readonly status: 'unreachable' };

const tokens = z.looseObject({ access_token: z.string().optional(), id_token: z.string().optional() });

/**
 * Checks a password where it lives: by the password grant at the identity provider, as the application that the trust
 * registered there (ias:67f720d). Whatever refuses the login there (locked, initial password, policy) refuses it here.
 */
export async function passwordCheck(
  ctx: EmulatorContext,
  provider: Pick<TrustedIdentityProvider, 'host' | 'relyingPartyId' | 'relyingPartySecret'>,
  userName: string,
  password: string,
): Promise<PasswordCheck> {
  const credentials = Buffer.from(
    `${encodeURIComponent(provider.relyingPartyId)}:${encodeURIComponent(provider.relyingPartySecret)}`,
  ).toString('base64');
  let response: Response;
  try {
    response = await ctx.fetch(`https://${provider.host}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'password', username: userName, password, scope: 'openid email' }),
    });
  } catch {
    return { status: 'unreachable' };
  }
  if (response.status === 429 || response.status >= 500) return { status: 'unreachable' };
  if (response.status !== 200) return { status: 'refused' };
  const answer = tokens.parse(await response.json());
  const mail = mailOf(answer.id_token) ?? mailOf(answer.access_token);
  // Without an e-mail claim no level of BTP can name the user (btp:0366298).
  return mail === undefined ? { status: 'refused' } : { status: 'accepted', mail };
}

function mailOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const claims = decodeJwt(token);
  const mail = claims.email ?? claims.mail;
  return typeof mail === 'string' && mail !== '' ? mail.toLowerCase() : undefined;
}
