import { LOGIN, passwordOf, startTestLandscape, UAA } from '../../../src/systems/cf/emulator/testing/landscape.ts';
import { adminClient } from '../../../src/systems/cf/emulator/testing/uaa.ts';
import type { World } from '../scenarios/step.ts';
import { neighbourNames } from './neighbours.ts';

/** The emulated UAA of a landscape of its own. */
export async function emulatedUaa(): Promise<World> {
  const emulators = await startTestLandscape({
    switches: { 'cf.uaaFailsItself': true },
    cf: {
      uaaClients: [
        { ...adminClient, scopes: ['uaa.none'], authorities: [...adminClient.authorities, 'idps.read', 'idps.write'] },
      ],
    },
  });
  const names = await neighbourNames(emulators);
  names.set('admin-secret', passwordOf(emulators, 'ADMIN'));
  names.set('root-password', passwordOf(emulators, 'ROOT_PASSWORD'));
  return {
    names,
    send: ({ host, path, body, ...init }) =>
      emulators.fetch(`${host === 'login' ? LOGIN : UAA}${path}`, {
        ...init,
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      }),
    async wait(seconds) {
      emulators.advance(seconds * 1000);
    },
    async [Symbol.asyncDispose]() {},
  };
}
