import { expect, test } from 'vitest';
import { DAY, expectInPlace, PASSWORD, SAP, start } from '../../../test/fixtures/ias.ts';
import { createMemoryVault } from '../../kernel/vault/memory.ts';

test.each(['POST /scim/Users', 'PATCH /scim/Users/<id> password'])(
  'a lost reply to %s loses and doubles nothing',
  async (lost) => {
    const setup = await start();
    let once = true;
    setup.hook.intercept = async (_request, pass) => {
      const response = await pass();
      if (setup.sent.at(-1) === lost && once) {
        once = false;
        throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
      }
      return response;
    };
    await setup.locum.apply();
    expect(setup.count(lost)).toBe(1);
    await expectInPlace(setup);
  },
);

test('after a crash between sending and keeping a password, a logon proves it and nothing is sent again', async () => {
  const vault = createMemoryVault();
  let crash = true;
  const setup = await start({
    vault: {
      ...vault,
      promote: async (...args) => {
        if (crash) throw new Error('power cut');
        return vault.promote(...args);
      },
    },
  });
  await expect(setup.locum.apply()).rejects.toThrow('power cut');
  crash = false;
  expect((await setup.locum.plan()).steps).toMatchObject([{ because: 'a password was sent but not proven yet' }]);
  await setup.locum.apply();
  expect(setup.count('PATCH /scim/Users/<id> password')).toBe(1);
  expect(await vault.history('acme/robot')).toMatchObject([{ version: 1, state: 'current' }]);
  await expectInPlace(setup);
});

test('after a crash before sending, the same password is sent, at the price of one failed logon', async () => {
  const vault = createMemoryVault();
  let crash = true;
  const setup = await start({
    vault: {
      ...vault,
      propose: async (...args) => {
        const version = await vault.propose(...args);
        if (crash) throw new Error('power cut');
        return version;
      },
    },
  });
  await expect(setup.locum.apply()).rejects.toThrow('power cut');
  crash = false;
  await setup.patch(
    { op: 'replace', path: 'password', value: 'Somebody-2026-else' },
    { op: 'replace', path: `${SAP}:passwordDetails.status`, value: 'enabled' },
  );
  let attempts: number | undefined;
  setup.hook.intercept = async (request, pass) => {
    if (request.method === 'PATCH') attempts = (await setup.user())[SAP].passwordDetails.failedLoginAttempts;
    return pass();
  };
  await setup.locum.apply();
  expect(attempts).toBe(1);
  expect(await vault.history('acme/robot')).toMatchObject([{ version: 1, state: 'current' }]);
  await expectInPlace(setup);
});

test('completes the first logon where the tenant does not honour a definitive password', async () => {
  const setup = await start({ switches: { 'ias.honourEnabled': false } });
  await setup.locum.apply();
  expect(setup.sent).toContain('POST /ui/password/change');
  await expectInPlace(setup);
});

test.each([true, false])('survives a crash after every effect (tenant honours enabled: %s)', async (honours) => {
  for (let crashAt = 1; ; crashAt++) {
    let effects = 0;
    let armed = true;
    const effect = async <T>(act: () => Promise<T>): Promise<T> => {
      const result = await act();
      if (armed && ++effects === crashAt) throw new Error('power cut');
      return result;
    };
    const vault = createMemoryVault();
    const setup = await start({
      switches: { 'ias.honourEnabled': honours },
      vault: {
        ...vault,
        propose: (...args) => effect(() => vault.propose(...args)),
        promote: (...args) => effect(() => vault.promote(...args)),
        retire: (...args) => effect(() => vault.retire(...args)),
      },
    });
    setup.hook.intercept = (request, pass) => (request.method === 'GET' ? pass() : effect(pass));
    await setup.locum.apply().catch(() => undefined);
    const done = effects < crashAt;
    armed = false;
    await setup.locum.apply();
    await expectInPlace(setup);
    expect((await setup.scim('GET', '/Users')).totalResults).toBe(1);
    if (done) break;
  }
});

test('a new password replaces one that its policy ended', async () => {
  const enterprise = 'https://accounts.sap.com/policy/passwords/sap/enterprise/1.0';
  const setup = await start();
  await setup.locum.apply();
  await setup.patch({ op: 'replace', path: `${SAP}:passwordDetails.policy`, value: enterprise });
  expect((await setup.locum.plan()).steps).toEqual([]);
  setup.advance(200 * DAY);
  expect((await setup.locum.plan()).steps).toMatchObject([
    { address: PASSWORD, action: 'update', because: 'the password has ended by its policy' },
  ]);
  await setup.locum.apply();
  await expectInPlace(setup);
  expect(await setup.locum.vault.history('acme/robot')).toMatchObject([{ state: 'previous' }, { state: 'current' }]);
});
