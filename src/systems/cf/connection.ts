import { z } from 'zod';
import { secretRefSchema } from '../../kernel/manifest/grammar.ts';
import type { Manifest } from '../../kernel/manifest/types.ts';

export const connection = z
  .strictObject({
    user: z.string().min(1).describe('User name (e-mail) of an Org Manager of the orgs'),
    password: secretRefSchema,
    origin: z.string().min(1).default('sap.ids').describe('Origin key of that user; sap.ids is SAP ID service'),
  })
  .describe('Who grants roles in Cloud Foundry');

export type CfConnection = z.infer<typeof connection>;

/** The connection of the manifest, when it has one. */
export function connectionOf(manifest: Manifest): CfConnection | undefined {
  return manifest.connections.cf as CfConnection | undefined;
}
