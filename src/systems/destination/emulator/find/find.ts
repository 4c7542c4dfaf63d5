import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { isSecretProperty } from '../../wire.ts';
import type { Caller } from '../bearer.ts';
import { certificateRow } from '../certificates/certificates.ts';
import { badRequest, notFound } from '../errors.ts';
import { type DestinationRecord, type Level, type Properties, recordKey, type Store } from '../store.ts';
import { assertMatch, matches } from '../versions.ts';
import { type ChainRequest, firstLink } from './chains.ts';
import type { HandedIn } from './flows.ts';
import { atLevelNamed, chooseLevels, mergeFragments } from './levels.ts';
import { type AuthToken, createTokenRetrieval, findCertificate } from './tokens.ts';

/** A request to find (v1) or consume (v2). */
export interface FindRequest extends HandedIn {
  readonly name: string;
  /** Subdomain of `X-tenant`. */
  readonly tenant?: string;
  readonly clientAssertion?: string;
  readonly clientAssertionType?: string;
  readonly assertionDestination?: string;
  /** Names, in v2 with their levels: `name@level`. */
  readonly fragments: readonly string[];
  readonly fragmentOptional: boolean;
  readonly skipCredentials: boolean;
  readonly skipTokenRetrieval: boolean;
  readonly chain?: ChainRequest;
  /** `$includeMetadata` of v2. */
  readonly includeMetadata?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

export interface Found {
  readonly etag: string;
  /** Undefined = not modified. */
  readonly body?: Readonly<Record<string, unknown>>;
}

interface Located {
  readonly record: DestinationRecord;
  readonly level: Level;
  readonly fragments: readonly { readonly name: string; readonly level: Level }[];
  /** Looks for another destination as this one was looked for. */
  find(name: string): Pick<Located, 'record' | 'level'> | undefined;
}

/** How long a changed destination may still be answered as before (docs on caching: at most 5 minutes). */
const STALE_MS = 5 * 60_000;

export function createFind(
  ctx: Pick<EmulatorContext, 'fetch' | 'now' | 'id' | 'aside' | 'world' | 'switched'>,
  store: Store,
) {
  const retrieve = createTokenRetrieval(ctx, store);
  const stale = new Map<string, { readonly at: number; readonly record: DestinationRecord }>();
  const tokens = new Map<string, { readonly until: number; readonly tokens: readonly AuthToken[] }>();
  const caching = ctx.switched('destination.tokenCache', false);

  function lookUp(level: Level, name: string): DestinationRecord | undefined {
    const key = recordKey(level, name);
    const now = store.destinations.get(key);
    if (!caching) return now;
    const before = stale.get(key);
    if (before && before.at + STALE_MS > ctx.now()) return before.record;
    if (now) stale.set(key, { at: ctx.now(), record: now });
    else stale.delete(key);
    return now;
  }

  function firstAt(levels: readonly Level[], name: string): Pick<Located, 'record' | 'level'> | undefined {
    for (const level of levels) {
      const record = lookUp(level, name);
      if (record) return { record, level };
    }
    return;
  }

  async function tokensOf({ record, level }: Located, properties: Properties, request: FindRequest) {
    const { clientAssertion: value, clientAssertionType: type, assertionDestination, tenant, ...handedIn } = request;
    const consumed = {
      properties,
      level,
      handedIn,
      tenant,
      assertionDestination,
      clientAssertion: value !== undefined && type !== undefined ? { value, type } : undefined,
    };
    if (!caching) return retrieve(consumed);
    const key = JSON.stringify([record.etag, properties, request]);
    const kept = tokens.get(key);
    if (kept && kept.until > ctx.now()) return kept.tokens;
    const fresh = await retrieve(consumed);
    const seconds = Number(fresh?.[0]?.expires_in ?? 0);
    if (fresh && seconds > 0) tokens.set(key, { until: ctx.now() + seconds * 1000, tokens: fresh });
    return fresh;
  }

  /** Consumes the first destination of a chain, then this one with what came of it; a failure of the first is the answer. */
  async function tokensThrough(chain: ChainRequest, located: Located, properties: Properties, request: FindRequest) {
    const first = firstLink(chain);
    const before = located.find(first.destination);
    if (!before) throw notFound();
    const fragments = first.fragment === undefined ? [] : [{ name: first.fragment, level: before.level }];
    const merged = mergeFragments(store, before.record.properties, fragments, first.fragmentOptional);
    const { name, fragments: _, fragmentOptional, skipCredentials, skipTokenRetrieval } = request;
    const plain = { name, fragments: [], fragmentOptional, skipCredentials, skipTokenRetrieval, ...first.handedIn };
    const given = await tokensOf({ ...located, ...before }, merged, plain);
    const [token] = given ?? [];
    if (token === undefined || token.error !== undefined) return given;
    return tokensOf(located, properties, { ...request, ...first.result(token.value) });
  }

  async function answer(located: Located, request: FindRequest) {
    const { record, level } = located;
    assertMatch(record, request.ifMatch);
    if (request.ifNoneMatch !== undefined && matches(record.etag, request.ifNoneMatch)) return;
    const properties = mergeFragments(store, record.properties, located.fragments, request.fragmentOptional);
    assertHeaders(properties, request);
    const certificates = certificateNames(properties, request.skipTokenRetrieval).flatMap(
      (name) => findCertificate(store, level, name) ?? [],
    );
    const retrieved = () =>
      request.chain
        ? tokensThrough(request.chain, located, properties, request)
        : tokensOf(located, properties, request);
    const found = request.skipTokenRetrieval ? undefined : await retrieved();
    return {
      properties: request.skipCredentials ? withoutSecrets(properties) : properties,
      certificates,
      rest: {
        ...(found === undefined ? {} : { authTokens: found }),
        ...(certificates.length === 0 ? {} : { certificates: certificates.map(certificateRow) }),
      },
    };
  }

  return {
    /** Instance level first, then subaccount level (OpenAPI 1.0.0, `GET /v1/destinations/{name}`). */
    async find(caller: Caller, request: FindRequest): Promise<Found> {
      const subaccount: Level = { zone: caller.zone };
      const levels = caller.instance === undefined ? [] : [{ ...subaccount, instance: caller.instance }];
      const search = (name: string) => firstAt([...levels, subaccount], name);
      const first = search(request.name);
      if (!first) throw notFound();
      const { record, level } = first;
      const fragments = request.fragments.map((name) => ({ name, level }));
      const found = await answer({ record, level, fragments, find: search }, request);
      if (!found) return { etag: record.etag };
      const owner = { SubaccountId: record.zone, InstanceId: record.instance ?? null };
      return { etag: record.etag, body: { owner, destinationConfiguration: found.properties, ...found.rest } };
    },

    /** On the level that the request names, without fallback (OpenAPI 1.0.0, `/v2/destinations/{name}@{level}`). */
    async consume(caller: Caller, request: FindRequest): Promise<Found> {
      const { destination, fragments } = chooseLevels(caller, request.name, request.fragments);
      const level = atLevelNamed(caller, destination.level);
      const record = lookUp(level, destination.name);
      if (!record) throw notFound();
      const wanted = request.includeMetadata?.split(';').filter(Boolean) ?? [];
      if (wanted.some((name) => name !== 'owner')) throw badRequest('Bad Request');
      const located = fragments.map(({ name, level: at }) => ({ name, level: atLevelNamed(caller, at) }));
      const search = (name: string) => firstAt([level], name);
      const found = await answer({ record, level, fragments: located, find: search }, request);
      if (!found) return { etag: record.etag };
      const owner = {
        destinations: [{ Name: record.name, ...ownerOf(record) }],
        certificates: found.certificates.map((one) => ({ Name: one.name, ...ownerOf(one) })),
        fragments: located
          .filter((one) => store.fragments.get(recordKey(one.level, one.name)))
          .map((one) => ({ FragmentName: one.name, ...ownerOf(one.level) })),
      };
      const metadata = wanted.length === 0 ? {} : { $metadata: { owner } };
      return {
        etag: record.etag,
        body: { destinationConfiguration: { ...found.properties, ...metadata }, ...found.rest },
      };
    },
  };
}

function ownerOf(level: Level) {
  return { SubaccountId: level.zone, InstanceId: level.instance ?? null };
}

/** Types that `X-tenant` is for (OpenAPI 1.0.0, and of the second btp-connectivity:8634e21). */
const BY_TENANT = ['OAuth2ClientCredentials', 'OAuth2TechnicalUserPropagation'];

/** Headers that exclude each other, or that the destination forbids or needs (OpenAPI 1.0.0); the texts are assumed. */
function assertHeaders(properties: Properties, request: FindRequest): void {
  const { userToken, tenant, clientAssertion, clientAssertionType, assertionDestination } = request;
  if (userToken !== undefined && tenant !== undefined)
    throw badRequest('X-user-token and X-tenant must not be provided together');
  if (assertionDestination !== undefined && (clientAssertion ?? clientAssertionType) !== undefined)
    throw badRequest('X-client-assertion and X-client-assertion-destination-name must not be provided together');
  if ((clientAssertion === undefined) !== (clientAssertionType === undefined))
    throw badRequest('X-client-assertion and X-client-assertion-type must be provided together');
  if (!BY_TENANT.includes(properties.Authentication ?? '')) return;
  const common = properties.tokenServiceURLType === 'Common';
  if (common && tenant === undefined && !request.skipTokenRetrieval)
    throw badRequest('X-tenant is mandatory for token service URL type Common');
  if (!common && tenant !== undefined) throw badRequest('X-tenant is not allowed for token service URL type Dedicated');
}

/** Certificates that the answer brings along (btp-connectivity:83a3f3b). */
function certificateNames(properties: Properties, skipped: boolean): readonly string[] {
  const { Authentication: kind = '' } = properties;
  const own = kind === 'ClientCertificateAuthentication' && properties['KeyStore.Source'] !== 'ClientProvided';
  const trusting = ['ClientCertificateAuthentication', 'OAuth2SAMLBearerAssertion'].includes(kind);
  return [
    own ? properties.KeyStoreLocation : undefined,
    trusting ? properties.TrustStoreLocation : undefined,
    // "mTLS for token retrieval and automatic token retrieval is skipped".
    skipped ? properties['tokenService.KeyStoreLocation'] : undefined,
  ].filter((name) => name !== undefined);
}

function withoutSecrets(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !isSecretProperty(name)));
}
