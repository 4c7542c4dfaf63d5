import type { Context } from '../kernel/context.ts';
import type { OpenStore, StoreOptions } from './store.ts';

export type { MasterKeySource } from './master-key.ts';
export { createMemoryStore } from './memory-store.ts';
export type { MasterKeyRotation, OpenStore, StoreOptions } from './store.ts';

/** `openStore` of store.ts, loaded at the first call: commands that need no database start without its libraries. */
export async function openStore(
  options: StoreOptions,
  ctx: Pick<Context, 'now' | 'sleep' | 'id' | 'random'>,
): Promise<OpenStore> {
  const store = await import('./store.ts');
  return store.openStore(options, ctx);
}
