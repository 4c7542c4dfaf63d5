import { decodeJwt } from 'jose';
import { UaaError, Unhandled, unauthorized } from '../errors.ts';
import type { Logon, UaaClient, UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { redeemPasscode } from '../tokens/codes.ts';
import { logInInternally } from './internal-login.ts';
import { chooseProvider, hintedOrigin, isEmptyHint, type OidcProvider } from './providers.ts';
import type { ExternalUser } from './proxied-login.ts';
import { shadowUser } from './shadow-users.ts';

export interface LoggedOn {
  readonly user: UaaUser;
  readonly logon: Omit<Logon, 'authTime'> & Partial<Pick<Logon, 'authTime'>>;
}

const seconds = ({ ctx }: Uaa) => Math.floor(ctx.now() / 1000);

/** The grant `password`: by user name and password at whichever identity provider is chosen, or by a passcode. */
export async function logInByPassword(uaa: Uaa, client: UaaClient, params: URLSearchParams): Promise<LoggedOn> {
  const passcode = params.get('passcode');
  if (passcode !== null) {
    const { user, logon } = redeemPasscode(uaa, passcode);
    // When and how the user signed in is not told (recorded).
    return allowed(client, { user, logon: { userId: logon.userId, amr: [] } });
  }
  const sent = { userName: params.get('username'), password: params.get('password') };
  const hint = params.get('login_hint');
  // UAA stumbles over a hint that names nobody (recorded).
  if (isEmptyHint(hint)) throw new Unhandled(500);
  const provider = chooseProvider(client, hintedOrigin(hint), uaa.providers());
  const legacy = uaa.ctx.switched('uaa.legacyUnauthorized', false);
  if (provider === 'uaa') {
    const user = await logInInternally(uaa, sent, legacy);
    if (user.passwordChangeRequired) throw unauthorized('password change required');
    return { user, logon: { userId: user.id, authTime: seconds(uaa), amr: ['pwd'] } };
  }
  return logInExternally(uaa, provider, await uaa.proxied.password(provider, sent, legacy));
}

/** The assertion's issuer names the identity provider, whatever the login_hint says (UAA JwtTokenGranter). */
export async function logInByAssertion(uaa: Uaa, client: UaaClient, assertion: string | null): Promise<LoggedOn> {
  if (assertion === null) throw unauthorized('Assertion is missing');
  if (assertion === '') throw unauthorized('Unable to decode expected id_token');
  let claims: ReturnType<typeof decodeJwt>;
  try {
    claims = decodeJwt(assertion);
  } catch {
    throw new UaaError(401, 'invalid_token', 'Invalid token');
  }
  const { iss } = claims;
  // Nobody has looked at the signature yet: a claim may be anything that JSON can say.
  if (typeof iss !== 'string') throw unauthorized('Issuer is missing in id_token');
  const [provider, another] = uaa.providers().filter((known) => known.issuer === iss);
  if (provider && !another) {
    return allowed(client, logInExternally(uaa, provider, await uaa.proxied.verify(provider, assertion)));
  }
  if (iss === uaa.tokens.keys.issuer && typeof claims.origin === 'string') {
    return allowed(client, await logInByOwnToken(uaa, assertion));
  }
  throw unauthorized(`Unable to map issuer, ${iss} , to a single registered provider`);
}

/** A token of UAA itself as assertion: whoever it was meant for (UAA ExternalOAuthAuthenticationManager.validateToken; recorded). */
async function logInByOwnToken(uaa: Uaa, assertion: string): Promise<LoggedOn> {
  const { claims, expired } = await uaa.tokens.keys.verify(assertion);
  if (expired) throw new UaaError(401, 'invalid_token', 'Token has expired');
  const user = uaa.store.userByName(uaa.landscape, String(claims.user_name), String(claims.origin));
  if (!user?.active) throw new UaaError(401, 'invalid_token', `Token bears a non-existent user ID: ${claims.user_id}`);
  return { user, logon: { userId: user.id, authTime: seconds(uaa), amr: ['ext', 'oauth'] } };
}

/** A login that an identity provider vouches for: finds or makes the shadow user, and takes over names and groups. */
export function logInExternally(
  uaa: Uaa,
  provider: OidcProvider,
  external: ExternalUser,
): LoggedOn & { readonly logon: Logon } {
  const { originKey: origin, addShadowUserOnLogin: addOnLogin } = provider;
  const user = shadowUser(uaa.store, uaa.ctx, { landscape: uaa.landscape, origin, addOnLogin }, external);
  return { user, logon: { userId: user.id, authTime: seconds(uaa), amr: ['ext', 'oauth', ...external.amr] } };
}

/** A client may be for users of certain identity providers only; here that shows after the login. */
function allowed(client: UaaClient, found: LoggedOn): LoggedOn {
  if (client.allowedProviders?.includes(found.user.origin) ?? true) return found;
  throw new UaaError(401, 'unauthorized_client', "Client is not authorized for specified user's identity provider.");
}
