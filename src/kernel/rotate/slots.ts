import { removeByPerson } from './guide.ts';
import type { Saga } from './saga.ts';

/** Old secrets that are valid beside the new one end. */
export async function retireSlots(saga: Saga): Promise<void> {
  const { credential, ctx, kind } = saga;
  const { minting } = kind;
  if (minting.by === 'person') return removeByPerson(saga, minting);
  if (minting.by !== 'service') return;
  const { compromised, oldSlots, endedAt } = saga.record();
  for (const slot of oldSlots) {
    await saga.step('retire', credential.address, async () => ({
      detail: { slot, ...(await minting.retire(credential, slot, ctx)) },
    }));
  }
  const ended = compromised && endedAt === undefined && oldSlots.length > 0 ? { endedAt: ctx.now() } : {};
  await saga.update({ oldSlots: [], ...ended });
}
