import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../kernel/ports.ts';
import { AT, anIntent, aRun } from './records.fixture.ts';

/** What every journal must do. */
export function journalSuite(store: () => Store): void {
  describe('journal', () => {
    test('a run is open from its begin to its end', async () => {
      const run = aRun();
      await store().journal.begin(run);
      expect(await store().journal.openRuns(run.manifest)).toEqual([{ ...run, pending: [] }]);
      await store().journal.end(run.id, 'succeeded', AT + 1);
      expect(await store().journal.openRuns(run.manifest)).toEqual([]);
    });

    test('an open run shows its intents without a result, in their order', async () => {
      const run = aRun();
      const [first, second, third] = [anIntent(), anIntent({ action: 'delete' }), anIntent({ change: 'text' })];
      await store().journal.begin(run);
      for (const intent of [first, second, third]) await store().journal.intend(run.id, intent, AT);
      await store().journal.complete(run.id, second.address, 'done', {}, AT);
      expect(await store().journal.openRuns(run.manifest)).toEqual([{ ...run, pending: [first, third] }]);
    });

    test('shows the open runs of one manifest, the oldest first', async () => {
      const { manifest } = aRun();
      const [late, early] = [aRun({ manifest, startedAt: AT + 5 }), aRun({ manifest, startedAt: AT })];
      for (const run of [late, early, aRun()]) await store().journal.begin(run);
      expect((await store().journal.openRuns(manifest)).map(({ id }) => id)).toEqual([early.id, late.id]);
    });

    test('completing an intent puts it into the trail with the who and why of its run', async () => {
      const run = aRun();
      const intent = anIntent({ change: { active: { before: false, after: true } } });
      await store().journal.begin(run);
      await store().journal.intend(run.id, intent, AT);
      await store().journal.complete(run.id, intent.address, 'found', { scimId: 'P1' }, AT + 7);
      const entries = await store().trail.read({ subject: intent.address });
      expect(entries).toMatchObject([
        {
          at: AT + 7,
          who: run.who,
          why: run.why,
          result: 'found',
          change: { run: run.id, action: 'create', change: intent.change, detail: { scimId: 'P1' } },
        },
      ]);
    });

    test('refuses to complete what was not intended, and the trail stays as it is', async () => {
      const run = aRun();
      const { address } = anIntent();
      await store().journal.begin(run);
      await expect(store().journal.complete(run.id, address, 'done', {}, AT)).rejects.toMatchObject({
        code: 'ERR_INVARIANT',
      });
      expect(await store().trail.read({ subject: address })).toEqual([]);
    });

    test('completes an intent once', async () => {
      const run = aRun();
      const intent = anIntent();
      await store().journal.begin(run);
      await store().journal.intend(run.id, intent, AT);
      const twice = [1, 2].map(() => store().journal.complete(run.id, intent.address, 'done', {}, AT));
      const outcomes = (await Promise.allSettled(twice)).map(({ status }) => status);
      expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
      expect(await store().trail.read({ subject: intent.address })).toHaveLength(1);
    });

    test('an address can be intended again after its result, not before', async () => {
      const run = aRun();
      const intent = anIntent();
      await store().journal.begin(run);
      await store().journal.intend(run.id, intent, AT);
      await expect(store().journal.intend(run.id, intent, AT)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
      await store().journal.complete(run.id, intent.address, 'unknown', {}, AT);
      await store().journal.intend(run.id, intent, AT);
      expect(await store().journal.openRuns(run.manifest)).toMatchObject([{ pending: [intent] }]);
    });

    test('a run that was ended by another process takes no more intents and results', async () => {
      const run = aRun();
      const [intent, late] = [anIntent(), anIntent()];
      await store().journal.begin(run);
      await store().journal.intend(run.id, intent, AT);
      await store().journal.end(run.id, 'resumed', AT);
      const interrupted = { code: 'ERR_RUN_INTERRUPTED' };
      await expect(store().journal.intend(run.id, late, AT)).rejects.toMatchObject(interrupted);
      await expect(store().journal.complete(run.id, intent.address, 'done', {}, AT)).rejects.toMatchObject(interrupted);
      await expect(store().journal.end(run.id, 'succeeded', AT)).rejects.toMatchObject(interrupted);
    });

    test('a run with an intent without a result has not succeeded', async () => {
      const run = aRun();
      await store().journal.begin(run);
      await store().journal.intend(run.id, anIntent(), AT);
      await expect(store().journal.end(run.id, 'succeeded', AT)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
      await store().journal.end(run.id, 'failed', AT);
    });

    test('refuses a run that is not there, and one that was begun before', async () => {
      const run = aRun();
      await store().journal.begin(run);
      await expect(store().journal.begin(run)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
      await expect(store().journal.intend(randomUUID(), anIntent(), AT)).rejects.toMatchObject({
        code: 'ERR_INVARIANT',
      });
    });

    test('many steps at once are all kept', async () => {
      const run = aRun();
      const intents = Array.from({ length: 20 }, () => anIntent());
      await store().journal.begin(run);
      await Promise.all(
        intents.map(async (intent) => {
          await store().journal.intend(run.id, intent, AT);
          await store().journal.complete(run.id, intent.address, 'done', {}, AT);
        }),
      );
      await store().journal.end(run.id, 'succeeded', AT);
      for (const { address } of intents) expect(await store().trail.read({ subject: address })).toHaveLength(1);
      expect(await store().trail.verify()).not.toHaveProperty('brokenAt');
    });
  });
}
