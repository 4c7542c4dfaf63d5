import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { tooManyRequests } from './errors.ts';

/** Regions with twice the rate (btp:30ece35). */
const LARGE_REGIONS: ReadonlySet<string> = new Set(['eu10', 'eu20', 'us10', 'us30']);

/** Requests a second and tenant; so many more at once as five seconds are worth. */
const rateOf = (region: string) => (LARGE_REGIONS.has(region) ? 8 : 4);
const BURST_SECONDS = 5;

/** A bucket per tenant, in memory only. @throws AuditError 429 */
export function createAuditLimit(
  ctx: Pick<EmulatorContext, 'now' | 'switched'>,
): (tenant: string, region: string) => void {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  return (tenant, region) => {
    if (!ctx.switched('audit.rateLimit', true)) return;
    const rate = rateOf(region);
    const now = ctx.now();
    const known = buckets.get(tenant) ?? { left: rate * BURST_SECONDS, at: now };
    const elapsed = Math.max(0, now - known.at) / 1000;
    const left = Math.min(rate * BURST_SECONDS, known.left + elapsed * rate);
    if (left < 1) throw tooManyRequests();
    buckets.set(tenant, { left: left - 1, at: now });
  };
}
