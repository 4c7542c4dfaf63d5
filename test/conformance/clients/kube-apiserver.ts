import assert from 'node:assert/strict';
import { RemoteError } from '../../../src/kernel/errors.ts';
import { Secret } from '../../../src/kernel/secret.ts';
import type { SystemContext } from '../../../src/kernel/system.ts';
import { kubernetes } from '../../../src/systems/consumers/places/kubernetes.ts';
import { AT, contextOn } from '../../../src/systems/consumers/testing/context.ts';
import { kubernetesDescription } from '../../../src/systems/consumers/testing/descriptions/kubernetes.ts';
import { judge } from '../../../src/systems/consumers/testing/judge.ts';
import type { Client, Step } from '../client.ts';
import { type Cluster, startCluster } from '../kubernetes.ts';

const SECRET = 'api/v1/namespaces/app/secrets/robot';
const LOGIN = 'robot@sap-test.de';
type Target = Parameters<typeof kubernetes.write>[0];

const RBAC = 'rbac.authorization.k8s.io';

/**
 * Here the server is foreign and Locum the client: what it sends when it delivers into a Secret. What the server answers is
 * held against what the double of the tests is held against.
 */
export const kubeApiserver: Client = {
  name: 'kube-apiserver · Secrets',
  licence: 'Apache-2.0',
  free: false,
  async run(_landscape, step) {
    await using cluster = await startCluster();
    await prepare(cluster);
    const court = judge(cluster.fetch, cluster.url, kubernetesDescription);
    await deliver(cluster, court.fetch, step);
    await step('answers as described', () => assert.deepEqual(court.complaints, []));
  },
};

/** The rights of the token, as docs/manifest.md tells them. */
async function prepare({ administer }: Cluster): Promise<void> {
  const make = async (path: string, body: object) => assert.equal((await administer('POST', path, body)).status, 201);
  await make('api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'app' } });
  await make(`apis/${RBAC}/v1/namespaces/app/roles`, {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { name: 'locum' },
    rules: [
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['robot'], verbs: ['get', 'patch', 'delete'] },
    ],
  });
  await make(`apis/${RBAC}/v1/namespaces/app/rolebindings`, {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'locum' },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: 'locum' },
    subjects: [{ apiGroup: RBAC, kind: 'User', name: 'locum' }],
  });
}

async function deliver({ url, ca, token, administer }: Cluster, fetch: Cluster['fetch'], step: Step): Promise<void> {
  const contextFor = (target: object, given = token): Promise<SystemContext> =>
    contextOn({
      fetch,
      connections: { kubernetes: { kyma: { url, token: 'env:TOKEN', ca: 'env:CA' } } },
      secrets: { TOKEN: given, CA: ca },
      target: { to: 'kubernetes', ...target },
    });
  const robot: Target = {
    to: 'kubernetes',
    namespace: 'app',
    name: 'robot',
    userKey: 'username',
    passwordKey: 'password',
  };
  const ctx = await contextFor(robot);
  const write = (text: string, target = robot, by = ctx) =>
    kubernetes.write(
      target,
      { name: 'acme/robot', version: 1, createdAt: AT, login: LOGIN, secret: new Secret(text) },
      by,
    );
  const remove = () => kubernetes.remove?.(robot, { name: 'acme/robot', login: LOGIN }, ctx);
  const holds = async (text: string) => {
    const held = await kubernetes.look(robot, undefined, ctx);
    assert.ok(held.is === 'readable' && held.login === LOGIN);
    assert.equal(held.secret.equals(new Secret(text)), true);
  };
  const stored = async () => (await (await administer('GET', SECRET)).json()) as Stored;
  /** Another writer, who changes the Secret as a whole. */
  const put = async (texts: Readonly<Record<string, string>>, more: object = {}) => {
    const { data, ...rest } = await stored();
    const encoded = Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
    const answer = await administer('PUT', SECRET, {
      ...rest,
      ...more,
      data: { ...data, ...Object.fromEntries(encoded) },
    });
    assert.equal(answer.status, 200);
  };
  const refused = async (status: number, act: () => Promise<unknown>) =>
    assert.rejects(act, (error) => error instanceof RemoteError && error.status === status);

  await step('is not there', async () =>
    assert.deepEqual(await kubernetes.look(robot, undefined, ctx), { is: 'absent' }),
  );
  await step('create', async () => {
    assert.deepEqual(await write('s"1 ü'), { secret: 'app/robot', created: true });
    assert.equal((await stored()).type, 'Opaque');
    await holds('s"1 ü');
  });
  await step('the same again changes nothing', async () => {
    const before = (await stored()).metadata.resourceVersion;
    assert.deepEqual(await write('s"1 ü'), { secret: 'app/robot', created: false });
    assert.equal((await stored()).metadata.resourceVersion, before);
  });
  await step('a key of somebody else stays', async () => {
    await put({ note: 'of somebody' });
    await write('s2');
    await holds('s2');
    assert.deepEqual(Object.keys((await stored()).data).sort(), ['note', 'password', 'username']);
  });
  await step('a key that somebody changed is taken over', async () => {
    await put({ password: 'by hand' });
    await write('s2');
    await holds('s2');
  });
  await step('keys are taken away, neighbours not', async () => {
    assert.deepEqual(await remove(), { secret: 'app/robot', deleted: false });
    assert.deepEqual(Object.keys((await stored()).data), ['note']);
    await write('s3');
    await holds('s3');
  });
  await step('a Secret of Locum alone goes with its keys', async () => {
    assert.equal((await administer('DELETE', SECRET)).status, 200);
    await write('s4');
    assert.deepEqual(await remove(), { secret: 'app/robot', deleted: true });
    assert.deepEqual(await remove(), { secret: 'app/robot', deleted: false });
  });
  await step('a type of Kubernetes', async () => {
    const typed = { ...robot, type: 'kubernetes.io/basic-auth' };
    await write('s5', typed);
    assert.equal((await stored()).type, 'kubernetes.io/basic-auth');
    await write('s6', typed);
    await refused(422, () => write('s7', { ...robot, type: 'Opaque' }));
    await holds('s6');
    await remove();
  });
  await step('what is immutable is refused', async () => {
    await write('s5');
    await put({}, { immutable: true });
    await refused(422, () => write('s6'));
    await holds('s5');
  });
  await step('another Secret is forbidden', async () => {
    const other = { ...robot, name: 'other' };
    await refused(403, async () => write('s7', other, await contextFor(other)));
  });
  await step('a token that is none', async () => {
    const stranger = await contextFor(robot, 'nobody');
    await refused(401, () => write('s8', robot, stranger));
  });
}

interface Stored {
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: { readonly resourceVersion: string };
  readonly type: string;
}
