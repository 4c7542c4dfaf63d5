import { generateKeyPair } from 'jose';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** Work that is slow by nature or by intention. No answer of a service tells more of it from less. */
export interface Effort {
  /** A new RSA key pair for RS256, to be kept by who asks. */
  keyPair(): Promise<KeyPair>;
  /** Hashes of passwords: as OWASP recommends, or as weak as the algorithm has them. */
  readonly hashes: 'strong' | 'weak';
}

/** How much a landscape takes upon itself: see {@link effortOf}. */
export type EffortLevel = 'full' | 'least';

const newKeyPair = () => generateKeyPair('RS256', { modulusLength: 2048, extractable: true });

/** Key pairs that a landscape of this process has used: the next one uses them, too, in the same order. */
const pool: Promise<KeyPair>[] = [];

/**
 * The effort of one landscape: `full`, or `least` where nothing has to be kept from anybody, as in tests: then hashes are weak, and the
 * landscapes of a process share their keys.
 */
export function effortOf(level: EffortLevel): Effort {
  if (level === 'full') return { keyPair: newKeyPair, hashes: 'strong' };
  let taken = 0;
  return {
    hashes: 'weak',
    async keyPair() {
      const at = taken++;
      pool[at] ??= newKeyPair();
      return pool[at];
    },
  };
}
