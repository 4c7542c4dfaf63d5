import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../kernel/json.ts';
import type { Hold, LeaseRequest, RunHead, StepIntent, Store, StoredRotation } from '../kernel/ports.ts';
import { Secret } from '../kernel/secret.ts';

const AT = Date.UTC(2026, 10, 21);

/** A run of a manifest that no other test uses. */
function aRun(changes: Partial<RunHead> = {}): RunHead {
  return {
    id: randomUUID(),
    manifest: `acme-${randomUUID()}`,
    fingerprint: 'f1',
    startedAt: AT,
    who: 'alice@acme.example',
    why: 'CHG-1',
    ...changes,
  };
}

function anIntent(changes: Partial<StepIntent> = {}): StepIntent {
  return { address: `ias/user:acme/${randomUUID()}`, action: 'create', change: [{ path: 'active' }], ...changes };
}

function aRotation(changes: Partial<StoredRotation> = {}): StoredRotation {
  return {
    id: randomUUID(),
    manifest: `acme-${randomUUID()}`,
    credential: `acme/${randomUUID()}`,
    startedAt: AT,
    record: { phase: 'mint' },
    ...changes,
  };
}

function aHold(changes: Partial<Hold> = {}): Hold {
  return {
    manifest: `acme-${randomUUID()}`,
    subject: 'pipeline',
    kind: 'frozen',
    since: AT,
    who: 'alice@acme.example',
    why: 'leaked',
    record: { taken: [] },
    ...changes,
  };
}

/** What every store must do, whatever keeps it. */
export function storeSuite(name: string, open: () => Promise<Store>): void {
  describe(`store on ${name}`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store?.[Symbol.asyncDispose]());

    describe('journal', () => {
      test('a run is open from its begin to its end', async () => {
        const run = aRun();
        await store.journal.begin(run);
        expect(await store.journal.openRuns(run.manifest)).toEqual([{ ...run, pending: [] }]);
        await store.journal.end(run.id, 'succeeded', AT + 1);
        expect(await store.journal.openRuns(run.manifest)).toEqual([]);
      });

      test('an open run shows its intents without a result, in their order', async () => {
        const run = aRun();
        const [first, second, third] = [anIntent(), anIntent({ action: 'delete' }), anIntent({ change: 'text' })];
        await store.journal.begin(run);
        for (const intent of [first, second, third]) await store.journal.intend(run.id, intent, AT);
        await store.journal.complete(run.id, second.address, 'done', {}, AT);
        expect(await store.journal.openRuns(run.manifest)).toEqual([{ ...run, pending: [first, third] }]);
      });

      test('shows the open runs of one manifest, the oldest first', async () => {
        const { manifest } = aRun();
        const [late, early] = [aRun({ manifest, startedAt: AT + 5 }), aRun({ manifest, startedAt: AT })];
        for (const run of [late, early, aRun()]) await store.journal.begin(run);
        expect((await store.journal.openRuns(manifest)).map(({ id }) => id)).toEqual([early.id, late.id]);
      });

      test('completing an intent puts it into the trail with the who and why of its run', async () => {
        const run = aRun();
        const intent = anIntent({ change: { active: { before: false, after: true } } });
        await store.journal.begin(run);
        await store.journal.intend(run.id, intent, AT);
        await store.journal.complete(run.id, intent.address, 'found', { scimId: 'P1' }, AT + 7);
        const entries = await store.trail.read({ subject: intent.address });
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
        await store.journal.begin(run);
        await expect(store.journal.complete(run.id, address, 'done', {}, AT)).rejects.toMatchObject({
          code: 'ERR_INVARIANT',
        });
        expect(await store.trail.read({ subject: address })).toEqual([]);
      });

      test('completes an intent once', async () => {
        const run = aRun();
        const intent = anIntent();
        await store.journal.begin(run);
        await store.journal.intend(run.id, intent, AT);
        const twice = [1, 2].map(() => store.journal.complete(run.id, intent.address, 'done', {}, AT));
        const outcomes = (await Promise.allSettled(twice)).map(({ status }) => status);
        expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
        expect(await store.trail.read({ subject: intent.address })).toHaveLength(1);
      });

      test('an address can be intended again after its result, not before', async () => {
        const run = aRun();
        const intent = anIntent();
        await store.journal.begin(run);
        await store.journal.intend(run.id, intent, AT);
        await expect(store.journal.intend(run.id, intent, AT)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
        await store.journal.complete(run.id, intent.address, 'unknown', {}, AT);
        await store.journal.intend(run.id, intent, AT);
        expect(await store.journal.openRuns(run.manifest)).toMatchObject([{ pending: [intent] }]);
      });

      test('a run that was ended by another process takes no more intents and results', async () => {
        const run = aRun();
        const [intent, late] = [anIntent(), anIntent()];
        await store.journal.begin(run);
        await store.journal.intend(run.id, intent, AT);
        await store.journal.end(run.id, 'resumed', AT);
        const interrupted = { code: 'ERR_RUN_INTERRUPTED' };
        await expect(store.journal.intend(run.id, late, AT)).rejects.toMatchObject(interrupted);
        await expect(store.journal.complete(run.id, intent.address, 'done', {}, AT)).rejects.toMatchObject(interrupted);
        await expect(store.journal.end(run.id, 'succeeded', AT)).rejects.toMatchObject(interrupted);
      });

      test('a run with an intent without a result has not succeeded', async () => {
        const run = aRun();
        await store.journal.begin(run);
        await store.journal.intend(run.id, anIntent(), AT);
        await expect(store.journal.end(run.id, 'succeeded', AT)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
        await store.journal.end(run.id, 'failed', AT);
      });

      test('refuses a run that is not there, and one that was begun before', async () => {
        const run = aRun();
        await store.journal.begin(run);
        await expect(store.journal.begin(run)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
        await expect(store.journal.intend(randomUUID(), anIntent(), AT)).rejects.toMatchObject({
          code: 'ERR_INVARIANT',
        });
      });

      test('many steps at once are all kept', async () => {
        const run = aRun();
        const intents = Array.from({ length: 20 }, () => anIntent());
        await store.journal.begin(run);
        await Promise.all(
          intents.map(async (intent) => {
            await store.journal.intend(run.id, intent, AT);
            await store.journal.complete(run.id, intent.address, 'done', {}, AT);
          }),
        );
        await store.journal.end(run.id, 'succeeded', AT);
        for (const { address } of intents) expect(await store.trail.read({ subject: address })).toHaveLength(1);
        expect(await store.trail.verify()).not.toHaveProperty('brokenAt');
      });
    });

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
        const first = await store.trail.append(aFact({ change: { b: 1, a: [null, 'x'] } }));
        const second = await store.trail.append(aFact());
        expect(second).toMatchObject({ seq: first.seq + 1, previousHash: first.hash });
        const { hash, ...content } = first;
        expect(createHash('sha256').update(canonicalJson(content)).digest('hex')).toBe(hash);
      });

      test('gives back what was appended', async () => {
        const subject = randomUUID();
        const appended = [
          await store.trail.append(aFact({ subject, change: { z: 1, a: 'ä\u0000\ud83d\ude00', n: -1.5e-7 } })),
          await store.trail.append(aFact({ subject, change: 'text' })),
          await store.trail.append(aFact({ subject, change: null })),
        ];
        expect(await store.trail.read({ subject })).toEqual(appended);
      });

      test('with a limit reads the newest entries, in order', async () => {
        const subject = randomUUID();
        for (const result of ['1', '2', '3']) await store.trail.append(aFact({ subject, result }));
        expect((await store.trail.read({ subject, limit: 2 })).map(({ result }) => result)).toEqual(['2', '3']);
        expect(await store.trail.read({ limit: 1 })).toMatchObject([{ result: '3' }]);
      });

      test('appends of several callers at once make one chain', async () => {
        const { entries } = await store.trail.verify();
        await Promise.all(Array.from({ length: 25 }, () => store.trail.append(aFact())));
        expect(await store.trail.verify()).toEqual({ entries: entries + 25 });
      });

      test('text that UTF-8 can not carry does not break the chain', async () => {
        await store.trail.append(aFact({ who: 'a\ud800', change: { key: 'b\udc00' } }));
        expect(await store.trail.verify()).not.toHaveProperty('brokenAt');
      });

      test('refuses a time that is no whole number of milliseconds', async () => {
        await expect(store.trail.append(aFact({ at: 1.5 }))).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
      });
    });

    describe('vault', () => {
      const aName = () => `acme/${randomUUID()}`;
      const states = async (name: string) => (await store.vault.history(name)).map(({ state }) => state);

      test('keeps a proposed secret as pending, counting versions from 1', async () => {
        const name = aName();
        const secret = new Secret('pässwörd "1"\n');
        expect(await store.vault.propose(name, secret, AT)).toEqual({
          name,
          version: 1,
          state: 'pending',
          createdAt: AT,
          states: [{ state: 'pending', at: AT }],
        });
        const opened = await store.vault.open(name, 'pending');
        expect(opened?.version.version).toBe(1);
        expect(opened?.secret.equals(secret)).toBe(true);
        expect(await store.vault.open(name, 'current')).toBeUndefined();
      });

      test('a promotion makes the pending version current, the current previous, and the one before retired', async () => {
        const name = aName();
        for (const version of [1, 2, 3]) {
          await store.vault.propose(name, new Secret(`s${version}`), AT + version);
          await store.vault.promote(name, version, AT + version);
        }
        expect(await states(name)).toEqual(['retired', 'previous', 'current']);
        expect((await store.vault.open(name, 'current'))?.secret.reveal()).toBe('s3');
        expect((await store.vault.open(name, 'previous'))?.secret.reveal()).toBe('s2');
      });

      test('tells of each version which state it had, and since when', async () => {
        const name = aName();
        for (const version of [1, 2, 3]) {
          await store.vault.propose(name, new Secret(`s${version}`), AT + version * 10);
          await store.vault.promote(name, version, AT + version * 10 + 1);
        }
        const [first] = await store.vault.history(name);
        expect(first).toEqual({
          name,
          version: 1,
          state: 'retired',
          createdAt: AT + 10,
          states: [
            { state: 'pending', at: AT + 10 },
            { state: 'current', at: AT + 11 },
            { state: 'previous', at: AT + 21 },
            { state: 'retired', at: AT + 31 },
          ],
        });
      });

      test('opens any version, also a retired one', async () => {
        const name = aName();
        for (const version of [1, 2, 3]) {
          await store.vault.propose(name, new Secret(`s${version}`), AT);
          await store.vault.promote(name, version, AT);
        }
        const opened = await store.vault.openVersion(name, 1);
        expect(opened?.version.state).toBe('retired');
        expect(opened?.secret.reveal()).toBe('s1');
        expect(await store.vault.openVersion(name, 4)).toBeUndefined();
      });

      test('promoting what is current changes nothing, so that a run can be resumed', async () => {
        const name = aName();
        await store.vault.propose(name, new Secret('s'), AT);
        await store.vault.promote(name, 1, AT);
        await store.vault.promote(name, 1, AT);
        expect(await states(name)).toEqual(['current']);
      });

      test('a refused version is retired and not offered again', async () => {
        const name = aName();
        await store.vault.propose(name, new Secret('s'), AT);
        await store.vault.retire(name, 1, AT);
        await store.vault.retire(name, 1, AT);
        expect(await store.vault.open(name, 'pending')).toBeUndefined();
        await expect(store.vault.promote(name, 1, AT)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
        expect(await store.vault.propose(name, new Secret('t'), AT)).toMatchObject({ version: 2 });
      });

      test('opens the newest version of a state', async () => {
        const name = aName();
        await store.vault.propose(name, new Secret('older'), AT);
        await store.vault.propose(name, new Secret('newer'), AT);
        expect((await store.vault.open(name, 'pending'))?.secret.reveal()).toBe('newer');
        await store.vault.promote(name, 2, AT);
        expect(await states(name)).toEqual(['pending', 'current']);
      });

      test('a secret that ended has no version left that opens, and can be given new ones', async () => {
        const name = aName();
        for (const version of [1, 2, 3]) {
          await store.vault.propose(name, new Secret(`secret ${version}`), AT);
          if (version < 3) await store.vault.promote(name, version, AT);
        }
        await store.vault.retireAll(name, AT);
        await store.vault.retireAll(name, AT);
        expect(await states(name)).toEqual(['retired', 'retired', 'retired']);
        for (const state of ['pending', 'current', 'previous'] as const)
          expect(await store.vault.open(name, state)).toBeUndefined();
        await store.vault.propose(name, new Secret('secret 4'), AT);
        await store.vault.promote(name, 4, AT);
        expect(await states(name)).toEqual(['retired', 'retired', 'retired', 'current']);
      });

      test('refuses to retire what is current, and to touch what is not there', async () => {
        const name = aName();
        await store.vault.propose(name, new Secret('s'), AT);
        await store.vault.promote(name, 1, AT);
        const refused = { code: 'ERR_INVARIANT' };
        await expect(store.vault.retire(name, 1, AT)).rejects.toMatchObject(refused);
        await expect(store.vault.retire(name, 2, AT)).rejects.toMatchObject(refused);
        await expect(store.vault.promote(aName(), 1, AT)).rejects.toMatchObject(refused);
        await expect(store.vault.propose('', new Secret('s'), AT)).rejects.toMatchObject(refused);
      });

      test('several proposals at once get versions of their own', async () => {
        const name = aName();
        await Promise.all(Array.from({ length: 10 }, (_, i) => store.vault.propose(name, new Secret(`s${i}`), AT)));
        expect((await store.vault.history(name)).map(({ version }) => version)).toEqual([
          1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
        ]);
      });

      test('names what it keeps, in order', async () => {
        const [b, a] = [`b-${aName()}`, `a-${aName()}`];
        for (const name of [b, a, b]) await store.vault.propose(name, new Secret('s'), AT);
        expect((await store.vault.names()).filter((name) => name === a || name === b)).toEqual([a, b]);
        expect(await store.vault.history('nobody')).toEqual([]);
      });
    });

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
        await store.leases.acquire(request);
        await expect(store.leases.acquire({ ...request, holder: 'bob' })).rejects.toMatchObject({
          code: 'ERR_RUN_LOCKED',
          message: expect.stringContaining('alice on a'),
          remedy: expect.stringContaining('2026-11-21T00:01:00.000Z'),
        });
      });

      test('a lease that ran out, was given back or is taken away goes to the next, with a higher fence', async () => {
        const request = ask();
        const first = await store.leases.acquire(request);
        const second = await store.leases.acquire({ ...request, now: AT + 60_000, until: AT + 120_000 });
        const third = await store.leases.acquire({ ...request, evict: true });
        await store.leases.release(third);
        const fourth = await store.leases.acquire(request);
        const fences = [first, second, third, fourth].map(({ fence }) => fence);
        expect(fences).toEqual([...fences].sort((a, b) => a - b));
        expect(new Set(fences).size).toBe(4);
      });

      test('a renewed lease lasts; one that another took is neither renewed nor given back', async () => {
        const request = ask();
        const lost = await store.leases.acquire(request);
        await store.leases.renew(lost, AT + 90_000);
        await store.leases.confirm(lost);
        await expect(store.leases.acquire({ ...request, now: AT + 60_000 })).rejects.toThrow();
        await store.leases.acquire({ ...request, now: AT + 90_000, until: AT + 100_000 });
        await expect(store.leases.renew(lost, AT + 900_000)).rejects.toMatchObject({ code: 'ERR_RUN_INTERRUPTED' });
        await expect(store.leases.confirm(lost)).rejects.toMatchObject({ code: 'ERR_RUN_INTERRUPTED' });
        await store.leases.release(lost);
        await expect(store.leases.acquire({ ...request, now: AT + 90_000 })).rejects.toThrow();
      });

      test('who lost its lease writes nothing any more: no run, step, secret, rotation or entry of the trail', async () => {
        const request = ask();
        const lease = await store.leases.acquire(request);
        const mine = store.fenced(lease);
        const run = aRun();
        const intent = anIntent();
        await mine.journal.begin(run);
        await mine.journal.intend(run.id, intent, AT);
        const version = await mine.vault.propose(run.manifest, new Secret('one'), AT);
        await store.leases.acquire({ ...request, evict: true });

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
          () => mine.trail.append({ at: AT, who: 'a', why: 'b', subject: run.id, change: {}, result: 'done' }),
        ];
        for (const write of late) await expect(write()).rejects.toMatchObject({ code: 'ERR_RUN_INTERRUPTED' });
        expect(await mine.vault.history(run.manifest)).toMatchObject([{ version: 1, state: 'pending' }]);
        expect(await store.trail.read({ subject: run.id })).toEqual([]);
        expect(await store.journal.openRuns(run.manifest)).toMatchObject([{ pending: [intent] }]);
      });
    });

    describe('rotations', () => {
      test('a rotation is open until it has an end, and is kept after it', async () => {
        const rotation = aRotation();
        await store.rotations.save(rotation);
        expect(await store.rotations.open(rotation.manifest)).toEqual([rotation]);
        const ended = { ...rotation, record: { phase: 'done' }, endedAt: AT + 5 };
        await store.rotations.save(ended);
        expect(await store.rotations.open(rotation.manifest)).toEqual([]);
        expect(await store.rotations.history(rotation.credential)).toEqual([ended]);
      });

      test('the history of a credential has the newest first', async () => {
        const { credential } = aRotation();
        for (const startedAt of [AT, AT + 2, AT + 1]) {
          await store.rotations.save(aRotation({ credential, startedAt, endedAt: startedAt }));
        }
        const history = await store.rotations.history(credential, 2);
        expect(history.map(({ startedAt }) => startedAt)).toEqual([AT + 2, AT + 1]);
      });

      test('a credential has one open rotation at most', async () => {
        const rotation = aRotation();
        await store.rotations.save(rotation);
        await expect(store.rotations.save(aRotation({ credential: rotation.credential }))).rejects.toThrow();
      });
    });

    describe('holds', () => {
      test('a technical user is held until the hold is lifted, and what was taken is kept as it was', async () => {
        const hold = aHold();
        const { manifest, subject } = hold;
        await store.holds.save(hold);
        await store.holds.save({ ...hold, subject: 'a-other' });
        await store.holds.save(aHold());
        const more = { ...hold, record: { taken: [{ type: 'cf/space-role', props: { nothing: null } }] } };
        await store.holds.save(more);
        expect(await store.holds.of(manifest)).toEqual([{ ...hold, subject: 'a-other' }, more]);
        await store.holds.lift(manifest, subject);
        await store.holds.lift(manifest, subject);
        expect((await store.holds.of(manifest)).map((kept) => kept.subject)).toEqual(['a-other']);
      });
    });

    describe('run lock', () => {
      test('lets one run at a time, and the next one after it', async () => {
        const { manifest } = aRun();
        const first = await store.runs.acquire(manifest);
        await expect(store.runs.acquire(manifest)).rejects.toMatchObject({ code: 'ERR_RUN_LOCKED' });
        await using _other = await store.runs.acquire(aRun().manifest);
        await first[Symbol.asyncDispose]();
        await using _second = await store.runs.acquire(manifest);
        await first[Symbol.asyncDispose]();
        await expect(store.runs.acquire(manifest)).rejects.toMatchObject({ code: 'ERR_RUN_LOCKED' });
      });
    });
  });
}
