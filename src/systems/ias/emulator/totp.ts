import { createHmac } from 'node:crypto';

/** RFC 6238 as authenticator apps do it: HMAC-SHA-1, 6 digits, 30 seconds. */
const STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 4226 §4: at least 128 bits, 160 recommended. */
export const TOTP_SECRET_BYTES = 20;
/** Clocks of phones are wrong by some seconds: the steps before and after count, too (RFC 6238 §5.2). */
const DRIFT = 1;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 of RFC 4648 without padding, as `otpauth` URIs have it. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const quintets = bits.match(/.{1,5}/g) ?? [];
  return quintets.map((quintet) => ALPHABET[Number.parseInt(quintet.padEnd(5, '0'), 2)] ?? '').join('');
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const octets = bits.match(/.{8}/g) ?? [];
  return Buffer.from(octets.map((octet) => Number.parseInt(octet, 2)));
}

/**
 * The code of a moment.
 * @param secret Base32
 * @param now epoch milliseconds
 */
export function totpCode(secret: string, now: number): string {
  return codeOfStep(secret, Math.floor(now / STEP_MS));
}

/** The time step whose code this is, for whoever must know that a code was used before; undefined = a wrong code. */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  const current = Math.floor(now / STEP_MS);
  for (let step = current - DRIFT; step <= current + DRIFT; step++) {
    if (codeOfStep(secret, step) === code) return step;
  }
  return undefined;
}

/** What an authenticator app reads from a QR code (Key Uri Format). */
export function totpUri(secret: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}

function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}
