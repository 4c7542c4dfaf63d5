import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { listening, throughProxy } from '../testing/listening.ts';
import { BODY_LIMIT } from './http-server.ts';

const NOTES = 'https://a.notes.example/notes';

test('a client with a proxy and a CA uses production URLs', async () => {
  const { landscape, ...addresses } = await listening();
  const fetch = await throughProxy(addresses);
  expect((await fetch(NOTES, { method: 'POST', body: 'hello' })).status).toBe(201);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['hello']);
  const echo = await fetch('https://a.notes.example/echo?x=%2F', { headers: { 'x-mine': '1' } });
  expect(await echo.json()).toMatchObject({
    url: 'https://a.notes.example/echo?x=%2F',
    headers: { host: 'a.notes.example', 'x-mine': '1' },
  });
});

test('links and redirects stay on production URLs', async () => {
  const fetch = await throughProxy(await listening());
  const redirected = await fetch('https://a.notes.example/away');
  expect([redirected.url, redirected.status]).toEqual(['https://b.notes.example/notes?from=a', 200]);
});

test('a host that appears later is served without a restart', async () => {
  const fetch = await throughProxy(await listening());
  await expect(fetch('https://late.notes.example/notes')).rejects.toThrow();
  await fetch('https://a.notes.example/boards', { method: 'POST', body: '{"name":"late"}' });
  expect((await fetch('https://late.notes.example/notes')).status).toBe(200);
});

test('every other host is 502, and nobody is connected to', async () => {
  const { proxy } = await listening();
  let reached = 0;
  const server = createServer(() => reached++).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  for (const target of [`127.0.0.1:${port}`, `localhost:${port}`, 'sap.com:443', 'a.notes.example:80', 'nonsense']) {
    expect(await statusLine(proxy, `CONNECT ${target} HTTP/1.1\r\nhost: x\r\n\r\n`)).toBe('HTTP/1.1 502 Bad Gateway');
  }
  const plain = `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`;
  expect(await statusLine(proxy, plain)).toBe('HTTP/1.1 502 Bad Gateway');
  expect(reached).toBe(0);
});

test.each(['http', 'https'])('serves %s requests to emulated hosts that come in the open', async (scheme) => {
  const { proxy } = await listening();
  const request = `GET ${scheme}://a.notes.example/notes HTTP/1.1\r\nhost: a.notes.example\r\nconnection: close\r\n\r\n`;
  expect(await statusLine(proxy, request)).toBe('HTTP/1.1 200 OK');
});

test('asked as if it were a server, says that it is a proxy', async () => {
  const { proxy } = await listening();
  const request = 'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';
  expect(await statusLine(proxy, request)).toBe('HTTP/1.1 400 Bad Request');
});

test('a tunnel leads to the host it was opened to, and to no other', async () => {
  const { proxy, landscape } = await listening();
  const head = await inTunnel(
    proxy,
    landscape.addresses()?.caFile,
    'GET /notes HTTP/1.1\r\nhost: b.notes.example\r\n\r\n',
  );
  expect(head).toMatch(/^HTTP\/1\.1 421 /);
});

test('takes chunked bodies, waits with Expect, and keeps the connection', async () => {
  const { proxy, landscape } = await listening();
  const head = await inTunnel(
    proxy,
    landscape.addresses()?.caFile,
    'POST /notes HTTP/1.1\r\nhost: a.notes.example\r\nexpect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n' +
      '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET /echo HTTP/1.1\r\nhost: a.notes.example\r\nconnection: close\r\n\r\n',
  );
  expect(head).toMatch(/^HTTP\/1\.1 100 Continue[\s\S]*HTTP\/1\.1 201 Created[\s\S]*HTTP\/1\.1 200 OK/);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['abcde']);
});

test('refuses bodies that are too long, before they are sent where the client asks first', async () => {
  const { proxy, landscape, ...addresses } = await listening();
  const ca = landscape.addresses()?.caFile;
  const asking = `POST /notes HTTP/1.1\r\nhost: a.notes.example\r\nexpect: 100-continue\r\ncontent-length: ${BODY_LIMIT + 1}\r\n\r\n`;
  expect(await inTunnel(proxy, ca, asking)).toMatch(/^HTTP\/1\.1 413 /);
  const fetch = await throughProxy({ proxy, ...addresses });
  expect((await fetch(NOTES, { method: 'POST', body: 'x'.repeat(BODY_LIMIT) })).status).toBe(201);
  expect((await fetch(NOTES, { method: 'POST', body: 'x'.repeat(BODY_LIMIT + 1) })).status).toBe(413);
});

test('a dropped reply breaks the connection after the effect', async () => {
  const { landscape, ...addresses } = await listening();
  const fetch = await throughProxy(addresses);
  await landscape.faults.add({ method: 'POST', times: 1, effect: { kind: 'drop' } });
  await expect(fetch(NOTES, { method: 'POST', body: 'x' })).rejects.toThrow('fetch failed');
  expect(await (await fetch(NOTES)).json()).toEqual(['x']);
});

test('a refused connection is refused before anything is sent', async () => {
  const { landscape, ...addresses } = await listening();
  const fetch = await throughProxy(addresses);
  await landscape.faults.add({ host: 'a.*', times: 1, effect: { kind: 'refuse' } });
  await expect(fetch(NOTES, { method: 'POST', body: 'x' })).rejects.toMatchObject({
    cause: { cause: { message: expect.stringContaining('502') } },
  });
  expect(landscape.requests.list()).toMatchObject([{ method: 'CONNECT', outcome: 'refused' }]);
  expect((await fetch(NOTES, { method: 'POST', body: 'y' })).status).toBe(201);
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['y']);
});

test('Node needs nothing but the environment', async () => {
  const { landscape } = await listening();
  const script = `const answer = await fetch('${NOTES}', { method: 'POST', body: 'from node' }); console.log(answer.status);`;
  const node = spawn('node', ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, ...landscape.environment() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(node.stdout, 'data');
  expect(String(output)).toBe('201\n');
  expect(await (await landscape.fetch(NOTES)).json()).toEqual(['from node']);
});

test.skipIf(spawnSync('curl', ['--version']).error)('curl needs nothing but the environment', async () => {
  const { landscape } = await listening();
  const env = { PATH: process.env.PATH, ...landscape.environment() };
  const curl = spawn('curl', ['-sS', '-d', 'from curl', NOTES, '-o', '/dev/null', '-w', '%{http_code} ', NOTES], {
    env,
  });
  let output = '';
  curl.stdout.on('data', (chunk) => {
    output += chunk;
  });
  curl.stderr.pipe(process.stderr);
  await once(curl, 'close');
  expect(output).toContain('201');
  expect(await (await landscape.fetch(NOTES)).json()).toContain('from curl');
});

async function statusLine(proxy: string, request: string): Promise<string> {
  const socket = connect(Number(new URL(proxy).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(request);
  return (await textOf(socket)).split('\r\n', 1)[0] ?? '';
}

/** What comes back through a tunnel to `a.notes.example` until it is closed. */
async function inTunnel(proxy: string, caFile: string | undefined, request: string): Promise<string> {
  const socket = connect(Number(new URL(proxy).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write('CONNECT a.notes.example:443 HTTP/1.1\r\nhost: a.notes.example:443\r\n\r\n');
  await once(socket, 'data');
  const tls = connectTls({ socket, servername: 'a.notes.example', ca: await readFile(caFile ?? '') });
  await once(tls, 'secureConnect');
  tls.write(request);
  return textOf(tls);
}

/** Everything until the end, or until an answer is complete that promises no more. */
async function textOf(socket: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += chunk.toString();
    if (/^HTTP\/1\.1 4\d\d [\s\S]*\n$/.test(text)) break;
  }
  return text;
}
