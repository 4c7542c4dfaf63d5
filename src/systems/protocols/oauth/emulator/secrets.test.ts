import { expect, test } from 'vitest';
import { createVerifiedSecrets, sameText } from './secrets.ts';

function remembering(lifetime: number) {
  let now = 0;
  let hashed = 0;
  const secrets = createVerifiedSecrets({ now: () => now, aside: (work) => work() }, lifetime);
  return {
    /** Whether the secret fits, and whether that took a hash. */
    async check(hash: string, secret: string) {
      const before = hashed;
      const fits = await secrets.verify(hash, secret, async () => {
        hashed++;
        return hash === `hash of ${secret}`;
      });
      return { fits, hashed: hashed > before };
    },
    advance(ms: number) {
      now += ms;
    },
  };
}

test('a verified secret is known for its time, and hashed again after it', async () => {
  const { check, advance } = remembering(1000);
  expect(await check('hash of a', 'a')).toEqual({ fits: true, hashed: true });
  expect(await check('hash of a', 'a')).toEqual({ fits: true, hashed: false });
  advance(1000);
  expect(await check('hash of a', 'a')).toEqual({ fits: true, hashed: true });
});

test('a changed secret has another hash: the old one is refused at once', async () => {
  const { check } = remembering(1000);
  await check('hash of old', 'old');
  expect(await check('hash of new', 'old')).toEqual({ fits: false, hashed: true });
});

test('a wrong secret is hashed each time', async () => {
  const { check } = remembering(1000);
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await check('hash of a', 'b')).toEqual({ fits: false, hashed: true });
  }
});

test('the oldest is forgotten rather than more and more kept', async () => {
  const { check } = remembering(1000);
  for (let one = 0; one <= 10_000; one++) await check(`hash of ${one}`, String(one));
  expect((await check('hash of 10000', '10000')).hashed).toBe(false);
  expect((await check('hash of 0', '0')).hashed).toBe(true);
});

test('texts are the same when they are, whatever their length', () => {
  expect([sameText('a', 'a'), sameText('a', 'b'), sameText('a', 'ab'), sameText('', '')]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
