import { CompactEncrypt, compactDecrypt, importPKCS8, importSPKI } from 'jose';
import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { connectionOf, definePlace } from '../place.ts';
import { parseConfig } from './binding.ts';
import { credentialStoreAt, login } from './credential-store-login.ts';
import type { Send } from './rest.ts';

const connection = secretRefSchema.describe('Service key of an instance of SAP Credential Store, as JSON text');

const target = z
  .strictObject({
    to: z.literal('credentialStore'),
    connection: z.string().optional(),
    namespace: z.string().min(1).max(100),
    name: z.string().min(1).max(255).describe('Name of the password'),
  })
  .describe('A password of SAP Credential Store');
type CredentialStoreTarget = z.infer<typeof target>;

const binding = z.looseObject({
  ...login,
  encryption: z
    .looseObject({ client_private_key: z.string(), server_public_key: z.string() })
    // Payload encryption is on by default; an instance may have it switched off (credential-store:7202e7a, df3843c).
    .optional(),
});

const passwordAnswer = z.looseObject({ value: z.string(), username: z.string().optional() });

const ALGORITHMS = { alg: 'RSA-OAEP-256', enc: 'A256GCM' } as const;

/** A password in a namespace; bodies travel as compact JWE. */
export const credentialStore = definePlace<CredentialStoreTarget>({
  kind: 'credentialStore',
  target,
  connection,
  title: ({ namespace, name }) => `${namespace}/${name} in Credential Store`,
  segments: ({ connection: instance = '', namespace, name }) => [instance, namespace, name],

  async look(declared, _expected, ctx) {
    const { send, open } = await session(declared, ctx);
    const response = await send({
      operation: 'read password',
      url: `password?${new URLSearchParams({ name: declared.name })}`,
      expect: [200, 404],
    });
    if (response.status === 404) return { is: 'absent' };
    const { value, username } = passwordAnswer.parse(JSON.parse(await open(await response.text())));
    return { is: 'readable', secret: new Secret(value), ...(username === undefined ? {} : { login: username }) };
  },

  async write(declared, { name: vaultName, version, login: username, secret }, ctx) {
    const { send, seal, contentType } = await session(declared, ctx);
    const body = JSON.stringify({
      name: declared.name,
      value: secret.reveal(),
      ...(username === undefined ? {} : { username }),
      // The service keeps no versions: who looks there sees which one it is.
      metadata: `locum ${vaultName} version ${version}`,
    });
    await send({
      operation: 'write password',
      method: 'POST',
      url: 'password',
      headers: { 'content-type': contentType },
      body: await seal(body),
      expect: [200, 201],
    });
    return { password: `${declared.namespace}/${declared.name}` };
  },

  async remove(declared, _copy, ctx) {
    const { send } = await session(declared, ctx);
    await send({
      operation: 'delete password',
      method: 'DELETE',
      url: `password?${new URLSearchParams({ name: declared.name })}`,
      expect: [204, 404],
    });
    return { password: `${declared.namespace}/${declared.name}` };
  },
});

interface Session {
  readonly send: Send;
  readonly contentType: string;
  seal(text: string): Promise<string>;
  open(text: string): Promise<string>;
}

function session(declared: CredentialStoreTarget, ctx: SystemContext): Promise<Session> {
  const { name, connection: ref } = connectionOf('credentialStore', connection, declared, ctx.manifest);
  // A token is for one namespace.
  return ctx.memo(`consumers/credentialStore/${name}/${declared.namespace}`, async () => {
    const key = parseConfig(binding, await ctx.secret(ref), `connections.credentialStore.${name}`);
    const { encryption } = key;
    const send = await credentialStoreAt(key, declared.namespace, name, ctx);
    if (!encryption) {
      const plain = async (text: string) => text;
      return { send, contentType: 'application/json', seal: plain, open: plain };
    }
    // The binding has the keys without their armour.
    const server = await importSPKI(armoured('PUBLIC KEY', encryption.server_public_key), ALGORITHMS.alg);
    const client = await importPKCS8(armoured('PRIVATE KEY', encryption.client_private_key), ALGORITHMS.alg);
    return {
      send,
      contentType: 'application/jose',
      seal: (text) =>
        new CompactEncrypt(new TextEncoder().encode(text))
          // More than two minutes old it is refused (credential-store:7202e7a).
          .setProtectedHeader({ ...ALGORITHMS, iat: Math.floor(ctx.now() / 1000) })
          .encrypt(server),
      open: async (text) => {
        try {
          const { plaintext } = await compactDecrypt(text, client, {
            keyManagementAlgorithms: [ALGORITHMS.alg],
            contentEncryptionAlgorithms: [ALGORITHMS.enc],
          });
          return new TextDecoder().decode(plaintext);
        } catch {
          // What the library says may hold a part of the answer.
          throw new RemoteError('ERR_REMOTE_BROKEN', {
            system: 'credentialStore',
            operation: 'decrypt the answer',
            status: 200,
            remedy: `check encryption.client_private_key of connections.credentialStore.${name}`,
          });
        }
      },
    };
  });
}

function armoured(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64.replace(/\s/g, '')}\n-----END ${label}-----`;
}
