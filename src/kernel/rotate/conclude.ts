import { z } from 'zod';
import type { Json } from '../json.ts';
import type { Records } from '../ports.ts';
import type { SystemContext } from '../system-context.ts';
import { gapOf, type Rotation } from './record.ts';

const concluded = z.object({ rotation: z.string() });

/** A rotation that is over ends: one entry of the trail tells the whole, then it is no longer open. Done again it tells nothing more. */
export async function conclude(
  rotation: Rotation,
  { records, ctx }: { readonly records: Records; readonly ctx: SystemContext },
): Promise<void> {
  const { id, credential: subject, record } = rotation;
  const { strategy, phase, who, why, from, to, deliveries, because, compromised } = record;
  const told = await records.trail.read({ subject, limit: 5 });
  // Told before a crash, it is not told again.
  if (!told.some(({ change }) => concluded.safeParse(change).data?.rotation === id)) {
    const gap = gapOf(record);
    await records.trail.append({
      at: ctx.now(),
      who,
      why,
      subject,
      change: {
        rotation: id,
        strategy,
        ...(compromised ? { compromised } : {}),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(gap === undefined ? {} : { gapMs: gap }),
        ...(because === undefined ? {} : { because }),
        consumers: Object.entries(deliveries).map(([address, { state }]) => ({ address, state })),
      },
      result: phase,
    });
  }
  await records.rotations.save({ ...rotation, record: record as Json, endedAt: ctx.now() });
}
