import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import type { LoginEnd } from '../../../kernel/ports.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { answerOf } from '../../protocols/http/answer.ts';
import { httpsUrl, slashed } from '../../protocols/http/grammar.ts';
import { bodyOf, encodedPath, lackingAt, openSession, type Send } from '../../protocols/openbao/client.ts';
import { loginEnd } from '../../protocols/openbao/login-end.ts';
import { connectionOf, definePlace } from '../place.ts';

const connection = z
  .strictObject({
    url: httpsUrl.describe('Address of the server, e.g. https://bao.acme.example:8200'),
    namespace: z.string().min(1).optional().describe('Namespace that all paths are in'),
    token: secretRefSchema.optional(),
    appRole: z
      .strictObject({ mount: slashed.default('approle'), roleId: z.string().min(1), secretId: secretRefSchema })
      .optional(),
    jwt: z.strictObject({ mount: slashed.default('jwt'), role: z.string().min(1), token: secretRefSchema }).optional(),
  })
  .refine(
    ({ token, appRole, jwt }) => [token, appRole, jwt].filter((way) => way !== undefined).length === 1,
    'a connection logs on by exactly one of token, appRole, jwt',
  );

const target = z
  .strictObject({
    to: z.literal('openbao'),
    connection: z.string().optional(),
    mount: slashed.default('secret').describe('Where the KV version 2 engine is mounted'),
    path: slashed.describe('Path of the secret below the mount'),
    userKey: z.string().min(1).default('username').describe('Key that gets the login name'),
    passwordKey: z.string().min(1).default('password').describe('Key that gets the password'),
  })
  .describe('A secret of OpenBao or HashiCorp Vault, KV version 2');
type OpenbaoTarget = z.infer<typeof target>;

/** What we read of `GET /v1/:mount/data/:path` (openbao.org/api-docs/secret/kv/kv-v2). */
const readAnswer = z.looseObject({
  data: z.looseObject({
    // Null when the newest version was deleted; the version number goes on counting.
    data: z.record(z.string(), z.unknown()).nullable(),
    metadata: z.looseObject({ version: z.number() }),
  }),
});
const writeAnswer = z.looseObject({ data: z.looseObject({ version: z.number() }) });

interface Kept {
  readonly data: Readonly<Record<string, unknown>>;
  /** 0 = the path was never written. */
  readonly version: number;
}

/** A path of a KV version 2 engine. Other keys of the path stay as they are. */
export const openbao = definePlace<OpenbaoTarget>({
  kind: 'openbao',
  target,
  connection,
  title: ({ mount, path }) => `${mount}/${path} in OpenBao`,
  segments: ({ connection: name = '', mount, path }) => [name, mount, path],

  async look(declared, _expected, ctx) {
    const { data } = await read((await connected(declared, ctx)).session.send, declared);
    const secret = data[declared.passwordKey];
    const login = data[declared.userKey];
    if (typeof secret !== 'string') return { is: 'absent' };
    return { is: 'readable', secret: new Secret(secret), ...(typeof login === 'string' ? { login } : {}) };
  },

  async write(declared, { login, secret }, ctx) {
    const send = (await connected(declared, ctx)).session.send;
    const { data, version } = await read(send, declared);
    const wanted = {
      ...data,
      ...(login === undefined ? {} : { [declared.userKey]: login }),
      [declared.passwordKey]: secret.reveal(),
    };
    if (Object.entries(wanted).every(([key, value]) => data[key] === value)) return { version, written: false };
    const response = await send({
      operation: 'write secret',
      method: 'POST',
      url: dataPath(declared),
      // Whoever wrote meanwhile must not be overwritten unseen: the version that was read has to be the newest still.
      body: JSON.stringify({ options: { cas: version }, data: wanted }),
    });
    return { version: (await answerOf(writeAnswer, response)).data.version, written: true };
  },

  async refusal(declared, ctx) {
    const { send } = (await connected(declared, ctx)).session;
    const { version } = await read(send, declared);
    const path = `${declared.mount}/data/${declared.path}`;
    const lacking = await lackingAt(path, [version === 0 ? 'create' : 'update'], send).catch((error: unknown) => {
      // Who may not ask may still write.
      if (error instanceof RemoteError && error.status === 403) return [];
      throw error;
    });
    if (lacking.length === 0) return undefined;
    const rights = lacking.join(' and ');
    return { because: `its login lacks ${rights} there`, remedy: `give the login a policy with ${rights} on ${path}` };
  },

  async remove(declared, _copy, ctx) {
    const send = (await connected(declared, ctx)).session.send;
    const { data, version } = await read(send, declared);
    const { [declared.userKey]: _login, [declared.passwordKey]: secret, ...others } = data;
    if (secret === undefined) return { path: declared.path, versions: 'none has it' };
    if (Object.keys(others).length === 0) {
      // A deleted version can be brought back, and older ones hold what may be valid still: the path goes as a whole.
      const url = `${encodedPath(declared.mount)}/metadata/${encodedPath(declared.path)}`;
      await send({ operation: 'delete secret', method: 'DELETE', url, expect: [204] });
      return { path: declared.path, versions: 'destroyed' };
    }
    await send({
      operation: 'write secret',
      method: 'POST',
      url: dataPath(declared),
      body: JSON.stringify({ options: { cas: version }, data: others }),
    });
    return { path: declared.path, versions: 'older ones are kept, for the keys of others' };
  },
});

function dataPath({ mount, path }: OpenbaoTarget): string {
  return `${encodedPath(mount)}/data/${encodedPath(path)}`;
}

async function read(send: Send, declared: OpenbaoTarget): Promise<Kept> {
  const response = await send({ operation: 'read secret', url: dataPath(declared), expect: [200, 404] });
  const known = readAnswer.safeParse(await bodyOf(response));
  if (known.success) return { data: known.data.data.data ?? {}, version: known.data.data.metadata.version };
  if (response.status === 404) return { data: {}, version: 0 };
  throw new RemoteError('ERR_REMOTE_BROKEN', {
    system: 'openbao',
    operation: 'read secret',
    status: response.status,
    remedy: `check that the engine at ${declared.mount} is KV version 2`,
  });
}

/** When that ends which a connection logs on with; undefined when it is new each time. */
export async function loginEndOf(name: string, ctx: SystemContext): Promise<LoginEnd | undefined> {
  const { chosen, session } = await connected({ connection: name }, ctx);
  return loginEnd(chosen, session, ctx);
}

/** Calls relative to `/v1/`; one login per connection and run. */
async function connected(declared: Pick<OpenbaoTarget, 'connection'>, ctx: SystemContext) {
  const { name, connection: chosen } = connectionOf(
    'openbao',
    connection,
    { to: 'openbao', ...declared },
    ctx.manifest,
  );
  return { chosen, session: await ctx.memo(`consumers/openbao/${name}`, async () => openSession(chosen, ctx)) };
}
