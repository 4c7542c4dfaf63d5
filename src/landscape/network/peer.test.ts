import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import type { EmulatorDefinition } from '../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../emulation/mount.ts';
import { type Peer, peerOf } from '../../emulation/peer.ts';
import { Secret } from '../../kernel/secret.ts';
import { findLandscape } from '../index.ts';
import { selfSigned } from '../testing/client-certificate.ts';
import { direct, listening, temporaryDirectory, throughProxy } from '../testing/listening.ts';

const HOST = 'who.peers.example';

/** A service that says who it believes to talk to. */
const peers: EmulatorDefinition = {
  id: 'peers',
  create(ctx) {
    const app = new Hono<HostEnv>();
    app.get('/peer', (c) => c.json(peerOf(c.req.raw)));
    app.get('/relayed', async (c) => c.json(await (await ctx.fetch(`https://${HOST}/peer`)).json()));
    return { mounts: [mount(HOST, () => [HOST], app)], async seed() {} };
  },
};

const start = () => listening({ emulators: [peers], seed: {} });

test('a client certificate reaches the service, whoever issued it', async () => {
  const { cert, key } = await selfSigned('CN=robot,O=Acme');
  const { peer } = await askByTls(await start(), { cert, key });
  expect(peer.address).toBe('127.0.0.1');
  expect(peer.certificates.map((pem) => new X509Certificate(pem).subject)).toEqual(['CN=robot\nO=Acme']);
});

test('in process and through the proxy, a fetch shows the certificate that it is given, and needs its key', async () => {
  const directory = await temporaryDirectory();
  const { landscape } = await listening({ emulators: [peers], seed: {}, directory });
  const running = await findLandscape(directory);
  onTestFinished(() => running?.[Symbol.asyncDispose]());
  const { cert, key } = await selfSigned('CN=robot');
  const tls = { cert, key: new Secret(key) };
  for (const fetch of [landscape.fetch, running?.fetch ?? landscape.fetch]) {
    const peer = (await (await fetch(`https://${HOST}/peer`, { tls })).json()) as Peer;
    expect(peer.certificates.map((pem) => new X509Certificate(pem).subject)).toEqual(['CN=robot']);
    const other = { cert, key: new Secret((await selfSigned('CN=robot')).key) };
    await expect(fetch(`https://${HOST}/peer`, { tls: other })).rejects.toThrow();
  }
});

test('who shows no certificate is served all the same', async () => {
  const { peer } = await askByTls(await start(), {});
  expect(peer).toEqual({ address: '127.0.0.1', certificates: [] });
});

test('a resumed TLS session has the certificate of the first', async () => {
  const addresses = await start();
  const credentials = await selfSigned('CN=robot');
  const first = await askByTls(addresses, credentials);
  const second = await askByTls(addresses, { ...credentials, session: first.session });
  expect(second.resumed).toBe(true);
  expect(second.peer.certificates).toHaveLength(1);
});

test('nobody outside can say who he is', async () => {
  const { landscape, ...addresses } = await start();
  const forged = Buffer.from(JSON.stringify({ address: '10.0.0.1', certificates: ['forged'] })).toString('base64url');
  const headers = { 'x-locum-peer': forged, 'X-Locum-Peer': forged };
  const local = { address: '127.0.0.1', certificates: [] };
  const ask = async (answer: Promise<{ json(): Promise<unknown> }>) => (await answer).json();
  expect(await ask(landscape.fetch(`https://${HOST}/peer`, { headers }))).toEqual({ certificates: [] });
  expect(await ask((await throughProxy(addresses))(`https://${HOST}/peer`, { headers }))).toEqual(local);
  expect(await ask(direct()(`${addresses.origins[HOST]}/peer`, { headers }))).toEqual(local);
});

test('one service is nobody in particular to another', async () => {
  const { landscape } = await start();
  expect(await (await landscape.fetch(`https://${HOST}/relayed`)).json()).toEqual({ certificates: [] });
});

/** GET /peer through the proxy's tunnel, on a connection of its own. */
async function askByTls(
  { proxy, caFile }: { readonly proxy: string; readonly caFile: string },
  options: { readonly cert?: string; readonly key?: string; readonly session?: Buffer | undefined },
): Promise<{ readonly peer: Peer; readonly session: Buffer | undefined; readonly resumed: boolean }> {
  const socket = connect(Number(new URL(proxy).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nhost: ${HOST}:443\r\n\r\n`);
  await once(socket, 'data');
  const tls: TLSSocket = connectTls({ socket, servername: HOST, ca: await readFile(caFile), ...options });
  let session: Buffer | undefined;
  tls.on('session', (ticket) => {
    session = ticket;
  });
  await once(tls, 'secureConnect');
  const resumed = tls.isSessionReused();
  tls.write(`GET /peer HTTP/1.1\r\nhost: ${HOST}\r\nconnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of tls) text += String(chunk);
  return { peer: JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as Peer, session, resumed };
}
