import { createBaoServer, ROOT_TOKEN, UNSEAL_KEY } from '../../../src/systems/protocols/openbao/testing/server.ts';
import { aSetup } from '../../../src/systems/protocols/openbao/testing/setup.ts';
import type { World } from '../scenarios/step.ts';

const URL = 'https://bao.acme.example:8200';

/** The double of the tests, as it begins. */
export async function emulatedBao(): Promise<World> {
  let now = Date.UTC(2026, 10, 21);
  const { setup, names } = await aSetup(now);
  const server = createBaoServer(setup, () => now);
  return {
    names: new Map([...names, ['root', ROOT_TOKEN], ['unseal-key', UNSEAL_KEY]]),
    send: ({ method, path, headers, body }) =>
      server.fetch(`${URL}${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
    async wait(seconds) {
      now += seconds * 1000;
    },
    async [Symbol.asyncDispose]() {},
  };
}
