import { canonicalJson } from './json.ts';
import type { Copies, StoredCopy } from './ports.ts';

/** Delivered copies that are forgotten with their process. */
export function createMemoryCopies(): Copies {
  const kept = new Map<string, StoredCopy>();
  const keyOf = (manifest: string, address: string) => JSON.stringify([manifest, address]);
  return {
    remember: async (one) =>
      void kept.set(keyOf(one.manifest, one.address), JSON.parse(canonicalJson(one)) as StoredCopy),
    forget: async (manifest, address) => void kept.delete(keyOf(manifest, address)),
    of: async (manifest) =>
      [...kept.values()].filter((one) => one.manifest === manifest).sort((a, b) => (a.address < b.address ? -1 : 1)),
  };
}
