import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { tokenResponse } from '../../protocols/oauth/wire.ts';
import { TOKEN_ANSWER_MARK } from '../wire.ts';
import { notEmulated } from './errors.ts';
import type { Properties } from './store.ts';

/** A token in the answer of find (OpenAPI 1.0.0 `AuthToken`, plus `error` and `expires_in` of real answers). */
export interface AuthToken {
  readonly type: string;
  readonly value: string;
  /** Seconds, as text: SAP Cloud SDK keeps a failure for 5 minutes when it is the number 0. */
  readonly expires_in?: string;
  readonly scope?: string;
  readonly error?: string;
  readonly http_header?: { readonly key: string; readonly value: string };
}

const WITHOUT_TOKEN = new Set(['NoAuthentication', 'PrincipalPropagation', 'ClientCertificateAuthentication']);

/** Gets the tokens of a destination; a token service that refuses is an answer, not a fault. */
export async function retrieveTokens(
  ctx: Pick<EmulatorContext, 'fetch'>,
  properties: Properties,
  tenant: string | undefined,
): Promise<readonly AuthToken[] | undefined> {
  const kind = properties.Authentication ?? 'NoAuthentication';
  if (WITHOUT_TOKEN.has(kind)) return;
  if (kind === 'BasicAuthentication') return [basicToken(properties)];
  if (kind !== 'OAuth2Password' && kind !== 'OAuth2ClientCredentials') throw notEmulated(`token retrieval of ${kind}`);
  if ((properties['tokenServiceURL.ProxyType'] ?? properties.ProxyType) === 'OnPremise')
    throw notEmulated('token services behind a Cloud Connector');
  return [await oauthToken(ctx, properties, kind, tenant)];
}

/** Docs on "find destination", BasicAuthentication: no lifetime. */
function basicToken(properties: Properties): AuthToken {
  const value = Buffer.from(`${properties.User ?? ''}:${properties.Password ?? ''}`).toString('base64');
  return { type: 'Basic', value, http_header: { key: 'Authorization', value: `Basic ${value}` } };
}

async function oauthToken(
  ctx: Pick<EmulatorContext, 'fetch'>,
  properties: Properties,
  kind: 'OAuth2Password' | 'OAuth2ClientCredentials',
  tenant: string | undefined,
): Promise<AuthToken> {
  let response: Response;
  let body: string;
  try {
    response = await ctx.fetch(tokenUrl(properties, tenant), {
      method: 'POST',
      headers: tokenHeaders(properties, kind),
      body: tokenForm(properties, kind),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs(properties)),
    });
    body = await response.text();
  } catch {
    return failure('unexpected error');
  }
  if (response.status !== 200) {
    // The wording for a password grant is not published; that of other grants has this form (cloud-sdk-js 4213): assumed.
    return failure(
      `Request to the token service ended with status code ${response.status}. ${TOKEN_ANSWER_MARK}${body}`,
    );
  }
  const token = tokenResponse.safeParse(parseJson(body));
  if (!token.success) return failure('unexpected error');
  const { access_token: value, token_type: type, expires_in: seconds, scope } = token.data;
  return {
    type,
    value,
    expires_in: String(seconds),
    ...(scope === undefined ? {} : { scope }),
    http_header: { key: 'Authorization', value: `Bearer ${value}` },
  };
}

/** A failed retrieval is a token without a header inside a 200 (cloud-sdk-js issue 4213). */
function failure(reason: string): AuthToken {
  return { type: '', value: '', error: `Retrieval of OAuthToken failed due to: ${reason}`, expires_in: '0' };
}

/** A dedicated URL is called as it is; a common one gets the tenant (docs on OAuth2ClientCredentials). */
function tokenUrl(properties: Properties, tenant: string | undefined): string {
  let written = properties.tokenServiceURL ?? '';
  if (properties.tokenServiceURLType === 'Common' && tenant !== undefined) {
    written = written.includes('{tenant}')
      ? written.replaceAll('{tenant}', tenant)
      : written.replace('://', `://${tenant}.`);
  }
  const url = new URL(written);
  for (const [name, value] of prefixed(properties, 'tokenServiceURL.queries.')) url.searchParams.append(name, value);
  return url.href;
}

function tokenHeaders(properties: Properties, kind: string): Headers {
  const headers = new Headers(prefixed(properties, 'tokenServiceURL.headers.').map(([name, value]) => [name, value]));
  headers.set('accept', 'application/json');
  headers.set('content-type', 'application/x-www-form-urlencoded');
  const basic = basicUser(properties, kind);
  if (basic) headers.set('authorization', `Basic ${Buffer.from(`${basic.user}:${basic.secret}`).toString('base64')}`);
  return headers;
}

/** Client credentials go into the form unless `tokenService.addClientCredentialsInBody` is false; a token service user is preferred. */
function basicUser(properties: Properties, kind: string): { user: string; secret: string } | undefined {
  if (kind === 'OAuth2ClientCredentials' && properties.tokenServiceUser !== undefined)
    return { user: properties.tokenServiceUser, secret: properties.tokenServicePassword ?? '' };
  if (credentialsInBody(properties)) return;
  return { user: properties.clientId ?? '', secret: properties.clientSecret ?? '' };
}

function credentialsInBody(properties: Properties): boolean {
  return properties['tokenService.addClientCredentialsInBody'] !== 'false';
}

function tokenForm(properties: Properties, kind: 'OAuth2Password' | 'OAuth2ClientCredentials'): URLSearchParams {
  const form = new URLSearchParams(
    kind === 'OAuth2Password'
      ? { grant_type: 'password', username: properties.User ?? '', password: properties.Password ?? '' }
      : { grant_type: 'client_credentials' },
  );
  if (credentialsInBody(properties) && basicUser(properties, kind) === undefined) {
    form.set('client_id', properties.clientId ?? '');
    form.set('client_secret', properties.clientSecret ?? '');
  }
  if (properties.scope !== undefined) form.set('scope', properties.scope);
  for (const [name, value] of prefixed(properties, 'tokenService.body.')) form.set(name, value);
  return form;
}

function prefixed(properties: Properties, prefix: string): [string, string][] {
  return Object.entries(properties)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value]);
}

/** Connection (0 to 60 s) and read timeout (0 to 600 s), each 10 s by default and when out of range (docs 452357c). */
function timeoutMs(properties: Properties): number {
  const seconds = (name: string, max: number): number => {
    const text = properties[name] ?? '';
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value <= max ? value : 10;
  };
  const connection = seconds('tokenServiceURL.ConnectionTimeoutInSeconds', 60);
  const read = seconds('tokenServiceURL.SocketReadTimeoutInSeconds', 600);
  return (connection + read) * 1000;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}
