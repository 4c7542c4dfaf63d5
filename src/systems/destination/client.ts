import type { z } from 'zod';
import { createBudget } from '../../kernel/budget.ts';
import type { Tls } from '../../kernel/context.ts';
import { ConfigError, RemoteError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext, Token } from '../../kernel/system.ts';
import { createHttp, type HttpCall } from '../protocols/http/client.ts';
import { clientCredentialsGrant } from '../protocols/oauth/client.ts';
import { serviceKeysOf } from './section.ts';
import { type Key, readServiceKey } from './service-key.ts';
import {
  BASE_PATH,
  certificateRows,
  destinationRow,
  destinationRows,
  findResult,
  fragmentRows,
  isSecretProperty,
} from './wire.ts';

/** A stored destination or fragment; v1 reads give secrets in clear text, which end here. */
export interface StoredDestination {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** What find gave besides the destination, when it fetched a token. */
interface FoundToken {
  readonly value: Secret;
  /** What the Destination service says about a failed retrieval; for decoding only. */
  readonly error?: string;
}

/** What an application gets that is bound to the instance of the service key. */
export interface FoundDestination {
  readonly stored: StoredDestination;
  readonly tokens: readonly FoundToken[];
  /** GUID of the service instance on whose level it is; it hides one of the same name in the subaccount. */
  readonly instance?: string;
}

/** Where a service key leads: to the subaccount, and to the one instance that it is of. */
export type KeyLevel = 'subaccount' | 'instance';

/** One subaccount's destinations, through its service key. */
export interface DestinationClient {
  /** GUID of the service instance that the key is of; absent where the key does not say it. */
  readonly instance?: string;
  /** Every destination of a level. @param level default: the subaccount */
  list(level?: KeyLevel): Promise<readonly StoredDestination[]>;
  /** Every fragment of a level. */
  fragments(level: KeyLevel): Promise<readonly StoredDestination[]>;
  /** Certificates and key stores of the subaccount level; content as it was uploaded. */
  certificates(): Promise<readonly { readonly name: string; readonly content: Buffer }[]>;
  /** One destination of the subaccount level with its version. */
  read(name: string): Promise<{ readonly stored: StoredDestination; readonly etag: string | undefined } | undefined>;
  create(properties: Readonly<Record<string, string>>, password: Secret): Promise<void>;
  /** Overwrites everything, if the version is still the one that was read. */
  replace(properties: Readonly<Record<string, string>>, password: Secret, etag: string | undefined): Promise<void>;
  delete(name: string, etag: string | undefined): Promise<void>;
  /** Looks it up as an application does; with `retrieveToken` the service logs in with the stored credentials. */
  find(name: string, retrieveToken: boolean): Promise<FoundDestination | undefined>;
}

/** Most entries of a page (OpenAPI: at most 1000); one page does for nearly every subaccount. */
const PAGE_SIZE = 500;
const MINUTE = 60_000;

/** The client of a subaccount, to read there only where its GUID is not known; throws a ConfigError when its service key is missing or unusable. */
export function destinationClient(
  ctx: SystemContext,
  subaccount: { readonly name: string; readonly guid?: string },
): Promise<DestinationClient> {
  return ctx.memo(`destination/client:${subaccount.guid ?? subaccount.name}`, async () => {
    const ref = serviceKeysOf(ctx.manifest).get(subaccount.name);
    if (ref === undefined) {
      throw new ConfigError('ERR_CONFIG_CONNECTION', `no service key for the destinations of '${subaccount.name}'`, {
        remedy: `add connections.destination.${subaccount.name}`,
      });
    }
    return createClient(ctx, readServiceKey(await ctx.secret(ref), subaccount, ctx.now()), await destinationHttp(ctx));
  });
}

type Http = (call: HttpCall) => Promise<Response>;

/** Calls the service, and its token endpoints with the client certificate of a key. */
interface Service {
  readonly http: Http;
  withCertificate(tls: Tls): Http;
}

/** One budget for the whole service: SAP documents no rate, only that it limits. */
function destinationHttp(ctx: SystemContext): Promise<Service> {
  return ctx.memo('destination/http', async () => {
    const options = { system: 'destination', ctx, budget: createBudget({ concurrency: 4 }, ctx) };
    return { http: createHttp(options), withCertificate: (tls) => createHttp({ ...options, tls }) };
  });
}

function createClient(ctx: SystemContext, key: Key, { http, withCertificate }: Service): DestinationClient {
  const base = `${key.uri}${BASE_PATH}/v1`;
  const tokens = tokenSource(ctx, key, key.tls ? withCertificate(key.tls) : http);

  async function call(options: HttpCall & { readonly path: string }): Promise<Response> {
    const send = async (): Promise<Response> =>
      http({
        ...options,
        headers: {
          accept: 'application/json',
          ...options.headers,
          authorization: `Bearer ${(await tokens.current()).value.reveal()}`,
        },
      });
    try {
      return await send();
    } catch (error) {
      // 401 means it was not executed: the token was revoked or the key of its signature was rotated.
      if (!(error instanceof RemoteError) || error.status !== 401 || error.operation !== options.operation) throw error;
      tokens.forget();
      return send();
    }
  }

  const request = (operation: string, path: string, options: Omit<HttpCall, 'operation' | 'url'> = {}) =>
    call({ operation, path, url: `${base}/${path}`, ...options });

  const write = (properties: Readonly<Record<string, string>>, password: Secret): string =>
    JSON.stringify({ ...properties, Password: password.reveal() });

  /** Every row of a list, page by page. */
  async function rowsOf<T extends z.ZodType>(
    operation: string,
    path: string,
    rows: z.ZodArray<T>,
  ): Promise<z.infer<T>[]> {
    const all: z.infer<T>[] = [];
    for (let page = 1; ; page++) {
      const response = await request(operation, `${path}?$page=${page}&$pageSize=${PAGE_SIZE}&$pageCount=true`);
      const found = await parsed(response, rows, operation);
      all.push(...found);
      const pages = Number(response.headers.get('page-count') ?? Number.NaN);
      if (Number.isNaN(pages) ? found.length < PAGE_SIZE : page >= pages) return all;
    }
  }

  return {
    ...(key.instance === undefined ? {} : { instance: key.instance }),
    list: async (level = 'subaccount') =>
      (await rowsOf('list destinations', `${level}Destinations`, destinationRows)).map(stored),
    async certificates() {
      const rows = await rowsOf('list certificates', 'subaccountCertificates', certificateRows);
      return rows.map(({ Name, Content }) => ({ name: Name, content: Buffer.from(Content, 'base64') }));
    },
    // There are no pages of fragments (OpenAPI 1.0.0).
    async fragments(level) {
      const response = await request('list fragments', `${level}DestinationFragments`);
      return (await parsed(response, fragmentRows, 'list fragments')).map(stored);
    },
    async read(name) {
      const response = await request('read destination', `subaccountDestinations/${encodeURIComponent(name)}`, {
        expect: [200, 404],
      });
      if (response.status === 404) return discard(response);
      const row = await parsed(response, destinationRow, 'read destination');
      return { stored: stored(row), etag: response.headers.get('etag') ?? undefined };
    },
    async create(properties, password) {
      const response = await request('create destination', 'subaccountDestinations', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: write(properties, password),
        expect: [201],
      });
      discard(response);
    },
    async replace(properties, password, etag) {
      const response = await request('update destination', 'subaccountDestinations', {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...(etag === undefined ? {} : { 'if-match': etag }) },
        body: write(properties, password),
      });
      discard(response);
    },
    async delete(name, etag) {
      const response = await request('delete destination', `subaccountDestinations/${encodeURIComponent(name)}`, {
        method: 'DELETE',
        ...(etag === undefined ? {} : { headers: { 'if-match': etag } }),
        expect: [200, 204, 404],
      });
      discard(response);
    },
    async find(name, retrieveToken) {
      const query = retrieveToken ? '' : '?$skipTokenRetrieval=true';
      const response = await request('find destination', `destinations/${encodeURIComponent(name)}${query}`, {
        expect: [200, 404],
        // With a token retrieval it is a login: a lost answer may have been a failed one, so it is not sent again.
        mutation: retrieveToken,
      });
      if (response.status === 404) return discard(response);
      const found = await parsed(response, findResult, 'find destination');
      const instance = found.owner?.InstanceId ?? undefined;
      return {
        stored: stored(found.destinationConfiguration),
        ...(instance === undefined ? {} : { instance }),
        tokens: found.authTokens.map((token) => ({
          value: new Secret(token.value),
          ...(token.error === undefined ? {} : { error: token.error }),
        })),
      };
    },
  };
}

function tokenSource(ctx: SystemContext, key: Key, http: Http) {
  let token: Promise<Token> | undefined;
  return {
    async current(): Promise<Token> {
      const known = await token;
      if (known && known.expiresAt - MINUTE > ctx.now()) return known;
      const fresh = clientCredentialsGrant(http, ctx.now, key);
      token = fresh;
      fresh.catch(() => {
        if (token === fresh) token = undefined;
      });
      return fresh;
    },
    forget(): void {
      token = undefined;
    },
  };
}

function stored(row: Readonly<Record<string, string>>): StoredDestination {
  const entries = Object.entries(row);
  return {
    name: row.Name ?? row.FragmentName ?? '',
    properties: Object.fromEntries(entries.filter(([name]) => !isSecretProperty(name))),
    secrets: new Map(
      entries.filter(([name]) => isSecretProperty(name)).map(([name, value]) => [name, new Secret(value)]),
    ),
  };
}

function discard(response: Response): undefined {
  response.body?.cancel().catch(() => undefined);
}

async function parsed<T extends z.ZodType>(response: Response, schema: T, operation: string): Promise<z.infer<T>> {
  // No cause: a parser's message could quote the answer, which holds secrets.
  const answer = schema.safeParse(await response.json().catch(() => undefined));
  if (answer.success) return answer.data;
  throw new RemoteError('ERR_REMOTE_BROKEN', {
    system: 'destination',
    operation,
    status: response.status,
    serviceCode: 'unreadable answer',
  });
}
