import { z } from 'zod';
import { endSessionUrl } from '../../../../protocols/oauth/emulator/end-session.ts';
import { unauthorized } from '../errors.ts';
import { logInExternally } from '../login/logins.ts';
import type { OidcProvider } from '../login/providers.ts';
import { relyingPartyBasic } from '../login/proxied-login.ts';
import type { BrowserSession } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { randomText } from '../tokens/codes.ts';
import { s256 } from '../tokens/pkce.ts';
import { isSame } from './sessions.ts';

const metadata = z.looseObject({
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  end_session_endpoint: z.url().optional(),
});
type Metadata = z.infer<typeof metadata>;

const tokenAnswer = z.looseObject({ id_token: z.string().optional() });

/** What the identity provider says of itself; asked anew each time, so that it may move. */
async function discover({ ctx }: Uaa, { host }: OidcProvider): Promise<Metadata> {
  const response = await ctx.fetch(`https://${host}/.well-known/openid-configuration`, {
    headers: { accept: 'application/json' },
  });
  if (!response.ok) throw new Error(`discovery answers ${response.status}`);
  return metadata.parse(await response.json());
}

export interface Departure {
  readonly location: string;
  /** To be kept in the session until the browser is back. */
  readonly pending: NonNullable<BrowserSession['pending']>;
}

/**
 * Where the browser goes to sign in at an identity provider, code flow with PKCE (UAA ExternalOAuthProviderConfigurator;
 * PKCE as SAP's trusts have it).
 * @param origin of the page, where the browser shall come back to
 */
export async function depart(uaa: Uaa, provider: OidcProvider, origin: string): Promise<Departure> {
  const { authorization_endpoint } = await discover(uaa, provider);
  const state = randomText(uaa.ctx, 10);
  const verifier = randomText(uaa.ctx, 128);
  const url = new URL(authorization_endpoint);
  const parameters = {
    client_id: provider.relyingPartyId,
    response_type: 'code',
    redirect_uri: callbackUrl(origin, provider),
    state,
    code_challenge: s256(verifier),
    code_challenge_method: 'S256',
    scope: 'openid email profile',
    nonce: randomText(uaa.ctx, 12),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { location: url.href, pending: { origin: provider.originKey, state, verifier } };
}

/**
 * The browser is back from an identity provider: trades the code for an id_token, and finds or makes the shadow user.
 * @throws UaaError with what was wrong
 */
export async function arrive(
  uaa: Uaa,
  provider: OidcProvider,
  session: BrowserSession | undefined,
  params: URLSearchParams,
  origin: string,
): Promise<ReturnType<typeof logInExternally> & { readonly idToken: string }> {
  const { pending } = session ?? {};
  const expected = pending?.origin === provider.originKey ? pending : undefined;
  if (!expected || !isSame(params.get('state') ?? '', expected.state)) {
    throw unauthorized('Invalid State Param in request.');
  }
  const code = params.get('code');
  if (!code) throw unauthorized(params.get('error_description') ?? params.get('error') ?? 'no code');
  const { token_endpoint } = await discover(uaa, provider);
  const response = await uaa.ctx.fetch(token_endpoint, {
    method: 'POST',
    headers: { accept: 'application/json', authorization: relyingPartyBasic(provider) },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: callbackUrl(origin, provider),
      code_verifier: expected.verifier,
    }),
  });
  if (!response.ok) throw unauthorized(`${response.status}: ${(await response.text()).slice(0, 500)}`);
  const { id_token } = tokenAnswer.parse(await response.json());
  if (id_token === undefined) {
    throw unauthorized('Could not obtain id_token from external OpenID Connect provider.');
  }
  return { ...logInExternally(uaa, provider, await uaa.proxied.verify(provider, id_token)), idToken: id_token };
}

/** Where the browser goes to end the session at the identity provider too; undefined when it has no such place. */
export async function farewell(
  uaa: Uaa,
  provider: OidcProvider,
  idToken: string,
  back: string,
): Promise<string | undefined> {
  const { end_session_endpoint } = await discover(uaa, provider).catch((): Partial<Metadata> => ({}));
  return (
    end_session_endpoint && endSessionUrl(end_session_endpoint, { clientId: provider.relyingPartyId, idToken, back })
  );
}

function callbackUrl(origin: string, { originKey }: OidcProvider): string {
  return `${origin}/login/callback/${encodeURIComponent(originKey)}`;
}
