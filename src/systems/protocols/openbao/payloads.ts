import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ConfigError, RemoteError } from '../../../kernel/errors.ts';
import type { PayloadPlace, PayloadReference, Payloads } from '../../../kernel/ports.ts';
import { type Answer, answerOf } from '../http/answer.ts';
import type { HttpCall } from '../http/client.ts';
import { bodyOf, encodedPath, lackingAt, type OpenbaoConnection, type OpenbaoContext, openSession } from './client.ts';
import { loginEnd } from './login-end.ts';

export interface PayloadOptions {
  readonly connection: OpenbaoConnection;
  /** Where the KV version 2 engine is mounted. */
  readonly mount: string;
  /** Path below the mount that is Locum's. */
  readonly prefix: string;
}

/** What we read of `GET /v1/:mount/data/:path` (openbao.org/api-docs/secret/kv/kv-v2). */
const readAnswer = z.looseObject({
  data: z.looseObject({
    // Null when the version was deleted or destroyed.
    data: z.looseObject({ sealed: z.base64().max(2_000_000) }).nullable(),
    metadata: z.looseObject({ version: z.number() }),
  }),
});
const writeAnswer = z.looseObject({ data: z.looseObject({ version: z.number() }) });
const listAnswer = z.looseObject({ data: z.looseObject({ keys: z.array(z.string()) }) });

/** Sealed texts in a KV version 2 engine, each under the key `sealed` of a path of its own. */
export function createPayloads({ connection, mount, prefix }: PayloadOptions, ctx: OpenbaoContext): Payloads {
  const session = openSession(connection, ctx);
  const send = (call: HttpCall): Promise<Answer> =>
    session.send(call).catch((error: unknown) => Promise.reject(placed(error, call.operation)));

  /** The error with the place in it and what to do about it. */
  function placed(error: unknown, operation: string): unknown {
    if (!(error instanceof RemoteError)) return error;
    return error.retold({
      cause: error,
      operation: `${operation} at ${connection.url}`,
      // Who answers in the place of the server says nothing of it.
      ...(error.code === 'ERR_REMOTE_CREDENTIALS' || error.status === 200 ? {} : { remedy: remedyOf(error.status) }),
    });
  }

  function remedyOf(status: number | undefined): string {
    if (status === 403)
      return `give the login of Locum's vault a policy with create, read, delete and list below ${mount}/data/${prefix} and ${mount}/metadata/${prefix}`;
    if (status === 503) return 'the server is sealed or not active: unseal it, then run this again';
    if (status === undefined) return `check that ${new URL(connection.url).host} is reachable (LOCUM_VAULT_URL)`;
    if (status >= 500) return 'the server is in trouble: run this again later';
    return `check LOCUM_VAULT_MOUNT, LOCUM_VAULT_PREFIX and the login, and that the engine at ${mount} is KV version 2`;
  }

  const nameOf = (place: PayloadPlace) => `${place.mount}/${place.path}`;

  async function read(place: PayloadPlace, version?: number): Promise<z.infer<typeof readAnswer>['data'] | undefined> {
    const query = version === undefined ? '' : `?version=${version}`;
    const response = await send({
      operation: `read payload ${nameOf(place)}`,
      url: `${dataPath(place)}${query}`,
      expect: [200, 404],
    });
    const body = readAnswer.safeParse(await bodyOf(response));
    if (body.success) return body.data.data;
    if (response.status === 404) return undefined;
    throw new ConfigError('ERR_STORE_CORRUPT', `${nameOf(place)} holds no payload of Locum`, {
      remedy: `check that the engine at ${mount} is KV version 2, and that nobody else writes there`,
    });
  }

  async function write(place: PayloadPlace, text: string, digest: string): Promise<number> {
    const call: HttpCall = {
      operation: `write payload ${nameOf(place)}`,
      method: 'POST',
      url: dataPath(place),
      // 0: only where nothing was ever written. A late or repeated write changes nothing.
      body: JSON.stringify({ options: { cas: 0 }, data: { sealed: text } }),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        return (await answerOf(writeAnswer, await send(call))).data.version;
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        const lost = error.outcome === 'unknown';
        // It may have arrived late: then it is there by now, and changing it is a right that we do not have.
        const there = error.status === 400 || (attempt > 1 && error.status === 403);
        if (!lost && !there) throw error;
        const kept = await read(place);
        if (kept?.data && digestOf(Buffer.from(kept.data.sealed, 'base64')) === digest) return kept.metadata.version;
        if (there || attempt === 2) throw error;
      }
    }
  }

  return {
    loginEnd: () => loginEnd(connection, session, ctx),

    async ready() {
      const lacking = await lackingAt(`${mount}/data/${prefix}/locum`, ['create', 'read'], send);
      if (lacking.length === 0) return;
      throw new RemoteError('ERR_REMOTE_FORBIDDEN', {
        system: 'openbao',
        operation: `write below ${mount}/${prefix} at ${connection.url}`,
        status: 403,
        remedy: remedyOf(403),
      });
    },

    async put(path, sealed) {
      const place = { mount, path: `${prefix}/${path}` };
      const digest = digestOf(sealed);
      const version = await write(place, Buffer.from(sealed).toString('base64'), digest);
      return { kv2: { ...place, version, digest } };
    },

    async get({ kv2 }: PayloadReference) {
      const kept = await read(kv2, kv2.version);
      const gone = `the payload ${nameOf(kv2)} (version ${kv2.version}) at ${connection.url}`;
      if (!kept?.data) {
        throw new ConfigError('ERR_STORE_CORRUPT', `${gone} is not there any more`, {
          remedy:
            'undelete it there or restore that server, or rotate the secret; a backup of Locum made before has it',
        });
      }
      const sealed = Buffer.from(kept.data.sealed, 'base64');
      if (digestOf(sealed) === kv2.digest) return sealed;
      throw new ConfigError('ERR_STORE_CORRUPT', `${gone} is not the one that was written`, {
        remedy: 'find out who changed it, then restore a backup or rotate the secret',
      });
    },

    async remove(place) {
      await send({
        operation: `remove payload ${nameOf(place)}`,
        method: 'DELETE',
        url: metadataPath(place),
        expect: [204, 404],
      });
    },

    async list(path) {
      const found: PayloadPlace[] = [];
      const walk = async (below: string): Promise<void> => {
        const response = await send({
          operation: `list payloads below ${mount}/${below}`,
          url: `${metadataPath({ mount, path: below })}?list=true`,
          expect: [200, 404],
        });
        if (response.status === 404) return;
        for (const key of (await answerOf(listAnswer, response)).data.keys) {
          if (key.endsWith('/')) await walk(`${below}/${key.slice(0, -1)}`);
          else found.push({ mount, path: `${below}/${key}` });
        }
      };
      await walk(`${prefix}/${path}`);
      return found;
    },
  };
}

function dataPath({ mount, path }: PayloadPlace): string {
  return `${encodedPath(mount)}/data/${encodedPath(path)}`;
}

function metadataPath({ mount, path }: PayloadPlace): string {
  return `${encodedPath(mount)}/metadata/${encodedPath(path)}`;
}

function digestOf(sealed: Uint8Array): string {
  return createHash('sha256').update(sealed).digest('hex');
}
