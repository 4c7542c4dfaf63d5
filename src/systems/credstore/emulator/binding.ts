import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { CredstoreStore } from './store.ts';

/** Makes a binding of the type basic with two pairs of keys (credential-store:7202e7a). @returns what the client gets */
export async function makeBinding(ctx: EmulatorContext, store: CredstoreStore, region: string) {
  const [server, client] = [await keyPair(), await keyPair()];
  const id = ctx.id();
  const password = Buffer.from(ctx.random(32)).toString('base64url');
  store.bindings.set(id, {
    id,
    password,
    region,
    serverPrivateKey: server.privateKey.toString('base64'),
    clientPublicKey: client.publicKey.toString('base64'),
  });
  return {
    username: id,
    password,
    encryption: {
      client_private_key: client.privateKey.toString('base64'),
      server_public_key: server.publicKey.toString('base64'),
    },
  };
}

function keyPair(): Promise<{ readonly publicKey: Buffer; readonly privateKey: Buffer }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
}
