import { z } from 'zod';
import { ConfigError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import type { Manifest } from '../../../kernel/manifest/types.ts';

/** `connections.btp` of a manifest: who talks to the BTP command-line server. */
export const btpConnection = z
  .strictObject({
    user: z.string().min(1).describe('E-mail or user id of an administrator'),
    password: secretRefSchema,
    identityProvider: z
      .string()
      .min(1)
      .optional()
      .describe('Tenant id or host of a custom identity provider; absent = the default one (SAP ID service)'),
  })
  .describe('Login at the BTP command-line server');

export type BtpConnection = z.infer<typeof btpConnection>;

/** The manifest's connection; throws a ConfigError when there is none. */
export function btpConnectionOf(manifest: Manifest): BtpConnection {
  const parsed = btpConnection.safeParse(manifest.connections.btp);
  if (parsed.success) return parsed.data;
  throw new ConfigError('ERR_CONFIG_CONNECTION', 'the manifest has no connection to the BTP command-line server', {
    remedy: 'add connections.btp with user and password',
    cause: parsed.error,
  });
}
