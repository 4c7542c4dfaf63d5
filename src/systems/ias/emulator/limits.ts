import type { EmulatorContext } from '../../../emulation/emulator.ts';

/** SCIM calls a minute and tenant: to 200 as usual, to 280 each a second late, then 429 for a minute (ias e22ee47). */
const SMOOTH = 200;
const MOST = 280;
const WINDOW_MS = 60_000;
const DELAY_MS = 1000;

export interface RateLimit {
  /** Takes part in the limit; false = refused with 429. */
  admit(tenant: string): Promise<boolean>;
}

/** Counts in memory only: after a restart a minute begins anew, as after one at SAP. */
export function createRateLimit(ctx: Pick<EmulatorContext, 'now' | 'sleep' | 'switched'>): RateLimit {
  const calls = new Map<string, number[]>();
  const blockedUntil = new Map<string, number>();
  return {
    async admit(tenant) {
      if (!ctx.switched('ias.rateLimit', true)) return true;
      const now = ctx.now();
      if (now < (blockedUntil.get(tenant) ?? 0)) return false;
      const recent = (calls.get(tenant) ?? []).filter((time) => time > now - WINDOW_MS);
      recent.push(now);
      calls.set(tenant, recent);
      if (recent.length > MOST) {
        blockedUntil.set(tenant, now + WINDOW_MS);
        return false;
      }
      if (recent.length > SMOOTH) await ctx.sleep(DELAY_MS);
      return true;
    },
  };
}

/** Calls of `/oauth2` a minute and tenant (ias e22ee47). */
const OAUTH_CALLS = 1000;

/** Refuses what is beyond the limit until the minute is over; that there is nothing gentler is assumed. */
export function createOAuthLimit(ctx: Pick<EmulatorContext, 'now' | 'switched'>): RateLimit {
  const windows = new Map<string, { readonly since: number; calls: number }>();
  return {
    async admit(tenant) {
      if (!ctx.switched('ias.rateLimit', true)) return true;
      const now = ctx.now();
      const known = windows.get(tenant);
      const window = known && now >= known.since && now < known.since + WINDOW_MS ? known : { since: now, calls: 0 };
      windows.set(tenant, window);
      window.calls++;
      return window.calls <= OAUTH_CALLS;
    },
  };
}
