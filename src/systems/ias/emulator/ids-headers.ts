import type { Services } from './services.ts';

/** Headers of every recorded answer (SAP/terraform-provider-sap-cloud-identity-services, 2025 to 2026). */
export function idsHeaders({ ctx }: Services): Record<string, string> {
  return {
    'x-ids-id': ctx.id().toUpperCase(),
    'x-ids-landscape': 'local',
    'x-ids-namespace': 'ias',
    'x-ids-node': 'ias-0',
    'x-ids-pool': 'green',
    'x-ids-project': 'ids',
    'x-ids-region': 'local',
    server: 'SAP',
    'cache-control': 'private,no-cache,no-store',
    'content-security-policy': "script-src 'none';",
    'referrer-policy': 'origin',
    'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'none',
  };
}
