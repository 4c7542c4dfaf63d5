import { expect, test } from 'vitest';
import { composeEmulators } from '../../../emulation/compose.ts';
import { createState } from '../../../emulation/state.ts';
import { iasEmulator } from './index.ts';
import type { StoredUser } from './store.ts';
import { DAY, definitive, PASSWORD, robot, startTenant } from './tenant.fixture.ts';

const HOUR = 3_600_000;
const EMPLOYEES = { userType: 'employee', deleteAfterDays: 365, deletionFrom: '2026-11-24T00:00:00Z' };

/** A tenant whose nightly job runs when the test says so. */
async function startNights(inactivity: readonly object[]) {
  // Monday, 23 November 2026, in the evening.
  let now = Date.UTC(2026, 10, 23, 20);
  const state = createState();
  const credentials = new Map<string, string>();
  const composition = composeEmulators({
    emulators: [iasEmulator],
    state,
    credentials: {
      password: (name) => credentials.get(name) ?? 'Pw1-something-long',
      keep: (name, value) => void credentials.set(name, value),
    },
    context: {
      now: () => now,
      id: () => crypto.randomUUID(),
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      sleep: async () => undefined,
      fetch: () => Promise.reject(new Error('nobody is asked')),
    },
  });
  const user = (userName: string, userType: string) => ({ userName, userType, email: `${userName}@acme.example` });
  const users = [user('worker', 'employee'), user('visitor', 'public'), user('robot', 'external')];
  await composition.seed({ ias: { tenants: [{ id: 'acme', users, inactivity }] } });
  const stored = state.collection<StoredUser>('ias/users');
  await composition.tick();
  return {
    names: () => [...stored.values()].map(({ resource }) => resource.userName),
    logOn(userName: string) {
      for (const key of [...stored.keys()]) {
        const one = stored.get(key);
        if (one?.resource.userName === userName) stored.set(key, { ...one, loginAt: now });
      }
    },
    async until(hours: number) {
      now += hours * HOUR;
      await composition.tick();
    },
  };
}

test('A10: who never logged on is deleted in the first night at 04:00 UTC, if there is no grace', async () => {
  const { names, until } = await startNights([EMPLOYEES]);
  await until(7.9);
  expect(names()).toEqual(['worker', 'visitor', 'robot']);
  await until(0.2);
  // Other types are not configured, and external users cannot be.
  expect(names()).toEqual(['visitor', 'robot']);
});

test('with a grace period, who never logged on is spared for as long', async () => {
  const { names, until } = await startNights([{ ...EMPLOYEES, graceDays: 2 }]);
  await until(32);
  expect(names()).toContain('worker');
  await until(24);
  expect(names()).not.toContain('worker');
});

test('who logs on is deleted when the period is over', async () => {
  const { names, logOn, until } = await startNights([{ ...EMPLOYEES, deleteAfterDays: 14 }]);
  logOn('worker');
  await until(14 * 24);
  expect(names()).toContain('worker');
  await until(24);
  expect(names()).not.toContain('worker');
});

test('nobody is deleted before the start of the script', async () => {
  const { names, until } = await startNights([{ ...EMPLOYEES, deletionFrom: '2027-01-01T00:00:00Z' }]);
  await until(20 * 24);
  expect(names()).toContain('worker');
});

test('who was away too long is blocked on the next sign-in', async () => {
  const tenant = await startTenant({ tenant: { inactivity: [{ userType: 'employee', blockAfterDays: 14 }] } });
  const { body } = await tenant.scim('POST', '/Users', robot({ userType: 'employee' }, definitive));
  tenant.advance(14 * DAY);
  expect((await tenant.token('robot', PASSWORD)).status).toBe(200);
  tenant.advance(15 * DAY);
  expect((await tenant.scim('GET', `/Users/${body.id}`)).body.active).toBe(true);
  expect(await tenant.token('robot', PASSWORD)).toMatchObject({ status: 401, code: 'USER_INACTIVE' });
  expect((await tenant.scim('GET', `/Users/${body.id}`)).body.active).toBe(false);
});
