import { z } from 'zod';
import type { Use } from '../kernel/identity.ts';
import type { Store } from '../kernel/ports.ts';

/** When a rotation last used a place as its owner would, from the trail. */
export async function withProof(use: Use, { trail }: Store): Promise<Use> {
  if (use.what !== 'credential') return use;
  const entries = await trail.read({ subject: use.address, limit: 20 });
  const proof = entries.findLast(({ change }) => provenStep.safeParse(change).success);
  return proof ? { ...use, proven: proof.at } : use;
}

const provenStep = z.object({
  change: z.object({ step: z.literal('prove') }),
  detail: z.object({ status: z.literal('proven') }),
});
