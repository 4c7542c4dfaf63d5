import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Context } from '../../src/kernel/context.ts';
import { isNews } from '../../src/kernel/errors.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { realContext, temporaryDirectory, withDatabase } from '../../src/store/store.fixture.ts';
import { type OpenStore, openStore } from '../../src/store/store.ts';
import { createOpenbao } from '../../src/systems/consumers/testing/openbao.ts';
import { payloadOptionsOf } from '../../src/systems/protocols/openbao/payload-settings.ts';
import { createPayloads } from '../../src/systems/protocols/openbao/payloads.ts';
import { ROOT_TOKEN, UNSEAL_KEY } from '../../src/systems/protocols/openbao/testing/server.ts';
import { type Acme, openAcme } from '../fixtures/acme.ts';
import { manifestOf } from '../fixtures/life.ts';
import { mortal } from '../fixtures/mortal.ts';

/** Whole rotations whose secrets lie in OpenBao, one after the other in the same world: each has to mend what was before. */

const NAME = 'acme/mtx-routes';
const manifest = manifestOf('mtx-routes');
const root = temporaryDirectory();
const settings = {
  LOCUM_VAULT_URL: 'https://bao.acme.example:8200',
  LOCUM_VAULT_NAMESPACE: 'team',
  LOCUM_VAULT_ROLE_ID: 'locum',
  LOCUM_VAULT_SECRET_ID: 'app-role-secret',
};

type Fetch = Context['fetch'];
type Fault = (send: () => Promise<Response>) => Promise<Response>;

const lost: Fault = async (send) => {
  await send();
  throw new Error('socket hang up');
};
const neverSent: Fault = async () => {
  throw new Error('socket hang up');
};
const answered = (status: number, headers: Record<string, string> = {}): Fault => {
  return async () => new Response('{"errors":["of the server"]}', { status, headers });
};
const doneAndBroken: Fault = async (send) => {
  await send();
  return new Response(null, { status: 502 });
};

/** What may come of one call to the server; a later try goes well. */
const FAULTS: readonly (readonly [string, Fault])[] = [
  ['its reply is lost', lost],
  ['it never arrives', neverSent],
  ['it is one too many', answered(429, { 'retry-after': '1' })],
  ['the server fails', answered(500)],
  ['a proxy loses the reply', doneAndBroken],
];

describe('a rotation whose secrets lie in OpenBao', () => {
  const bao = createOpenbao({ alone: true });
  let acme: Acme;
  let store: OpenStore;
  /** What every call to the server goes through. */
  let through: (send: Fetch) => Fetch = (send) => send;

  beforeAll(async () => {
    const options = payloadOptionsOf(settings);
    if (!options) throw new Error('no settings');
    const payloads = createPayloads(options, {
      ...realContext,
      sleep: async () => undefined,
      secret: async () => new Secret('app-role-secret'),
      fetch: (input, init) => through((...sent) => bao.fetch(...sent))(input, init),
    });
    store = await openStore({ directory: await withDatabase(path.join(root, 'store')), payloads }, realContext);
    acme = await openAcme({ store });
    await acme.engine({ manifest }).apply({ why: 'make it so' });
    return async () => {
      await acme[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    };
  }, 120_000);

  const rotate = () => acme.engine({ manifest }).rotate({ names: ['mtx-routes'], why: 'rotation' });

  /** Calls that one undisturbed rotation makes to the server. */
  async function callsOfOne(): Promise<number> {
    let calls = 0;
    through = (send) => (input, init) => {
      calls++;
      return send(input, init);
    };
    expect((await rotate()).map(({ outcome }) => outcome)).toEqual(['done']);
    return calls;
  }

  /** Nothing is lost, nothing is left, and nobody but the vault has a secret. */
  async function whole(after: string, said: readonly unknown[]): Promise<void> {
    through = (send) => send;
    expect(
      (await rotate()).map(({ outcome }) => outcome),
      after,
    ).toEqual(['done']);
    expect(await store.rotations.open('acme'), after).toEqual([]);
    const history = await store.vault.history(NAME);
    expect(
      history.map(({ version }) => version),
      after,
    ).toEqual(history.map((_one, at) => at + 1));
    expect(history.filter(({ state }) => state === 'current' || state === 'pending')).toHaveLength(1);
    expect((await acme.engine({ manifest }).doctor()).users, after).toMatchObject([{ status: 'ok' }]);
    const fact = { at: acme.context.now(), who: 'test', why: 'prune' };
    expect(await store.verify(fact), after).toMatchObject({ intact: true });
    expect(await store.verify(), after).toMatchObject({ intact: true, unreferenced: [] });
    const texts = JSON.stringify([[...bao.paths], await store.trail.read(), said.map(textOf)]);
    for (const { version } of history) {
      const opened = await store.vault.openVersion(NAME, version);
      expect(opened, `${after}: version ${version}`).toBeDefined();
      expect(texts.includes(opened?.secret.reveal() ?? ''), `${after}: version ${version} is told`).toBe(false);
    }
  }

  test('survives a crash after any of its effects: also between a payload and its row', {
    timeout: 600_000,
  }, async () => {
    const crash = async (limit: number) => {
      const life = mortal(limit);
      through = (send) => life.context({ ...acme.context, fetch: send }).fetch;
      const dying = createEngine({
        manifest,
        store: life.store(store),
        context: life.context(acme.context),
        env: (name) => acme.landscape.credentials()[name],
        who: 'test',
      });
      const said = await dying.rotate({ names: ['mtx-routes'], why: 'rotation' }).catch((error: unknown) => error);
      return { effects: life.effects(), said };
    };
    const { effects } = await crash(Number.POSITIVE_INFINITY);
    const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.max(1, Math.floor(effects / 6)));
    for (let point = 0; point < effects; point += every) {
      await whole(`a crash at ${point}`, [(await crash(point)).said]);
    }
  });

  test('survives that any one of its calls to the server goes wrong', { timeout: 600_000 }, async () => {
    const calls = await callsOfOne();
    // Each call meets another fault; all of them meet all within five runs of LOCUM_CRASH_EVERY=1.
    const kinds = process.env.LOCUM_CRASH_EVERY === '1' ? FAULTS.keys() : [0];
    for (const shift of kinds) {
      for (let nth = 0; nth < calls; nth++) {
        const [what, fault] = FAULTS[(nth + shift) % FAULTS.length] ?? ['', neverSent];
        let at = 0;
        through = (send) => (input, init) => (at++ === nth ? fault(() => send(input, init)) : send(input, init));
        const said = await rotate().catch((error: unknown) => error);
        // Only a login is not repeated: each may be one of few.
        const went = said instanceof Error ? (isNews(said) ? said.message : said.stack) : outcomesOf(said);
        expect(went, `${what} at call ${nth}`).toMatch(/^done$|^openbao: log on at /);
        await whole(`${what} at call ${nth}`, [said]);
      }
    }
  });

  test('stops with what to do when the server is sealed in its middle, and goes on afterwards', {
    timeout: 600_000,
  }, async () => {
    const calls = await callsOfOne();
    const every = Number(process.env.LOCUM_CRASH_EVERY ?? Math.ceil(calls / 5));
    const admin = (call: string, body: object) =>
      bao.fetch(`${settings.LOCUM_VAULT_URL}/v1/sys/${call}`, {
        method: 'POST',
        headers: { 'x-vault-token': ROOT_TOKEN },
        body: JSON.stringify(body),
      });
    for (let nth = 0; nth < calls; nth += every) {
      let at = 0;
      through = (send) => async (input, init) => {
        if (at++ === nth) expect((await admin('seal', {})).status).toBe(204);
        return send(input, init);
      };
      const said = await rotate().catch((error: unknown) => error);
      expect(textOf(said), `sealed at call ${nth}`).toMatch(/status 503/);
      expect(textOf(said), `sealed at call ${nth}`).toMatch(/unseal it/);
      expect((await admin('unseal', { key: UNSEAL_KEY })).status).toBe(200);
      await whole(`sealed at call ${nth}`, [said]);
    }
  });
});

const outcomesOf = (reports: unknown) =>
  (reports as readonly { outcome: string }[]).map(({ outcome }) => outcome).join();

/** Everything that an error or a report tells, also in its causes. */
function textOf(said: unknown): string {
  if (!(said instanceof Error)) return JSON.stringify(said);
  return `${JSON.stringify({ ...said, message: said.message, stack: said.stack })} ${said.cause ? textOf(said.cause) : ''}`;
}
