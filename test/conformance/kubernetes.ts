import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createNodeContext } from '../../src/engine/node-context.ts';
import type { Context } from '../../src/kernel/context.ts';
import { findProgram, freePort, temporaryFolder } from './programs.ts';
import { Skip } from './skip.ts';

/** Milliseconds until an API server answers: it makes keys, and installs its roles and priorities. */
const PATIENCE = 120_000;

/** The API server of Kubernetes with a store of its own, on loopback: no node, nothing runs there. */
export interface Cluster extends AsyncDisposable {
  readonly url: string;
  /** Certificate of the authority that it made for itself, PEM. */
  readonly ca: string;
  readonly fetch: Context['fetch'];
  /** Makes or reads something as the cluster's administrator. */
  administer(method: string, path: string, body?: unknown): Promise<Response>;
  /** Token of a user who may do nothing but what roles bind to the name `locum`. */
  readonly token: string;
}

/** @throws Skip where kube-apiserver or etcd is not installed */
export async function startCluster(): Promise<Cluster> {
  const server = await findProgram(['kube-apiserver'], { variable: 'LOCUM_KUBE_APISERVER' });
  if (server === undefined) throw new Skip('no kube-apiserver on the PATH, and LOCUM_KUBE_APISERVER names none');
  const etcd = await findProgram(['etcd'], { variable: 'LOCUM_ETCD' });
  if (etcd === undefined) throw new Skip('no etcd on the PATH (Debian package etcd-server), and LOCUM_ETCD names none');
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const [store, peers, port] = [await freePort(), await freePort(), await freePort()];
  const serve = (program: string, words: readonly string[]) => {
    const child = spawn(program, words, {
      cwd: folder,
      stdio: 'ignore',
      env: { PATH: process.env.PATH, HOME: folder },
    });
    const gone = once(child, 'exit');
    starting.defer(async () => {
      child.kill('SIGKILL');
      await gone;
    });
    return child;
  };
  const at = (one: number) => `http://127.0.0.1:${one}`;
  serve(etcd, [
    ...[
      '--data-dir',
      path.join(folder, 'etcd'),
      '--listen-client-urls',
      at(store),
      '--advertise-client-urls',
      at(store),
    ],
    ...['--listen-peer-urls', at(peers), '--initial-advertise-peer-urls', at(peers)],
    ...['--initial-cluster', `default=${at(peers)}`, '--unsafe-no-fsync'],
  ]);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(path.join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const [administrator, token] = ['administrator-of-this-run', 'locum-of-this-run'];
  const users = `${administrator},admin,1,"system:masters"\n${token},locum,2\n`;
  await writeFile(path.join(folder, 'tokens.csv'), users, { mode: 0o600 });
  const child = serve(server, [
    ...['--etcd-servers', at(store), '--bind-address', '127.0.0.1', '--secure-port', String(port)],
    ...['--cert-dir', path.join(folder, 'certificates'), '--service-cluster-ip-range', '10.0.0.0/24'],
    ...['--service-account-issuer', 'https://kubernetes.default.svc', '--service-account-key-file', 'sa.key'],
    ...['--service-account-signing-key-file', 'sa.key', '--token-auth-file', 'tokens.csv'],
    ...['--authorization-mode', 'RBAC', '--endpoint-reconciler-type', 'none'],
  ]);
  const context = starting.use(createNodeContext());
  const url = `https://127.0.0.1:${port}/`;
  const certificate = path.join(folder, 'certificates', 'apiserver.crt');
  let ca = '';
  const administer: Cluster['administer'] = (method, where, body) =>
    context.fetch(new URL(where, url), {
      method,
      tls: { ca },
      headers: { authorization: `Bearer ${administrator}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  for (const deadline = Date.now() + PATIENCE; ; await delay(250)) {
    if (child.exitCode !== null) throw new Error(`kube-apiserver ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('kube-apiserver is not ready in time');
    ca = await readFile(certificate, 'utf8').catch(() => '');
    if (ca !== '' && (await administer('GET', 'readyz').catch(() => undefined))?.status === 200) break;
  }
  const started = starting.move();
  return { url, ca, fetch: context.fetch, administer, token, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
