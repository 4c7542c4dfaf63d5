import { expect, test } from 'vitest';
import { startEmulators } from '../../emulation/compose.ts';
import { Secret } from '../../kernel/secret.ts';
import { credstoreEmulator } from '../credstore/emulator/index.ts';
import { credentialStore } from './places/credential-store.ts';
import { AT, contextOn } from './testing/context.ts';

const target = credentialStore.target.parse({
  to: 'credentialStore',
  namespace: 'app',
  name: 'robot',
}) as Parameters<typeof credentialStore.write>[0];
const copy = (text: string, version: number) => ({
  name: 'acme/robot',
  version,
  createdAt: AT,
  login: 'robot@sap-test.de',
  secret: new Secret(text),
});

async function start(spoil: (key: string) => string = (key) => key) {
  const emulators = await startEmulators({
    emulators: [credstoreEmulator],
    seed: { credentialStore: { instances: [{ credential: 'CREDSTORE_KEY' }] } },
  });
  const ctx = await contextOn(
    {
      fetch: emulators.fetch,
      connections: { credentialStore: { main: 'env:CREDSTORE_KEY' } },
      secrets: { CREDSTORE_KEY: spoil(emulators.credentials.get('CREDSTORE_KEY') ?? '') },
      target: { to: 'credentialStore', namespace: 'app', name: 'robot' },
    },
    { now: emulators.now },
  );
  return { ctx, ...emulators };
}

test('a copy in SAP Credential Store is written, read back and replaced, encrypted on the way', async () => {
  const { ctx } = await start();
  const sent: string[] = [];
  const watched = {
    ...ctx,
    fetch: (async (input, init) => {
      sent.push(await new Request(input, init).clone().text());
      return ctx.fetch(input, init);
    }) as typeof ctx.fetch,
  };
  expect(await credentialStore.look(target, undefined, watched)).toEqual({ is: 'absent' });
  for (const [version, text] of ['secret-of-robot-1', 'sécret "2"'].entries()) {
    await credentialStore.write(target, copy(text, version + 1), watched);
    const held = await credentialStore.look(target, undefined, watched);
    expect(held).toMatchObject({ is: 'readable', login: 'robot@sap-test.de' });
    expect(held.is === 'readable' && held.secret.equals(new Secret(text))).toBe(true);
  }
  expect(sent.join()).not.toContain('secret-of-robot');
});

test.each([
  ['is no JSON', () => 'hush-hush', 'is not JSON text'],
  ['is of another service', () => '{"clientid":"hush-hush"}', 'lacks url'],
])('a service key that %s is told without what is in it', async (_case, spoil, because) => {
  const { ctx } = await start(spoil);
  const error = await credentialStore.look(target, undefined, ctx).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'ERR_CONFIG_CONNECTION', message: expect.stringContaining(because) });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hush');
});
