import { expect, test } from 'vitest';
import { ConfigError } from '../../src/kernel/errors.ts';
import type { OpenedSecret, Records, SecretState, Store } from '../../src/kernel/ports.ts';
import { type Acme, frozenAcme } from '../fixtures/acme.ts';
import { openBroker } from '../fixtures/application.ts';

const thaw = await frozenAcme();
const DAY = 86_400_000;

/** The store, after somebody deleted the sealed texts of one secret where they lie: its versions so far never open again. */
async function losing({ store }: Pick<Acme, 'store'>, name: string): Promise<Store> {
  const lost = new Set((await store.vault.history(name)).map(({ version }) => version));
  const unless = (of: string, opened: OpenedSecret | undefined) => {
    if (of !== name || !opened || !lost.has(opened.version.version)) return opened;
    throw new ConfigError('ERR_STORE_CORRUPT', `the payload of ${name} is not there any more`, { remedy: 'rotate it' });
  };
  const over = <R extends Records>(records: R): R => ({
    ...records,
    vault: {
      ...records.vault,
      open: async (of: string, state: SecretState) => unless(of, await records.vault.open(of, state)),
      openVersion: async (of: string, version: number) => unless(of, await records.vault.openVersion(of, version)),
    },
  });
  return { ...over(store), fenced: (lease) => over(store.fenced(lease)) };
}

const told = (findings: readonly { readonly code: string; readonly severity: string }[] = []) =>
  findings.map(({ code, severity }) => `${severity} ${code}`);

test('a password that is lost in the vault is replaced by a rotation, which says what can not be told of it', async () => {
  await using acme = await thaw();
  await acme.engine().apply({ why: 'make it so' });
  const engine = () => acme.engine({ store });
  const store = await losing(acme, 'acme/mtx-routes');
  const [report] = await engine().rotate({ names: ['mtx-routes'], why: 'its payload is gone' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(told(report?.findings)).toContain('warning ROTATION_SECRET_LOST');
  expect((await engine().doctor({ users: ['mtx-routes'] })).users).toMatchObject([{ status: 'ok' }]);
  expect((await store.vault.history('acme/mtx-routes')).map(({ state }) => state)).toEqual(['retired', 'current']);
});

test('lost passwords of twins are replaced one after the other', async () => {
  await using acme = await thaw();
  const manifest = 'test/fixtures/twins.yaml';
  await acme.engine({ manifest }).apply({ why: 'make it so' });
  const store = await losing({ store: await losing(acme, 'acme/ctms-deploy-a') }, 'acme/ctms-deploy-b');
  for (const user of ['ctms-deploy-b', 'ctms-deploy-a']) {
    const [report] = await acme.engine({ manifest, store }).rotate({ names: ['ctms-deploy'], why: 'gone' });
    expect(report).toMatchObject({ user, outcome: 'done' });
    expect(
      report?.findings.filter(({ code }) => code === 'ROTATION_SECRET_LOST').map(({ subject }) => subject),
    ).toContain(user);
  }
  const { users } = await acme.engine({ manifest, store }).doctor({ users: ['ctms-deploy'] });
  expect(users.map(({ status }) => status)).toEqual(['ok', 'ok']);
});

test('a lost secret of an application is replaced, too; until then due tells it as unknown and everything else as ever', async () => {
  await using world = await openBroker({ keys: { validity: '90d' } });
  await world.engine().rotate({ names: ['broker'], why: 'first' });
  const store = await losing(world.acme, 'acme/broker');
  const engine = () => world.engine({ store });
  const { due } = await engine().due({ within: 30 * DAY });
  expect(due.find(({ user }) => user === 'broker')).toMatchObject({
    status: 'unknown',
    end: { because: expect.stringContaining('is not there any more') },
  });
  expect(due.length).toBeGreaterThan(1);
  const [report] = await engine().rotate({ names: ['broker'], why: 'its payload is gone' });
  expect(report).toMatchObject({ outcome: 'done' });
  expect(told(report?.findings)).toContain('warning ROTATION_SECRET_LOST');
  expect(await world.listed()).toHaveLength(1);
  expect(await world.token(world.bao.stored()?.secret)).toBe(200);
});
