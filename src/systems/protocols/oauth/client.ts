import type { LoginOutcome } from '../../../kernel/doctor/logins.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { Token } from '../../../kernel/system.ts';
import type { HttpCall } from '../http/client.ts';
import { loginHint, tokenError, tokenResponse } from './wire.ts';

type Http = (call: HttpCall) => Promise<Response>;

/** `Basic` header with form-encoded parts, as RFC 6749 §2.3.1 asks and UAA and IAS decode. */
export function basic(id: string, secret: Secret | undefined): string {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
  return `Basic ${Buffer.from(`${encode(id)}:${secret ? encode(secret.reveal()) : ''}`).toString('base64')}`;
}

/**
 * Basic, and what tells XSUAA and UAA that it is encoded: some of them take it as it is otherwise, and a secret with a `+` fails
 * (SAP help fd5865e; go-uaa sends it too).
 */
function basicHeaders(id: string, secret: Secret | undefined): Readonly<Record<string, string>> {
  return { authorization: basic(id, secret), 'x-cf-encoded-credentials': 'true' };
}

export interface PasswordGrant {
  /** Full URL of the token endpoint, with its own query if it has one. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Absent = the empty secret of UAA's client `cf`. */
  readonly clientSecret?: Secret;
  readonly userName: string;
  readonly password: Secret;
  /** Origin key, sent as `login_hint` in the query as `cf login --origin` does; absent = the zone's default. */
  readonly originKey?: string;
  /** More form fields. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** OAuth 2.0 resource-owner password grant. `refused` carries `error: error_description` of the answer. */
export async function passwordGrant(
  http: Http,
  now: () => number,
  grant: PasswordGrant,
): Promise<Exclude<LoginOutcome<Token>, { status: 'spared' }>> {
  const url = new URL(grant.tokenUrl);
  if (grant.originKey !== undefined) url.searchParams.set('login_hint', loginHint(grant.originKey));
  const response = await http({
    operation: 'password grant',
    method: 'POST',
    url,
    // A repeated login does nothing twice that matters, but a refused one counts: never repeat it by itself.
    mutation: true,
    expect: [200, 400, 401, 403],
    headers: { accept: 'application/json', ...basicHeaders(grant.clientId, grant.clientSecret) },
    body: new URLSearchParams({
      grant_type: 'password',
      username: grant.userName,
      password: grant.password.reveal(),
      ...grant.fields,
    }),
  });
  if (response.status === 200) return { status: 'accepted', value: tokenOf(await response.json(), now()) };
  const answer = tokenError.safeParse(await response.json().catch(() => undefined));
  const reason = answer.success
    ? [answer.data.error, answer.data.error_description].filter(Boolean).join(': ')
    : `status ${response.status}`;
  return { status: 'refused', reason: reason.slice(0, 300) };
}

export interface ClientCredentialsGrant {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Absent = the certificate that the connection shows stands for it (RFC 8705, section 2). */
  readonly clientSecret?: Secret;
}

/** OAuth 2.0 client credentials grant; throws a RemoteError when the client is refused. */
export async function clientCredentialsGrant(
  http: Http,
  now: () => number,
  grant: ClientCredentialsGrant,
): Promise<Token> {
  const response = await http({
    operation: 'client credentials grant',
    method: 'POST',
    url: grant.tokenUrl,
    mutation: false,
    headers: {
      accept: 'application/json',
      ...(grant.clientSecret === undefined ? {} : basicHeaders(grant.clientId, grant.clientSecret)),
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(grant.clientSecret === undefined ? { client_id: grant.clientId } : {}),
    }),
  });
  return tokenOf(await response.json(), now());
}

function tokenOf(body: unknown, now: number): Token {
  const parsed = tokenResponse.safeParse(body);
  if (!parsed.success) {
    throw new RemoteError('ERR_REMOTE_BROKEN', {
      system: 'oauth',
      operation: 'read token answer',
      status: 200,
      cause: parsed.error,
    });
  }
  const { access_token, refresh_token, expires_in, scope } = parsed.data;
  return {
    value: new Secret(access_token),
    ...(refresh_token === undefined ? {} : { refresh: new Secret(refresh_token) }),
    expiresAt: now + expires_in * 1000,
    scope: scope ?? '',
  };
}
