import { OAuthError } from '../errors.ts';

/** What a token request may ask for in any flow (ias 67f720d, 3a74ef8, c62c09e). */
export interface Wishes {
  readonly scope: readonly string[];
  readonly tokenFormat?: 'jwt' | 'opaque';
  /** Seconds (the unit is assumed); 0 or less = no refresh token. */
  readonly refreshExpiry?: number;
  /** Seconds (the unit is assumed, as `maxExchangePeriod` of the Applications API has it). */
  readonly maxExchangePeriod?: number;
  /** Tenant of a multitenant application; "reserved" in the documentation, and sent by SAP's libraries. */
  readonly appTid?: string;
}

const HOUR_SECONDS = 3600;
const LONGEST_EXCHANGE = 4320 * HOUR_SECONDS;

export function readWishes(params: URLSearchParams): Wishes {
  const tokenFormat = params.get('token_format') ?? undefined;
  if (tokenFormat !== undefined && tokenFormat !== 'jwt' && tokenFormat !== 'opaque') {
    throw new OAuthError(400, 'invalid_request', 'token_format must be jwt or opaque');
  }
  const refreshExpiry = wholeNumber(params, 'refresh_expiry');
  const maxExchangePeriod = wholeNumber(params, 'max_exchange_period');
  if (maxExchangePeriod !== undefined && (maxExchangePeriod < HOUR_SECONDS || maxExchangePeriod > LONGEST_EXCHANGE)) {
    throw new OAuthError(400, 'invalid_request', 'max_exchange_period must be from 1 hour to 4320 hours');
  }
  const appTid = params.get('app_tid') ?? undefined;
  return {
    scope: readScope(params.get('scope')),
    ...(tokenFormat === undefined ? {} : { tokenFormat }),
    ...(refreshExpiry === undefined ? {} : { refreshExpiry }),
    ...(maxExchangePeriod === undefined ? {} : { maxExchangePeriod }),
    ...(appTid === undefined ? {} : { appTid }),
  };
}

const SCOPES: ReadonlySet<string> = new Set(['openid', 'email', 'profile', 'groups', 'offline_access']);

/** Scopes that IAS knows; others are ignored, as OpenID Connect Core §3.1.2.1 has it. */
export function readScope(text: string | null): readonly string[] {
  return [...new Set((text ?? '').split(' '))].filter((one) => SCOPES.has(one));
}

function wholeNumber(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d{1,10}$/.test(text)) throw new OAuthError(400, 'invalid_request', `${name} is no number`);
  return Number(text);
}
