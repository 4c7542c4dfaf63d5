import { z } from 'zod';
import { secretRefSchema } from '../../kernel/manifest/grammar.ts';
import type { Manifest, SecretRef } from '../../kernel/manifest/types.ts';
import type { Section } from '../../kernel/system.ts';

const connections = z
  .record(z.string(), secretRefSchema)
  .describe(
    'Service keys (JSON) of auditlog-management, plan default, by name of the identity provider: of the subaccount to which the audit log of its tenant goes',
  )
  .default({});

export const section: Section = {
  connections: { audit: connections },
  expand: () => ({ resources: [], findings: [] }),
};

/** The service key that reads the audit log of an identity provider's tenant. */
export function keyOf(manifest: Manifest, provider: string): SecretRef | undefined {
  return connections.parse(manifest.connections.audit)[provider];
}
