import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../kernel/json.ts';
import type { Store } from '../../kernel/ports.ts';
import { AT } from './records.fixture.ts';

/** What every trail must do. */
export function trailSuite(store: () => Store): void {
  describe('trail', () => {
    const aFact = (changes: object = {}) => ({
      at: AT,
      who: 'alice',
      why: 'CHG-1',
      subject: randomUUID(),
      change: {},
      result: 'done',
      ...changes,
    });

    test('chains each entry to the one before by a hash that anybody can recompute', async () => {
      const first = await store().trail.append(aFact({ change: { b: 1, a: [null, 'x'] } }));
      const second = await store().trail.append(aFact());
      expect(second).toMatchObject({ seq: first.seq + 1, previousHash: first.hash });
      const { hash, ...content } = first;
      expect(createHash('sha256').update(canonicalJson(content)).digest('hex')).toBe(hash);
    });

    test('gives back what was appended', async () => {
      const subject = randomUUID();
      const appended = [
        await store().trail.append(aFact({ subject, change: { z: 1, a: 'ä\u0000\ud83d\ude00', n: -1.5e-7 } })),
        await store().trail.append(aFact({ subject, change: 'text' })),
        await store().trail.append(aFact({ subject, change: null })),
      ];
      expect(await store().trail.read({ subject })).toEqual(appended);
    });

    test('with a limit reads the newest entries, in order', async () => {
      const subject = randomUUID();
      for (const result of ['1', '2', '3']) await store().trail.append(aFact({ subject, result }));
      expect((await store().trail.read({ subject, limit: 2 })).map(({ result }) => result)).toEqual(['2', '3']);
      expect(await store().trail.read({ limit: 1 })).toMatchObject([{ result: '3' }]);
    });

    test('appends of several callers at once make one chain', async () => {
      const { entries } = await store().trail.verify();
      await Promise.all(Array.from({ length: 25 }, () => store().trail.append(aFact())));
      expect(await store().trail.verify()).toEqual({ entries: entries + 25 });
    });

    test('text that UTF-8 can not carry does not break the chain', async () => {
      await store().trail.append(aFact({ who: 'a\ud800', change: { key: 'b\udc00' } }));
      expect(await store().trail.verify()).not.toHaveProperty('brokenAt');
    });

    test('refuses a time that is no whole number of milliseconds', async () => {
      await expect(store().trail.append(aFact({ at: 1.5 }))).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
    });
  });
}
