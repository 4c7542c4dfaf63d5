export type { MasterKeySource } from './master-key.ts';
export { createMemoryStore } from './memory-store.ts';
export { type MasterKeyRotation, type OpenStore, openStore, type StoreOptions } from './store.ts';
