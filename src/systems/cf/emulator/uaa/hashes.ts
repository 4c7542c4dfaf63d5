import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Context } from '../../../../kernel/context.ts';

/** A low cost: these are generated passwords of a landscape for tests, and logins shall not be what tests wait for. */
const COST: ScryptOptions = { N: 1024 };

const scryptOf = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const derive = (text: string, salt: Buffer) => scryptOf(text, salt, 32, COST);

/** Hashes a password or client secret with a fresh salt; the empty text stays empty (UAA's `cf` has no secret). */
export async function hashSecret(text: string, ctx: Pick<Context, 'random'>): Promise<string> {
  if (text === '') return '';
  const salt = Buffer.from(ctx.random(16));
  return `${salt.toString('hex')}:${(await derive(text, salt)).toString('hex')}`;
}

export async function matchesHash(text: string, hash: string): Promise<boolean> {
  if (hash === '') return text === '';
  const [salt = '', expected = ''] = hash.split(':');
  return timingSafeEqual(await derive(text, Buffer.from(salt, 'hex')), Buffer.from(expected, 'hex'));
}

/**
 * Signature that ties a token to what it was issued for: Murmur3 chained over the values (UAA UaaTokenUtils,
 * getRevocableTokenSignature). A change of any value invalidates the tokens.
 */
export function revocationSignature(values: readonly (string | undefined)[]): string {
  let result = '';
  for (const value of values) {
    if (value !== undefined) result = murmur3(Buffer.from(`${result}###${value}`), 0xf0f0).toString(16);
  }
  return result;
}

/** MurmurHash3, x86, 32 bits. */
export function murmur3(data: Uint8Array, seed: number): number {
  const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));
  const mix = (block: number) => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let hash = seed;
  const whole = data.byteLength & ~3;
  for (let at = 0; at < whole; at += 4) {
    hash = (Math.imul(rotate(hash ^ mix(view.getUint32(at, true)), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = data.byteLength - 1; at >= whole; at--) tail = (tail << 8) | view.getUint8(at);
  if (data.byteLength > whole) hash ^= mix(tail);
  hash ^= data.byteLength;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
