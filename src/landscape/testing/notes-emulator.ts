import { Hono } from 'hono';
import { z } from 'zod';
import type { EmulatorDefinition } from '../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../emulation/mount.ts';

const seed = z.strictObject({
  /** Hosts `<name>.notes.example` that exist at the beginning. */
  boards: z.array(z.string()),
  /** Name of the credential that writing needs; absent = nobody asks. */
  credential: z.string().optional(),
});

/** A service that exists nowhere, with just what a landscape can do to a service. */
export const notesEmulator: EmulatorDefinition = {
  id: 'notes',
  seed: { key: 'notes', schema: seed },
  create(ctx) {
    const boards = ctx.state.collection<{ readonly name: string }>('notes/boards');
    const notes = ctx.state.collection<string>('notes/notes');
    const ticks = ctx.state.collection<number>('notes/ticks');
    const app = new Hono<HostEnv>();

    app.get('/notes', (c) => c.json([...notes.values()]));
    app.post('/notes', async (c) => {
      notes.set(ctx.id(), await c.req.text());
      return c.json({ count: notes.size }, 201);
    });
    // Writes back what it read before it waited.
    app.patch('/notes', async (c) => {
      const before = [...notes.values()];
      await ctx.aside(() => new Promise((resolve) => setImmediate(resolve)));
      notes.set('all', `${before.join()}+${await c.req.text()}`);
      return c.body(null, 204);
    });
    app.put('/notes', (c) => {
      for (const key of [...notes.keys()]) notes.delete(key);
      return c.body(null, 204);
    });
    // Two documents in one request, with other work between them: a kill must never leave one alone.
    app.post('/pairs', async (c) => {
      const id = ctx.id();
      notes.set(`${id}/left`, id);
      await new Promise((resolve) => setImmediate(resolve));
      notes.set(`${id}/right`, id);
      return c.json({ id }, 201);
    });
    // The service lets its caller wait, as a rate limit does.
    app.post('/naps', async (c) => {
      await ctx.sleep(1000);
      notes.set(ctx.id(), 'slept');
      return c.body(null, 204);
    });
    app.post('/boards', async (c) => {
      const { name } = z.object({ name: z.string() }).parse(await c.req.json());
      boards.set(name, { name });
      return c.json({ self: `https://${name}.notes.example/notes` }, 201);
    });
    app.get('/links', (c) => {
      const { host, origin } = new URL(c.req.url);
      c.header('link', `<${origin}/next>; rel="next"`);
      c.header('set-cookie', `session=1; Domain=${host}; Path=/; Secure; HttpOnly`);
      return c.json({
        self: `${origin}/links`,
        other: 'https://elsewhere.example/x',
        login: `https://a.notes.example/login?redirect_uri=${encodeURIComponent(`${origin}/back?x=1`)}`,
        token: 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2Eubm90ZXMuZXhhbXBsZSJ9.',
      });
    });
    app.get('/away', (c) => c.redirect(`https://b.notes.example/notes?from=${c.env.board}`));
    app.post('/moved', (c) => c.redirect('https://b.notes.example/echo', 308));
    app.all('/echo', async (c) =>
      c.json({ method: c.req.method, url: c.req.url, headers: c.req.header(), body: await c.req.text() }),
    );
    app.get('/bytes', (c) => c.body(new Uint8Array([104, 116, 116, 112, 0, 255]), 200, { 'content-type': 'image/x' }));
    app.get('/relay', async (c) => {
      const to = c.req.query('to') ?? '';
      try {
        return c.json({ status: (await ctx.fetch(to)).status });
      } catch (error) {
        return c.json({ failed: error instanceof Error && error.cause instanceof Error && error.cause.message }, 502);
      }
    });
    app.get('/time', (c) => c.json({ now: ctx.now(), ticks: ticks.get('all') ?? 0 }));

    return {
      mounts: [mount('{board}.notes.example', () => [...boards.keys()].map((name) => `${name}.notes.example`), app)],
      async seed(part) {
        const { boards: names, credential } = seed.parse(part);
        for (const name of names) boards.set(name, { name });
        if (credential) ctx.credentials.password(credential);
      },
      async tick() {
        ticks.set('all', (ticks.get('all') ?? 0) + 1);
      },
    };
  },
};

export const notesSeed = { notes: { boards: ['a', 'b'], credential: 'NOTES_PASSWORD' } };
