import { createPrivateKey, X509Certificate } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { tellPeer } from '../../../../emulation/peer.ts';
import { tokenResponse } from '../../../protocols/oauth/wire.ts';
import { TOKEN_ANSWER_MARK } from '../../wire.ts';
import { openKeyStore } from '../certificates/key-store.ts';
import { type KeyStoreEntry, LockedKeyStore } from '../certificates/key-store-entry.ts';
import { Fault } from '../errors.ts';
import type { CertificateRecord, Properties } from '../store.ts';

/** Why no token could be had: it becomes `error` of a token inside a 200. */
export class TokenFailure extends Error {}

/** UAA's grant `user_token` gives a refresh token only; RFC 8693 adds the type. */
const answer = tokenResponse
  .partial({ expires_in: true })
  .extend({ access_token: z.string().nullish(), issued_token_type: z.string().optional() });
export type TokenResponse = z.infer<typeof answer>;

/** The token service of a destination, and how the Destination service shows itself there. */
export interface TokenService {
  readonly properties: Properties;
  /** GUID of the subaccount. */
  readonly zone: string;
  /** Subdomain that `Common` token service URLs are completed with. */
  readonly tenant: string | undefined;
  readonly clientAssertion?: { readonly value: string; readonly type: string } | undefined;
  /** The certificate that `tokenService.KeyStoreLocation` names. */
  readonly keyStore?: CertificateRecord | undefined;
}

export interface Grant {
  readonly form: Readonly<Record<string, string>>;
  /** `client_id`. @default the property clientId */
  readonly clientId?: string;
  /** Token that stands in the place of the client's authentication. */
  readonly bearer?: string;
  /** What is said of a refusal before the token service's own words. */
  readonly refusal?: string;
}

/** Asks the token service. @throws TokenFailure when it gives none */
export async function callTokenService(
  ctx: Pick<EmulatorContext, 'fetch' | 'now'>,
  service: TokenService,
  grant: Grant,
): Promise<TokenResponse> {
  const { properties } = service;
  if (behindCloudConnector(properties)) throw failed(noCloudConnector(service));
  const { status, body } = await send(ctx, request(service, grant));
  if (body === '' && status !== 200)
    // cloud-sdk issue 1434.
    throw new TokenFailure(
      `Empty Body with status ${status} and message ${STATUS_CODES[status] ?? ''} comes from the OAuth Service!`,
    );
  if (status !== 200) {
    // The wording for a password grant is not published; that of other grants has this form (cloud-sdk-js 4213): assumed.
    const refusal = grant.refusal ?? `Request to the token service ended with status code ${status}.`;
    throw failed(`${refusal} ${TOKEN_ANSWER_MARK}${body}`);
  }
  const token = answer.safeParse(parseJson(body));
  if (!token.success) throw unexpected();
  return token.data;
}

/** Technical users are always asked for from the Internet (btp-connectivity:8634e21). */
function behindCloudConnector({ Authentication: kind, ProxyType: proxy, ...properties }: Properties): boolean {
  return (
    kind !== 'OAuth2TechnicalUserPropagation' && (properties['tokenServiceURL.ProxyType'] ?? proxy) === 'OnPremise'
  );
}

/** No Cloud Connector is ever connected here. The text is the Connectivity proxy's, from questions in public: assumed for this place. */
function noCloudConnector({ properties, zone }: TokenService): string {
  const location = properties.CloudConnectorLocationId ?? '';
  return (
    'There is no SAP Cloud Connector (SCC) connected to your subaccount matching the requested tunnel for subaccount ' +
    `"${zone}" and SCC location ID "${location}".`
  );
}

/** cloud-sdk-js issue 4213. */
export function failed(reason: string): TokenFailure {
  return new TokenFailure(`Retrieval of OAuthToken failed due to: ${reason}`);
}

export function unexpected(): TokenFailure {
  return failed('unexpected error');
}

async function send(ctx: Pick<EmulatorContext, 'fetch'>, request: Request): Promise<{ status: number; body: string }> {
  try {
    const response = await ctx.fetch(request);
    return { status: response.status, body: await response.text() };
  } catch {
    throw unexpected();
  }
}

function request(service: TokenService, grant: Grant): Request {
  const { properties } = service;
  const certificates = service.keyStore ? clientCertificate(service.keyStore, properties) : [];
  let made: Request;
  try {
    made = new Request(tokenUrl(service), {
      method: 'POST',
      headers: headersOf(service, grant),
      body: formOf(service, grant),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs(properties)),
    });
  } catch {
    // A URL or header that there cannot be.
    throw unexpected();
  }
  tellPeer(made, { certificates });
  return made;
}

/** `Common` puts the tenant's subdomain into the URL, else the URL is called as it stands, its own query included. */
function tokenUrl({ properties, tenant }: TokenService): string {
  const text = properties.tokenServiceURL ?? '';
  const common = properties.tokenServiceURLType === 'Common' && tenant !== undefined;
  const url = new URL(common ? text.replaceAll('{tenant}', tenant) : text);
  if (common && !text.includes('{tenant}')) url.host = `${tenant}.${url.host}`;
  for (const [name, value] of prefixed(properties, 'tokenServiceURL.queries.')) url.searchParams.append(name, value);
  return url.href;
}

function headersOf({ properties, keyStore, clientAssertion }: TokenService, grant: Grant): Headers {
  const headers = new Headers({ accept: 'application/json' });
  for (const [name, value] of prefixed(properties, 'tokenServiceURL.headers.')) headers.set(name, value);
  const { tokenServiceUser: user, clientId = '', clientSecret = '' } = properties;
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  // A token service user is preferred to the client, wherever that would stand (btp-connectivity:4e1d742).
  if (grant.bearer !== undefined) headers.set('authorization', `Bearer ${grant.bearer}`);
  else if (user !== undefined) headers.set('authorization', basic(user, properties.tokenServicePassword ?? ''));
  else if (!inBody(properties) && !keyStore && !clientAssertion)
    headers.set('authorization', basic(clientId, clientSecret));
  return headers;
}

/** Client credentials go into the form unless `tokenService.addClientCredentialsInBody` is false. */
function formOf(service: TokenService, grant: Grant): URLSearchParams {
  const { properties, keyStore, clientAssertion } = service;
  const form = new URLSearchParams(grant.form);
  const basic = properties.tokenServiceUser !== undefined || !inBody(properties);
  // Over mTLS the certificate stands for the secret (btp-connectivity:2c162aa), as an assertion does (6c98d97).
  const withoutSecret = keyStore !== undefined || clientAssertion !== undefined || grant.bearer !== undefined;
  if (grant.clientId !== undefined || !basic || withoutSecret)
    form.set('client_id', grant.clientId ?? properties.clientId ?? '');
  if (!basic && !withoutSecret && grant.clientId === undefined)
    form.set('client_secret', properties.clientSecret ?? '');
  if (clientAssertion) {
    form.set('client_assertion', clientAssertion.value);
    form.set('client_assertion_type', clientAssertion.type);
  }
  if (properties.scope !== undefined) form.set('scope', properties.scope);
  for (const [name, value] of prefixed(properties, 'tokenService.body.')) form.set(name, value);
  return form;
}

function inBody(properties: Properties): boolean {
  return properties['tokenService.addClientCredentialsInBody'] !== 'false';
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

/** Who shows a certificate has its key, so a key store without the key, or one that does not open, is no client. */
function clientCertificate(keyStore: CertificateRecord, properties: Properties): readonly string[] {
  const { privateKey, certificates } = keyEntryOf(keyStore, properties['tokenService.KeyStorePassword'] ?? '') ?? {};
  const [leaf] = certificates ?? [];
  // assumed: the words.
  if (privateKey === undefined || leaf === undefined)
    throw failed('the key store has no client certificate with its key');
  if (!new X509Certificate(leaf).checkPrivateKey(createPrivateKey(privateKey)))
    throw failed('the key of the client certificate does not fit');
  return certificates ?? [];
}

/** The first entry with a key. @throws TokenFailure when the password is wrong */
export function keyEntryOf({ name, content }: CertificateRecord, password: string): KeyStoreEntry | undefined {
  try {
    return openKeyStore(name, Buffer.from(content, 'base64'), password).find(({ hasKey }) => hasKey);
  } catch (error) {
    // assumed: the words.
    if (error instanceof LockedKeyStore) throw failed('keystore password was incorrect');
    if (error instanceof Fault) throw failed('the key store can not be read');
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}
