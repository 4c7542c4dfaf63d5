import type { Context } from '../../../kernel/context.ts';
import type { LoginOutcome } from '../../../kernel/doctor/logins.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { HttpCall } from '../http/client.ts';
import { errorOf, unreadable, withCorrelation } from './errors.ts';
import { BTP_CLI_HOST, HEADERS, loginResponse, PROTOCOL_VERSION } from './wire.ts';

export interface Credentials {
  /** E-mail, or the login name at the identity provider where several accounts share the e-mail. */
  readonly userName: string;
  readonly password: Secret;
  /** Tenant id or host of a custom identity provider; absent = the default one. */
  readonly identityProvider?: string;
}

/** What a login gives; the id is as good as the password for twelve hours. */
export interface Login {
  readonly sessionId: Secret;
  /** The user's e-mail: its name on every BTP level. */
  readonly mail: string;
  /** Host of the identity provider. */
  readonly issuer: string;
  readonly customIdp: string;
}

type Http = (call: HttpCall) => Promise<Response>;

/** The server gives up after 20 s and says that nothing was sent on: one login in twenty (recordings). */
const TIMEOUT_ATTEMPTS = 5;

/**
 * Logs in with a password. `refused` is wrong credentials only, which the server answers without a reason; every other
 * bad answer throws a RemoteError (403 no access anywhere in the global account, 404 no such global account, 412).
 */
export async function login(
  http: Http,
  ctx: Pick<Context, 'id' | 'sleep'>,
  globalAccount: string,
  credentials: Credentials,
): Promise<Exclude<LoginOutcome<Login>, { status: 'spared' }>> {
  const operation = 'login';
  const correlationId = ctx.id();
  const customIdp = credentials.identityProvider ?? '';
  for (let attempt = 1; ; attempt++) {
    const response = await http({
      operation,
      method: 'POST',
      url: `https://${BTP_CLI_HOST}/login/${PROTOCOL_VERSION}`,
      // A second try after a lost answer could be a second failed login of a user that is locked after a few.
      mutation: true,
      expect: [200, 401, 403, 404, 412, 504],
      headers: { 'content-type': 'application/json', [HEADERS.correlation]: correlationId, [HEADERS.format]: 'json' },
      body: `${JSON.stringify({
        customIdp,
        subdomain: globalAccount,
        userName: credentials.userName,
        password: credentials.password.reveal(),
      })}\n`,
    }).catch((error: unknown) => {
      throw withCorrelation(error, correlationId);
    });
    if (response.status === 504 && attempt < TIMEOUT_ATTEMPTS) {
      await response.body?.cancel();
      await ctx.sleep(1000 * attempt);
      continue;
    }
    if (response.status === 401) return { status: 'refused', reason: 'status 401' };
    if (response.status !== 200) {
      throw errorOf({ operation, status: response.status, correlationId, mutation: false });
    }
    const sessionId = response.headers.get(HEADERS.session);
    // A 200 without a session is a login that nobody accepted (notes §1.5, third party).
    if (sessionId === null || sessionId === '') return { status: 'refused', reason: 'no session' };
    const body = loginResponse.safeParse(await response.json().catch(() => undefined));
    if (!body.success) throw unreadable(operation, 200, correlationId, body.error);
    return {
      status: 'accepted',
      value: { sessionId: new Secret(sessionId), mail: body.data.mail, issuer: body.data.issuer, customIdp },
    };
  }
}
