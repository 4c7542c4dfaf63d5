import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { LeaseRequest, Store } from '../../kernel/ports.ts';
import { Secret } from '../../kernel/secret.ts';
import { AT, aCopy, aHold, anIntent, aRotation, aRun } from './records.fixture.ts';

/** How every store keeps two from acting at once. */
export function turnsSuite(store: () => Store): void {
  describe('leases', () => {
    const ask = (changes: Partial<LeaseRequest> = {}): LeaseRequest => ({
      name: `run/${randomUUID()}`,
      holder: 'alice on a',
      now: AT,
      until: AT + 60_000,
      ...changes,
    });

    test('one holder at a time; who comes next learns who it is and until when', async () => {
      const request = ask();
      await store().leases.acquire(request);
      await expect(store().leases.acquire({ ...request, holder: 'bob' })).rejects.toMatchObject({
        code: 'ERR_RUN_LOCKED',
        message: expect.stringContaining('alice on a'),
        remedy: expect.stringContaining('2026-11-21T00:01:00.000Z'),
      });
    });

    test('a lease that ran out, was given back or is taken away goes to the next, with a higher fence', async () => {
      const request = ask();
      const first = await store().leases.acquire(request);
      const second = await store().leases.acquire({ ...request, now: AT + 60_000, until: AT + 120_000 });
      const third = await store().leases.acquire({ ...request, evict: true });
      await store().leases.release(third);
      const fourth = await store().leases.acquire(request);
      const fences = [first, second, third, fourth].map(({ fence }) => fence);
      expect(fences).toEqual([...fences].sort((a, b) => a - b));
      expect(new Set(fences).size).toBe(4);
    });

    test('who is at work is told until its lease has run out or was given back', async () => {
      const request = ask();
      const mine = async (now: number) => (await store().leases.held(now)).filter(({ name }) => name === request.name);
      const lease = await store().leases.acquire(request);
      expect(await mine(AT)).toEqual([{ name: request.name, holder: 'alice on a', until: AT + 60_000 }]);
      expect(await mine(AT + 60_000)).toEqual([]);
      await store().leases.release(lease);
      expect(await mine(AT)).toEqual([]);
    });

    test('a renewed lease lasts; one that another took is neither renewed nor given back', async () => {
      const request = ask();
      const lost = await store().leases.acquire(request);
      await store().leases.renew(lost, AT + 90_000);
      await store().leases.confirm(lost);
      await expect(store().leases.acquire({ ...request, now: AT + 60_000 })).rejects.toThrow();
      await store().leases.acquire({ ...request, now: AT + 90_000, until: AT + 100_000 });
      await expect(store().leases.renew(lost, AT + 900_000)).rejects.toMatchObject({ code: 'ERR_RUN_INTERRUPTED' });
      await expect(store().leases.confirm(lost)).rejects.toMatchObject({ code: 'ERR_RUN_INTERRUPTED' });
      await store().leases.release(lost);
      await expect(store().leases.acquire({ ...request, now: AT + 90_000 })).rejects.toThrow();
    });

    test('who lost its lease writes nothing any more: no run, step, secret, rotation or entry of the trail', async () => {
      const request = ask();
      const lease = await store().leases.acquire(request);
      const mine = store().fenced(lease);
      const run = aRun();
      const intent = anIntent();
      await mine.journal.begin(run);
      await mine.journal.intend(run.id, intent, AT);
      const version = await mine.vault.propose(run.manifest, new Secret('one'), AT);
      await store().leases.acquire({ ...request, evict: true });

      const late = [
        () => mine.journal.begin(aRun()),
        () => mine.journal.intend(run.id, anIntent(), AT),
        () => mine.journal.complete(run.id, intent.address, 'done', {}, AT),
        () => mine.journal.end(run.id, 'failed', AT),
        () => mine.vault.propose(run.manifest, new Secret('two'), AT),
        () => mine.vault.promote(run.manifest, version.version, AT),
        () => mine.vault.retire(run.manifest, version.version, AT),
        () => mine.vault.retireAll(run.manifest, AT),
        () => mine.rotations.save(aRotation()),
        () => mine.holds.save(aHold()),
        () => mine.holds.lift(run.manifest, 'pipeline'),
        () => mine.copies.remember(aCopy()),
        () => mine.copies.forget(run.manifest, aCopy().address),
        () => mine.trail.append({ at: AT, who: 'a', why: 'b', subject: run.id, change: {}, result: 'done' }),
      ];
      for (const write of late) await expect(write()).rejects.toMatchObject({ code: 'ERR_RUN_INTERRUPTED' });
      expect(await mine.vault.history(run.manifest)).toMatchObject([{ version: 1, state: 'pending' }]);
      expect(await store().trail.read({ subject: run.id })).toEqual([]);
      expect(await store().journal.openRuns(run.manifest)).toMatchObject([{ pending: [intent] }]);
    });
  });

  describe('run lock', () => {
    test('lets one run at a time, and the next one after it', async () => {
      const { manifest } = aRun();
      const first = await store().runs.acquire(manifest);
      await expect(store().runs.acquire(manifest)).rejects.toMatchObject({ code: 'ERR_RUN_LOCKED' });
      await using _other = await store().runs.acquire(aRun().manifest);
      await first[Symbol.asyncDispose]();
      await using _second = await store().runs.acquire(manifest);
      await first[Symbol.asyncDispose]();
      await expect(store().runs.acquire(manifest)).rejects.toMatchObject({ code: 'ERR_RUN_LOCKED' });
    });
  });
}
