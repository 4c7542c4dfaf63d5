import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { answerOf } from '../../protocols/http/answer.ts';
import { httpsUrl } from '../../protocols/http/grammar.ts';
import { connectionOf, definePlace } from '../place.ts';
import { pathOf, type Send, serviceAt } from './rest.ts';

const connection = z.strictObject({
  url: httpsUrl.describe('Address of the API server'),
  token: secretRefSchema.describe('Token of a ServiceAccount that may create secrets, and get and patch this one'),
  ca: secretRefSchema.optional().describe('Certificate of the authority of the API server, PEM'),
});

const name = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'lower case letters, digits, dots and dashes');
const key = z.string().regex(/^[A-Za-z0-9._-]{1,253}$/, 'letters, digits, dots, dashes and underscores');
const target = z
  .strictObject({
    to: z.literal('kubernetes'),
    connection: z.string().optional(),
    namespace: name,
    name: name.describe('Name of the Secret'),
    userKey: key.default('username'),
    passwordKey: key.default('password'),
    type: z
      .string()
      .regex(/^[\w./-]{1,253}$/)
      .optional()
      .describe('Type of the Secret, such as kubernetes.io/basic-auth; a Secret never changes it'),
  })
  .describe('A Secret of a Kubernetes cluster, such as one of Kyma');
type KubernetesTarget = z.infer<typeof target>;

/** kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1 */
const secretAnswer = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
});

/** Who we are among those who write parts of the Secret: others keep their keys. */
const FIELD_MANAGER = 'locum';

/** A Secret, by server-side apply: one call that creates or changes it, and changes nothing when it is so already. */
export const kubernetes = definePlace<KubernetesTarget>({
  kind: 'kubernetes',
  target,
  connection,
  title: ({ namespace, name: secret }) => `Secret ${namespace}/${secret}`,
  segments: ({ connection: cluster = '', namespace, name: secret }) => [cluster, namespace, secret],

  async look(declared, _expected, ctx) {
    const send = await cluster(declared, ctx);
    const response = await send({ operation: 'read Secret', url: path(declared), expect: [200, 404] });
    if (response.status === 404) return { is: 'absent' };
    const { data = {} } = await answerOf(secretAnswer, response);
    const [secret, login] = [data[declared.passwordKey], data[declared.userKey]];
    if (secret === undefined) return { is: 'absent' };
    return {
      is: 'readable',
      secret: new Secret(decoded(secret)),
      ...(login === undefined ? {} : { login: decoded(login) }),
    };
  },

  async write(declared, { login, secret }, ctx) {
    const send = await cluster(declared, ctx);
    const response = await send({
      operation: 'apply Secret',
      method: 'PATCH',
      url: `${path(declared)}?fieldManager=${FIELD_MANAGER}&force=true`,
      // JSON is YAML; this media type is what makes it a server-side apply.
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: declared.name, namespace: declared.namespace },
        ...(declared.type === undefined ? {} : { type: declared.type }),
        data: {
          ...(login === undefined ? {} : { [declared.userKey]: encoded(login) }),
          [declared.passwordKey]: encoded(secret.reveal()),
        },
      }),
      expect: [200, 201, 422],
    });
    if (response.status === 422) {
      throw new RemoteError('ERR_REMOTE_REFUSED', {
        system: 'kubernetes',
        operation: 'apply Secret',
        status: 422,
        // Also what a type of Secret demands (kubernetes.io/docs/concepts/configuration/secret, *Types of Secret*).
        remedy: `see whether ${declared.namespace}/${declared.name} is immutable, or of another type: then it has to be deleted and made anew`,
      });
    }
    return { secret: `${declared.namespace}/${declared.name}`, created: response.status === 201 };
  },

  async remove(declared, _copy, ctx) {
    const send = await cluster(declared, ctx);
    const secret = `${declared.namespace}/${declared.name}`;
    const response = await send({ operation: 'read Secret', url: path(declared), expect: [200, 404] });
    if (response.status === 404) return { secret, deleted: false };
    const { data = {}, metadata } = await answerOf(secretAnswer, response);
    const mine = [declared.userKey, declared.passwordKey];
    // On condition of what was read: a key that somebody adds meanwhile must not go with ours.
    const { resourceVersion } = metadata;
    const alone = Object.keys(data).every((name) => mine.includes(name));
    await send(
      alone
        ? {
            operation: 'delete Secret',
            method: 'DELETE',
            url: path(declared),
            body: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { resourceVersion } }),
            expect: [200, 202, 404],
          }
        : {
            operation: 'take keys out of Secret',
            method: 'PATCH',
            url: path(declared),
            headers: { 'content-type': 'application/merge-patch+json' },
            body: JSON.stringify({
              metadata: { resourceVersion },
              data: Object.fromEntries(mine.map((name) => [name, null])),
            }),
          },
    );
    return { secret, deleted: alone };
  },
});

function path({ namespace, name: secret }: KubernetesTarget): string {
  return pathOf('api', 'v1', 'namespaces', namespace, 'secrets', secret);
}

function cluster(declared: KubernetesTarget, ctx: SystemContext): Promise<Send> {
  const { name: known, connection: chosen } = connectionOf('kubernetes', connection, declared, ctx.manifest);
  return ctx.memo(`consumers/kubernetes/${known}`, async () => {
    const ca = chosen.ca === undefined ? undefined : (await ctx.secret(chosen.ca)).reveal();
    const tls = ca === undefined ? {} : { tls: { ca } };
    const send = serviceAt({ system: 'kubernetes', url: chosen.url, headers: {}, ...tls }, ctx);
    return async (call) => {
      // In a pod the token is replaced in its file before it ends: whoever keeps the first one is refused an hour later.
      const token = await ctx.secret(chosen.token);
      return send({ ...call, headers: { ...call.headers, authorization: `Bearer ${token.reveal()}` } });
    };
  });
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
