import assert from 'node:assert/strict';
import path from 'node:path';
import { z } from 'zod';
import { Secret } from '../../../src/kernel/secret.ts';
import { credentialStore } from '../../../src/systems/consumers/places/credential-store.ts';
import { github } from '../../../src/systems/consumers/places/github.ts';
import { AT, contextOn } from '../../../src/systems/consumers/testing/context.ts';
import { json, router } from '../../../src/systems/consumers/testing/double.ts';
import type { Client } from '../client.ts';
import type { ConformanceLandscape } from '../landscape.ts';
import { complaintOf, findProgram, run } from '../programs.ts';
import { CREDENTIAL } from '../seed.ts';
import { Skip } from '../skip.ts';

const SCRIPT = path.join(import.meta.dirname, 'secret-stores.py');
const SECRET = 'sécret "of" Locum\n';
const FOLDER = 'https://api.github.com/repos/acme/app/actions/secrets';

const keys = z.object({ private: z.string(), public: z.string() });
const opened = z.object({ text: z.string() });
const password = z.looseObject({ value: z.string(), username: z.string(), metadata: z.string().optional() });
const answer = z.object({ status: z.number(), password: password.optional() });

type Ask = <S extends z.ZodType>(act: string, given: object, schema: S) => Promise<z.infer<S>>;

/** Opens and closes what Locum delivers with libraries of another language: PyNaCl, which GitHub names, and jwcrypto. */
export const secretStores: Client = {
  name: 'PyNaCl and jwcrypto · secrets delivered',
  licence: 'Apache-2.0, LGPL-3.0',
  free: false,
  async run(landscape, step) {
    const python = await findProgram(['python3', 'python'], { variable: 'LOCUM_SECRETS_PYTHON' });
    if (python === undefined) throw new Skip('no python3 on the PATH, and LOCUM_SECRETS_PYTHON names none');
    const { code: missing } = await run(python, ['-c', 'import nacl, jwcrypto'], { env: {} });
    if (missing !== 0) throw new Skip('no packages pynacl and jwcrypto in this Python');
    const ask: Ask = async (act, given, schema) => {
      const input = JSON.stringify(given);
      const { code, stdout, stderr } = await run(python, [SCRIPT, act], { env: landscape.environment, input });
      if (code !== 0) throw new Error(complaintOf(stderr));
      return schema.parse(JSON.parse(stdout));
    };
    await step('opens a secret sealed for GitHub', () => sealedBox(ask));
    await encryptedPayloads(landscape, ask, step);
  },
};

async function sealedBox(ask: Ask): Promise<void> {
  const pair = await ask('make-keys', {}, keys);
  const boxes: string[] = [];
  const target = { to: 'github', repository: 'acme/app', passwordSecret: 'CF_PASSWORD' } as const;
  const ctx = await contextOn({
    fetch: router({
      [`GET ${FOLDER}/public-key`]: () => json(200, { key_id: '1', key: pair.public }),
      [`PUT ${FOLDER}/:name`]: async (request) => {
        boxes.push(z.object({ encrypted_value: z.string() }).parse(await request.json()).encrypted_value);
        return json(201, {});
      },
    }),
    connections: { github: { main: { token: 'env:TOKEN' } } },
    secrets: { TOKEN: 't' },
    target,
  });
  await github.write(target, copyOf(SECRET), ctx);
  assert.deepEqual(await ask('open-box', { private: pair.private, box: boxes[0] }, opened), { text: SECRET });
}

async function encryptedPayloads(
  landscape: ConformanceLandscape,
  ask: Ask,
  step: Parameters<Client['run']>[1],
): Promise<void> {
  const key = landscape.credential(CREDENTIAL.credentialStore);
  const target = { to: 'credentialStore', namespace: 'app', name: 'robot' } as const;
  const ctx = await contextOn(
    {
      fetch: landscape.fetch,
      connections: { credentialStore: { main: 'env:KEY' } },
      secrets: { KEY: key },
      target,
    },
    { now: () => Date.now() },
  );
  const binding: unknown = JSON.parse(key);
  const given = { binding, namespace: 'app', name: 'robot' };
  await step('reads what Locum wrote into Credential Store', async () => {
    await credentialStore.write(target, copyOf(SECRET), ctx);
    assert.deepEqual(
      await ask(
        'read',
        given,
        answer.transform(({ password: one }) => [one?.value, one?.username]),
      ),
      [SECRET, 'robot@sap-test.de'],
    );
  });
  await step('Locum reads what it wrote there', async () => {
    const written = await ask('write', { ...given, value: `${SECRET}!`, username: 'another' }, answer);
    assert.deepEqual([written.status, written.password?.value], [200, `${SECRET}!`]);
    const held = await credentialStore.look(target, undefined, ctx);
    assert.ok(held.is === 'readable' && held.login === 'another' && held.secret.equals(new Secret(`${SECRET}!`)));
  });
  await step('an old payload is refused', async () => {
    const written = await ask('write', { ...given, value: 'late', username: 'another', age: 150 }, answer);
    assert.deepEqual(written, { status: 400 });
  });
  await step('another namespace has nothing', async () => {
    assert.deepEqual(await ask('read', { ...given, namespace: 'other' }, answer), { status: 404 });
  });
}

function copyOf(text: string) {
  return { name: 'acme/robot', version: 1, createdAt: AT, login: 'robot@sap-test.de', secret: new Secret(text) };
}
