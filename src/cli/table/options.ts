import { z } from 'zod';

/** The options that shape a plan, as commander hands them over. */
export const planOptions = z.object({
  adopt: z.boolean().optional(),
  prune: z.boolean().optional(),
  maxRemovals: z.number().optional(),
  renew: z.array(z.string()).optional(),
});

export const targetOption = z.object({ target: z.string().optional() });
