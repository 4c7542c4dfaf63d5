import { expect, test } from 'vitest';
import { base32, totpCode, totpStep, totpUri } from './totp.ts';

/** The secret of RFC 6238, appendix B. */
const SECRET = base32(Buffer.from('12345678901234567890'));

test('writes secrets as RFC 4648 does', () => {
  expect(SECRET).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(base32(Buffer.from('foob'))).toBe('MZXW6YQ');
});

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [2_000_000_000, '279037'],
])('RFC 6238: at second %i the code is %s', (second, code) => {
  expect(totpCode(SECRET, second * 1000)).toBe(code);
});

test('takes the code of the step before and after, no other', () => {
  const code = totpCode(SECRET, 300_000);
  expect(totpStep(SECRET, code, 330_000)).toBe(10);
  expect(totpStep(SECRET, code, 270_000)).toBe(10);
  expect(totpStep(SECRET, code, 360_000)).toBeUndefined();
});

test('gives authenticator apps what they read', () => {
  expect(totpUri('ABC', 'acme.example', 'jane@acme.example')).toBe(
    'otpauth://totp/acme.example:jane%40acme.example?secret=ABC&issuer=acme.example',
  );
});
