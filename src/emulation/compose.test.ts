import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { startEmulators } from './compose.ts';
import type { EmulatorDefinition } from './emulator.ts';
import { type HostEnv, mount } from './mount.ts';

/** An emulator with one route on a host; `eager` reads the body of every request before it looks at the route. */
function emulator(id: string, path: string, eager = false): EmulatorDefinition {
  return {
    id,
    create: () => {
      const app = new Hono<HostEnv>();
      app.use('*', async (c, next) => {
        if (eager) await c.req.raw.text();
        await next();
      });
      app.post(path, async (c) => c.text(`${id} of ${c.env.tenant} got ${await c.req.text()}`));
      return { mounts: [mount('{tenant}.host.example', () => ['one.host.example'], app)], seed: async () => {} };
    },
  };
}

const send = { method: 'POST', body: 'hello' };

test('two emulators share a host: the second gets what the first has no route for, with its body', async () => {
  const { fetch } = await startEmulators({ emulators: [emulator('a', '/a', true), emulator('b', '/b')], seed: {} });
  expect(await (await fetch('https://one.host.example/b', send)).text()).toBe('b of one got hello');
});

test('a route that no emulator has is 501 with method and URL, never a guess', async () => {
  const { fetch } = await startEmulators({ emulators: [emulator('a', '/a')], seed: {} });
  const response = await fetch('https://one.host.example/x?y=1', send);
  expect(response.status).toBe(501);
  expect(await response.text()).toBe('not emulated: POST https://one.host.example/x?y=1');
});

test('a host that does not exist fails as DNS does, although the pattern fits', async () => {
  const { fetch } = await startEmulators({ emulators: [emulator('a', '/a')], seed: {} });
  await expect(fetch('https://two.host.example/a', send)).rejects.toMatchObject({
    message: 'fetch failed',
    cause: { code: 'ENOTFOUND' },
  });
});
