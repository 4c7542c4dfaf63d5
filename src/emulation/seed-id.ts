import { hash } from 'node:crypto';

/** A UUID that is always the same for the same words: things of a seed keep their ids across resets. */
export function seedId(...words: string[]): string {
  const hex = hash('sha256', words.join('\n'));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
