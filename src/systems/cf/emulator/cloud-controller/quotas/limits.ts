import { z } from 'zod';
import { seedId } from '../../../../../emulation/seed-id.ts';
import type { Acting, Parts, Shape } from '../acting.ts';
import type { CfOrgQuota, CfSpace, QuotaLimits } from '../rows/organizations.ts';

const limit = z
  .int({ error: ({ input }) => (typeof input === 'number' ? 'must be an integer' : 'is not a number') })
  .min(0, { error: 'must be greater than or equal to 0' })
  .nullish();

function limits<K extends string>(...names: readonly K[]) {
  return z
    .strictObject(Object.fromEntries(names.map((name) => [name, limit])) as Record<K, typeof limit>, {
      error: 'must be an object',
    })
    .optional();
}

/** The limits in a body; what is absent stays as it is, null is unlimited. */
export const quotaLimits = {
  apps: limits(
    'total_memory_in_mb',
    'per_process_memory_in_mb',
    'total_instances',
    'per_app_tasks',
    'log_rate_limit_in_bytes_per_second',
  ),
  services: z
    .strictObject(
      {
        paid_services_allowed: z.boolean({ error: 'must be a boolean' }).nullish(),
        total_service_instances: limit,
        total_service_keys: limit,
      },
      { error: 'must be an object' },
    )
    .optional(),
  routes: limits('total_routes', 'total_reserved_ports'),
};
export const domainLimits = limits('total_domains');

/** Names in the order in which quotas are shown. */
const NAMES = {
  apps: [
    'total_memory_in_mb',
    'per_process_memory_in_mb',
    'total_instances',
    'per_app_tasks',
    'log_rate_limit_in_bytes_per_second',
  ],
  services: ['paid_services_allowed', 'total_service_instances', 'total_service_keys'],
  routes: ['total_routes', 'total_reserved_ports'],
  domains: ['total_domains'],
} as const;

type Sent = Readonly<Record<string, number | boolean | null | undefined>>;

function over<T extends number | boolean | null>(
  names: readonly string[],
  before: Readonly<Record<string, T>>,
  sent: Sent | undefined,
): Readonly<Record<string, T>> {
  const merged = names.map((name) => {
    const given = sent?.[name];
    if (name === 'paid_services_allowed') return [name, given ?? before[name] ?? true];
    return [name, given === undefined ? (before[name] ?? null) : given];
  });
  return Object.fromEntries(merged) as Record<string, T>;
}

/** Puts the limits of a body over those that are there. */
export function limitsOf(
  sent: { readonly apps?: Sent | undefined; readonly services?: Sent | undefined; readonly routes?: Sent | undefined },
  before: QuotaLimits = NO_LIMITS,
): QuotaLimits {
  return {
    apps: over(NAMES.apps, before.apps, sent.apps),
    services: over(NAMES.services, before.services, sent.services),
    routes: over(NAMES.routes, before.routes, sent.routes),
  };
}

export function domainLimitsOf(sent: Sent | undefined, before: CfOrgQuota['domains'] = {}): CfOrgQuota['domains'] {
  return over(NAMES.domains, before, sent);
}

const NO_LIMITS: QuotaLimits = { apps: {}, services: {}, routes: {} };

export function limitsView({ apps, services, routes }: QuotaLimits): Shape {
  return limitsOf({ apps, services, routes }) as unknown as Shape;
}

/** The quota of new orgs; made when it is needed first. */
export function defaultQuota({ ctx, store }: Pick<Parts, 'ctx' | 'store'>, landscape: string): CfOrgQuota {
  return quotaNamed({ ctx, store }, landscape, 'default');
}

/** A quota by its name, without limits when it has to be made. */
export function quotaNamed(
  { ctx, store }: { readonly ctx: { now(): number }; readonly store: Parts['store'] },
  landscape: string,
  name: string,
): CfOrgQuota {
  const guid = seedId('cf/quota', landscape, name);
  const known = store.orgQuotas.get(guid);
  if (known) return known;
  const now = ctx.now();
  const row = { guid, landscape, createdAt: now, updatedAt: now, name };
  const quota: CfOrgQuota = { ...row, ...limitsOf({}), domains: domainLimitsOf(undefined) };
  store.orgQuotas.set(guid, quota);
  return quota;
}

/** What a limit says of one more; null = unlimited. */
export function exceeds(limitValue: unknown, used: number): boolean {
  return typeof limitValue === 'number' && used + 1 > limitValue;
}

/** The quotas that hold in a space: the space's own and the org's. */
export function quotasOf({ store }: Pick<Acting, 'store'>, space: CfSpace) {
  const org = store.orgs.get(space.org);
  return {
    space: space.quota === undefined ? undefined : store.spaceQuotas.get(space.quota),
    org: org && store.orgQuotas.get(org.quota),
  };
}
