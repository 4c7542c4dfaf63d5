import type { Vault } from '../../../kernel/ports.ts';
import type { Copy, Held } from './place.ts';

/**
 * What a place holds, against what it should hold. `unknown`: something is there that can't be read back. `foreign`: it
 * can be read, and is nothing that our vault ever kept under this name.
 */
export type Verdict = 'absent' | 'this' | 'other' | 'unknown' | 'foreign';

/** Compares with one copy. Pure. */
export function compare(held: Held, copy: Copy): Exclude<Verdict, 'foreign'> {
  switch (held.is) {
    case 'absent':
    case 'nowhere':
      return 'absent';
    case 'readable': {
      const sameLogin = held.login === undefined || copy.login === undefined || held.login === copy.login;
      return held.secret.equals(copy.secret) && sameLogin && held.inEffect !== false ? 'this' : 'other';
    }
    case 'marked':
      // Whoever writes over the secret may leave our note as it is.
      return held.name === copy.name && held.version === copy.version ? 'unknown' : 'other';
    case 'dated':
      // What was written before this version existed is another; what was written later may be anything.
      return held.at < copy.createdAt ? 'other' : 'unknown';
    case 'compared':
      return held.same ? 'this' : 'other';
    case 'opaque':
      return 'unknown';
  }
}

/** The same, for a plan: tells what somebody else wrote from an older version of ours. */
export async function judge(held: Held, name: string, current: Copy | undefined, vault: Vault): Promise<Verdict> {
  if (held.is === 'absent' || held.is === 'nowhere') return 'absent';
  const verdict = current ? compare(held, current) : 'other';
  if (verdict !== 'other') return verdict;
  if (held.is === 'marked') return held.name === name ? 'other' : 'foreign';
  if (held.is !== 'readable') return 'other';
  for (const { version } of await vault.history(name)) {
    const opened = await vault.openVersion(name, version);
    if (opened?.secret.equals(held.secret)) return 'other';
  }
  return 'foreign';
}
