import { createCipheriv, createDecipheriv } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts with AES-256-GCM; `bound` is authenticated with it. The result is iv · tag · ciphertext. */
export function seal(
  key: Uint8Array,
  text: Uint8Array,
  bound: string,
  random: (bytes: number) => Uint8Array,
): Uint8Array {
  const iv = random(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(bound));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** Decrypts what {@link seal} made; throws when key, content or `bound` is another. */
export function unseal(key: Uint8Array, sealed: Uint8Array, bound: string): Uint8Array {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new RangeError('too short to be sealed');
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(bound))
    .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}
