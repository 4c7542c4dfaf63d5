import type { Saga } from './saga.ts';

/** A version that was proposed for this rotation just before a crash. */
export async function proposedBefore({ ctx, credential, record }: Saga): Promise<number | undefined> {
  const known = record().from ?? 0;
  const history = await ctx.vault.history(credential.vaultName);
  return history.findLast(({ state, version }) => state === 'pending' && version > known)?.version;
}
