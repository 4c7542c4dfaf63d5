import type { Encrypter } from 'age-encryption';
import { UsageError } from '../usage-error.ts';

/** Encrypts for recipients of age (age-encryption.org/v1): whoever has one of their identities reads it, nobody else does. */
export interface AgeWriter {
  /** Armored: text that mail and terminals leave as it is. */
  encrypt(text: string): Promise<string>;
}

/** @throws UsageError naming what is no recipient */
export async function ageWriter(recipients: readonly string[]): Promise<AgeWriter> {
  // A library that nothing else needs: loaded at the first use.
  const { Encrypter: Create, armor } = await import('age-encryption');
  const encrypter = (): Encrypter => {
    const one = new Create();
    for (const recipient of recipients) {
      try {
        one.addRecipient(recipient);
      } catch {
        // Whoever mistakes the identity for the recipient must not find it in a log as well.
        const named = /^AGE-SECRET-KEY-/i.test(recipient) ? 'an identity' : `'${recipient}'`;
        throw new UsageError(`${named} is no recipient of age`, 'it begins with age1: the public half of an identity');
      }
    }
    return one;
  };
  encrypter();
  return { encrypt: async (text) => armor.encode(await encrypter().encrypt(text)) };
}
