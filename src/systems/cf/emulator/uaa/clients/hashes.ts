import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { EmulatorContext } from '../../../../../emulation/emulator.ts';

/** 16 MiB, 5 lanes: one of OWASP's choices. UAA's own is bcrypt of strength 10. */
const STRONG = { N: 16_384, p: 5 } as const;

/** For landscapes that keep nothing from anybody; and what hashes without parameters were made with. */
const WEAK = { N: 1024, p: 1 } as const;

const scryptOf = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const derive = (text: string, salt: Buffer, cost: ScryptOptions) => scryptOf(text, salt, 32, cost);

/** Hashes a password or client secret with a fresh salt; the empty text stays empty (UAA's `cf` has no secret). */
export async function hashSecret(text: string, ctx: Pick<EmulatorContext, 'random' | 'effort'>): Promise<string> {
  if (text === '') return '';
  const cost = ctx.effort.hashes === 'weak' ? WEAK : STRONG;
  const salt = Buffer.from(ctx.random(16));
  const hash = await derive(text, salt, cost);
  return [salt.toString('hex'), hash.toString('hex'), cost.N, cost.p].join(':');
}

/** @param hash absent = nothing matches */
export async function matchesHash(text: string, hash: string | undefined): Promise<boolean> {
  if (hash === undefined) return false;
  if (hash === '') return text === '';
  const [salt = '', expected = '', N = WEAK.N, p = WEAK.p] = hash.split(':');
  const found = await derive(text, Buffer.from(salt, 'hex'), { N: Number(N), p: Number(p) });
  return timingSafeEqual(found, Buffer.from(expected, 'hex'));
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
