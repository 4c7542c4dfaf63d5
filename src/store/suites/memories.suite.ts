import { describe, expect, test } from 'vitest';
import type { Store } from '../../kernel/ports.ts';
import { AT, aCopy, aHold, aRotation } from './records.fixture.ts';

/** What every store remembers of rotations and of users that are left alone. */
export function memoriesSuite(store: () => Store): void {
  describe('rotations', () => {
    test('a rotation is open until it has an end, and is kept after it', async () => {
      const rotation = aRotation();
      await store().rotations.save(rotation);
      expect(await store().rotations.open(rotation.manifest)).toEqual([rotation]);
      const ended = { ...rotation, record: { phase: 'done' }, endedAt: AT + 5 };
      await store().rotations.save(ended);
      expect(await store().rotations.open(rotation.manifest)).toEqual([]);
      expect(await store().rotations.history(rotation.credential)).toEqual([ended]);
    });

    test('the history of a credential has the newest first', async () => {
      const { credential } = aRotation();
      for (const startedAt of [AT, AT + 2, AT + 1]) {
        await store().rotations.save(aRotation({ credential, startedAt, endedAt: startedAt }));
      }
      const history = await store().rotations.history(credential, 2);
      expect(history.map(({ startedAt }) => startedAt)).toEqual([AT + 2, AT + 1]);
    });

    test('a credential has one open rotation at most', async () => {
      const rotation = aRotation();
      await store().rotations.save(rotation);
      await expect(store().rotations.save(aRotation({ credential: rotation.credential }))).rejects.toThrow();
    });
  });

  describe('holds', () => {
    test('a technical user is held until the hold is lifted, and what was taken is kept as it was', async () => {
      const hold = aHold();
      const { manifest, subject } = hold;
      await store().holds.save(hold);
      await store().holds.save({ ...hold, subject: 'a-other' });
      await store().holds.save(aHold());
      const more = { ...hold, record: { taken: [{ type: 'cf/space-role', props: { nothing: null } }] } };
      await store().holds.save(more);
      expect(await store().holds.of(manifest)).toEqual([{ ...hold, subject: 'a-other' }, more]);
      await store().holds.lift(manifest, subject);
      await store().holds.lift(manifest, subject);
      expect((await store().holds.of(manifest)).map((kept) => kept.subject)).toEqual(['a-other']);
    });
  });

  describe('copies', () => {
    test('a copy that was delivered is remembered, as it was written last, until it is forgotten', async () => {
      const one = aCopy();
      const { manifest, address } = one;
      await store().copies.remember(one);
      await store().copies.remember(aCopy());
      const other = { ...one, address: 'consumers/openbao:/secret/a-other' };
      await store().copies.remember(other);
      const later = { ...one, user: 'pipeline-b', at: AT + 5, props: { target: { path: 'x', nothing: null } } };
      await store().copies.remember(later);
      expect(await store().copies.of(manifest)).toEqual([other, later]);
      await store().copies.forget(manifest, address);
      await store().copies.forget(manifest, address);
      expect(await store().copies.of(manifest)).toEqual([other]);
    });
  });
}
