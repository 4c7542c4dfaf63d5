import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { isSecretProperty } from '../wire.ts';
import type { Caller } from './bearer.ts';
import { badRequest, notFound } from './errors.ts';
import { mergeFragments } from './fragments.ts';
import { assertMatch, matches } from './semantics.ts';
import { type DestinationRecord, type Level, type Properties, recordKey, type Store } from './store.ts';
import { type AuthToken, retrieveTokens } from './token-retrieval.ts';

export interface FindRequest {
  readonly name: string;
  readonly userToken?: string;
  /** Subdomain of `X-tenant`. */
  readonly tenant?: string;
  readonly fragments: readonly string[];
  readonly fragmentOptional: boolean;
  readonly skipCredentials: boolean;
  readonly skipTokenRetrieval: boolean;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

export interface Found {
  readonly etag: string;
  /** Undefined = not modified. */
  readonly body:
    | {
        readonly owner: { readonly SubaccountId: string; readonly InstanceId: string | null };
        readonly destinationConfiguration: Properties;
        readonly authTokens?: readonly AuthToken[];
      }
    | undefined;
}

/** How long a changed destination may still be answered as before (docs on caching: at most 5 minutes). */
const STALE_MS = 5 * 60_000;

/** Find: instance level first, then subaccount level (OpenAPI 1.0.0, `GET /v1/destinations/{name}`). */
export function createFind(ctx: Pick<EmulatorContext, 'fetch' | 'now' | 'switched'>, store: Store) {
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

  async function tokensOf(record: DestinationRecord, properties: Properties, tenant: string | undefined) {
    const key = `${record.etag} ${tenant ?? ''} ${JSON.stringify(properties)}`;
    const kept = tokens.get(key);
    if (caching && kept && kept.until > ctx.now()) return kept.tokens;
    const fresh = await retrieveTokens(ctx, properties, tenant);
    const seconds = Number(fresh?.[0]?.expires_in ?? 0);
    if (caching && fresh && seconds > 0) tokens.set(key, { until: ctx.now() + seconds * 1000, tokens: fresh });
    return fresh;
  }

  return async (caller: Caller, request: FindRequest): Promise<Found> => {
    const subaccount: Level = { zone: caller.zone };
    const record =
      (caller.instance === undefined
        ? undefined
        : lookUp({ ...subaccount, instance: caller.instance }, request.name)) ?? lookUp(subaccount, request.name);
    if (!record) throw notFound();
    assertMatch(record, request.ifMatch);
    if (request.ifNoneMatch !== undefined && matches(record.etag, request.ifNoneMatch))
      return { etag: record.etag, body: undefined };

    const level: Level = record.instance === undefined ? subaccount : { ...subaccount, instance: record.instance };
    const properties = mergeFragments(store, level, record.properties, request.fragments, request.fragmentOptional);
    assertTenant(properties, request);
    const found = request.skipTokenRetrieval ? undefined : await tokensOf(record, properties, request.tenant);
    return {
      etag: record.etag,
      body: {
        owner: { SubaccountId: record.zone, InstanceId: record.instance ?? null },
        destinationConfiguration: request.skipCredentials ? withoutSecrets(properties) : properties,
        ...(found === undefined ? {} : { authTokens: found }),
      },
    };
  };
}

/** `X-tenant` (OpenAPI 1.0.0): for OAuth2ClientCredentials only, needed for a common token service, forbidden for a dedicated one. */
function assertTenant(properties: Properties, request: FindRequest): void {
  if (request.userToken !== undefined && request.tenant !== undefined)
    throw badRequest('X-user-token and X-tenant must not be provided together');
  if (properties.Authentication !== 'OAuth2ClientCredentials') return;
  const common = properties.tokenServiceURLType === 'Common';
  if (common && request.tenant === undefined && !request.skipTokenRetrieval)
    throw badRequest('X-tenant is mandatory for token service URL type Common');
  if (!common && request.tenant !== undefined)
    throw badRequest('X-tenant is not allowed for token service URL type Dedicated');
}

function withoutSecrets(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !isSecretProperty(name)));
}
