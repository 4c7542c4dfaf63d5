import type { Context } from '../kernel/context.ts';
import type { Restoration, RestoreReport } from './backup/restore.ts';
import type { OpenStore, StoreOptions } from './store.ts';

export type { Restoration, RestoreReport } from './backup/restore.ts';
export type { StoreReport } from './backup/verify.ts';
export type { MasterKeySource } from './master-key.ts';
export { createMemoryStore } from './memory-store.ts';
export type { OpenStore, StoreOptions } from './store.ts';

/** `openStore` of store.ts, loaded at the first call: commands that need no database start without its libraries. */
export async function openStore(
  options: StoreOptions,
  ctx: Pick<Context, 'now' | 'sleep' | 'id' | 'random'>,
): Promise<OpenStore> {
  const store = await import('./store.ts');
  return store.openStore(options, ctx);
}

/** `restoreStore` of restore.ts, loaded at the first call. */
export async function restoreStore(
  restoration: Restoration,
  options: StoreOptions,
  ctx: Pick<Context, 'now' | 'sleep'>,
): Promise<RestoreReport> {
  const restore = await import('./backup/restore.ts');
  return restore.restoreStore(restoration, options, ctx);
}

/** `verifyBackup` of restore.ts, loaded at the first call. */
export async function verifyBackup(backup: Uint8Array, options: StoreOptions): Promise<RestoreReport> {
  const restore = await import('./backup/restore.ts');
  return restore.verifyBackup(backup, options);
}
