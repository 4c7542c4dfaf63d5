import { z } from 'zod';
import { VALIDITY_UNITS } from '../../../protocols/cloud-pki/emulator/authority.ts';

/** OpenAPI 1.0.0, `Attributes`: the service is to make the certificate. */
export const attributes = z.object({
  CN: z.string().min(1).max(64).optional(),
  /** Base64 of PEM; its subject is ignored. */
  CSR: z.string().optional(),
  Validity: z.object({ TimeUnit: z.enum(VALIDITY_UNITS), Value: z.int().min(1).max(36_500) }).optional(),
  AutomaticRenew: z.boolean().default(false),
  Password: z.string().optional(),
});

export type Attributes = z.infer<typeof attributes>;
