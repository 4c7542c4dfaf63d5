import { UNLIMITED_EXCHANGE } from '../../oidc/settings.ts';

/** How long tokens may be refreshed and exchanged, as the Applications API names it (source of Terraform's provider). */
export const EXCHANGE_PERIODS = ['unlimited', 'maxSessionValidity', 'initialRefreshTokenValidity', 'custom'] as const;
type ExchangePeriod = (typeof EXCHANGE_PERIODS)[number];

const HOUR = 3600;
/** A session in the browser: 12 hours (recorded). */
const SESSION = 12 * HOUR;

/**
 * Seconds that a name stands for; undefined = those beside it.
 * @param refreshValidity hours
 */
export function exchangeSeconds(name: ExchangePeriod, refreshValidity: number): number | undefined {
  switch (name) {
    case 'unlimited':
      return UNLIMITED_EXCHANGE;
    case 'maxSessionValidity':
      return SESSION;
    case 'initialRefreshTokenValidity':
      return Math.round(refreshValidity * HOUR);
    case 'custom':
      return undefined;
  }
}

/** The name of a period: the one that it was given, as long as it means that many seconds. */
export function exchangePeriod(seconds: number, refreshValidity: number, given: unknown): ExchangePeriod {
  const named = EXCHANGE_PERIODS.filter((name) => exchangeSeconds(name, refreshValidity) === seconds);
  return named.find((name) => name === given) ?? (named.includes('unlimited') ? 'unlimited' : 'custom');
}
