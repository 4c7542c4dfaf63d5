import { z } from 'zod';
import { secretRefSchema } from '../../kernel/manifest/grammar.ts';
import type { Manifest } from '../../kernel/manifest/types.ts';

const connection = z
  .strictObject({
    clientId: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Client id of a system administrator with Manage Users; the id itself or env:NAME, file:PATH, vault:NAME',
      ),
    clientSecret: secretRefSchema.optional().describe('Secret of that system administrator'),
    certificate: secretRefSchema
      .optional()
      .describe('In the place of both: its certificate with chain and private key, as PEM'),
    key: secretRefSchema.optional().describe('The private key as PEM, where the certificate is without it'),
  })
  .superRefine(({ clientId, clientSecret, certificate, key }, issues) => {
    const missing = (name: string) =>
      issues.addIssue({
        code: 'custom',
        path: [],
        message: `${name} is missing: either clientId and clientSecret, or certificate`,
      });
    if (certificate !== undefined) {
      if (clientId !== undefined || clientSecret !== undefined)
        issues.addIssue({
          code: 'custom',
          path: [],
          message: 'a certificate tells which client it is: leave clientId and clientSecret out',
        });
      return;
    }
    if (clientId === undefined) missing(key === undefined && clientSecret === undefined ? 'the login' : 'clientId');
    else if (clientSecret === undefined) missing('clientSecret');
    else if (key !== undefined) missing('certificate');
  });
/** How to reach the SCIM API of one identity provider. */
export type IasConnection = z.infer<typeof connection>;

/** The keys under `connections.ias`. */
export const connections = z
  .record(z.string(), connection)
  .describe('IAS tenants by name of the identity provider')
  .default({});

/** The connections of a manifest, by name of the identity provider. */
export function connectionsOf(manifest: Manifest): Readonly<Record<string, IasConnection>> {
  return connections.parse(manifest.connections.ias);
}
