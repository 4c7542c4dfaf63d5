import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../kernel/ports.ts';
import { Secret } from '../../kernel/secret.ts';
import { AT } from './records.fixture.ts';

/** What every vault must do. */
export function vaultSuite(store: () => Store): void {
  describe('vault', () => {
    const aName = () => `acme/${randomUUID()}`;
    const states = async (name: string) => (await store().vault.history(name)).map(({ state }) => state);

    test('keeps a proposed secret as pending, counting versions from 1', async () => {
      const name = aName();
      const secret = new Secret('pässwörd "1"\n');
      expect(await store().vault.propose(name, secret, AT)).toEqual({
        name,
        version: 1,
        state: 'pending',
        createdAt: AT,
        states: [{ state: 'pending', at: AT }],
      });
      const opened = await store().vault.open(name, 'pending');
      expect(opened?.version.version).toBe(1);
      expect(opened?.secret.equals(secret)).toBe(true);
      expect(await store().vault.open(name, 'current')).toBeUndefined();
    });

    test('a promotion makes the pending version current, the current previous, and the one before retired', async () => {
      const name = aName();
      for (const version of [1, 2, 3]) {
        await store().vault.propose(name, new Secret(`s${version}`), AT + version);
        await store().vault.promote(name, version, AT + version);
      }
      expect(await states(name)).toEqual(['retired', 'previous', 'current']);
      expect((await store().vault.open(name, 'current'))?.secret.reveal()).toBe('s3');
      expect((await store().vault.open(name, 'previous'))?.secret.reveal()).toBe('s2');
    });

    test('tells of each version which state it had, and since when', async () => {
      const name = aName();
      for (const version of [1, 2, 3]) {
        await store().vault.propose(name, new Secret(`s${version}`), AT + version * 10);
        await store().vault.promote(name, version, AT + version * 10 + 1);
      }
      const [first] = await store().vault.history(name);
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
        await store().vault.propose(name, new Secret(`s${version}`), AT);
        await store().vault.promote(name, version, AT);
      }
      const opened = await store().vault.openVersion(name, 1);
      expect(opened?.version.state).toBe('retired');
      expect(opened?.secret.reveal()).toBe('s1');
      expect(await store().vault.openVersion(name, 4)).toBeUndefined();
    });

    test('promoting what is current changes nothing, so that a run can be resumed', async () => {
      const name = aName();
      await store().vault.propose(name, new Secret('s'), AT);
      await store().vault.promote(name, 1, AT);
      await store().vault.promote(name, 1, AT);
      expect(await states(name)).toEqual(['current']);
    });

    test('a refused version is retired and not offered again', async () => {
      const name = aName();
      await store().vault.propose(name, new Secret('s'), AT);
      await store().vault.retire(name, 1, AT);
      await store().vault.retire(name, 1, AT);
      expect(await store().vault.open(name, 'pending')).toBeUndefined();
      await expect(store().vault.promote(name, 1, AT)).rejects.toMatchObject({ code: 'ERR_INVARIANT' });
      expect(await store().vault.propose(name, new Secret('t'), AT)).toMatchObject({ version: 2 });
    });

    test('opens the newest version of a state', async () => {
      const name = aName();
      await store().vault.propose(name, new Secret('older'), AT);
      await store().vault.propose(name, new Secret('newer'), AT);
      expect((await store().vault.open(name, 'pending'))?.secret.reveal()).toBe('newer');
      await store().vault.promote(name, 2, AT);
      expect(await states(name)).toEqual(['pending', 'current']);
    });

    test('a secret that ended has no version left that opens, and can be given new ones', async () => {
      const name = aName();
      for (const version of [1, 2, 3]) {
        await store().vault.propose(name, new Secret(`secret ${version}`), AT);
        if (version < 3) await store().vault.promote(name, version, AT);
      }
      await store().vault.retireAll(name, AT);
      await store().vault.retireAll(name, AT);
      expect(await states(name)).toEqual(['retired', 'retired', 'retired']);
      for (const state of ['pending', 'current', 'previous'] as const)
        expect(await store().vault.open(name, state)).toBeUndefined();
      await store().vault.propose(name, new Secret('secret 4'), AT);
      await store().vault.promote(name, 4, AT);
      expect(await states(name)).toEqual(['retired', 'retired', 'retired', 'current']);
    });

    test('refuses to retire what is current, and to touch what is not there', async () => {
      const name = aName();
      await store().vault.propose(name, new Secret('s'), AT);
      await store().vault.promote(name, 1, AT);
      const refused = { code: 'ERR_INVARIANT' };
      await expect(store().vault.retire(name, 1, AT)).rejects.toMatchObject(refused);
      await expect(store().vault.retire(name, 2, AT)).rejects.toMatchObject(refused);
      await expect(store().vault.promote(aName(), 1, AT)).rejects.toMatchObject(refused);
      await expect(store().vault.propose('', new Secret('s'), AT)).rejects.toMatchObject(refused);
    });

    test('several proposals at once get versions of their own', async () => {
      const name = aName();
      await Promise.all(Array.from({ length: 10 }, (_, i) => store().vault.propose(name, new Secret(`s${i}`), AT)));
      expect((await store().vault.history(name)).map(({ version }) => version)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ]);
    });

    test('names what it keeps, in order', async () => {
      const [b, a] = [`b-${aName()}`, `a-${aName()}`];
      for (const name of [b, a, b]) await store().vault.propose(name, new Secret('s'), AT);
      expect((await store().vault.names()).filter((name) => name === a || name === b)).toEqual([a, b]);
      expect(await store().vault.history('nobody')).toEqual([]);
    });
  });
}
