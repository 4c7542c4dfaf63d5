import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { strongPassword } from './strong-password.ts';

const many = Array.from({ length: 500 }, () => strongPassword((bytes) => randomBytes(bytes)).reveal());

test('satisfies every policy: long, and of all four groups', () => {
  for (const password of many) {
    expect(password).toHaveLength(40);
    for (const group of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(password).toMatch(group);
  }
});

test('is the same in a URL, a form, a Basic header and a shell', () => {
  for (const password of many) {
    expect(password).toMatch(/^[a-zA-Z][a-zA-Z0-9._-]+$/);
    expect(encodeURIComponent(password)).toBe(password);
  }
});

test('never repeats and favours no character', () => {
  expect(new Set(many).size).toBe(many.length);
  const counts = new Map<string, number>();
  for (const character of many.map((password) => password.slice(1)).join('')) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const expected = (500 * 39) / counts.size;
  for (const count of counts.values()) expect(Math.abs(count - expected) / expected).toBeLessThan(0.4);
});
