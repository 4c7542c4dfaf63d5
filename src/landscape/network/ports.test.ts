import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { createMemoryPersistence } from '../index.ts';
import { direct, listening } from '../testing/listening.ts';

const [A, B] = ['a.notes.example', 'b.notes.example'];

function originOf(origins: Readonly<Record<string, string>>, host: string): string {
  const origin = origins[host];
  if (origin === undefined) throw new Error(`no port for ${host}`);
  return origin;
}

test('every host has a plain port; the service sees its production name', async () => {
  const { landscape, origins } = await listening();
  expect(Object.keys(origins)).toEqual([A, B]);
  const echo = await direct()(`${originOf(origins, A)}/echo?page=1`);
  expect(await echo.json()).toMatchObject({ headers: { host: A } });
  expect(landscape.requests.list()).toMatchObject([{ url: `https://${A}/echo?page=1` }]);
});

test('links in bodies and headers lead to the ports; tokens and foreign links stay', async () => {
  const { origins } = await listening();
  const [a, b] = [originOf(origins, A), originOf(origins, B)];
  const response = await direct()(`${b}/links`);
  expect(await response.json()).toEqual({
    self: `${b}/links`,
    other: 'https://elsewhere.example/x',
    login: `${a}/login?redirect_uri=${encodeURIComponent(`${b}/back?x=1`)}`,
    token: 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2Eubm90ZXMuZXhhbXBsZSJ9.',
  });
  expect(response.headers.get('link')).toBe(`<${b}/next>; rel="next"`);
  expect(response.headers.getSetCookie()).toEqual(['session=1; Path=/; HttpOnly']);
});

test('redirects lead to the ports', async () => {
  const { origins } = await listening();
  const response = await direct()(`${originOf(origins, A)}/away`, { redirect: 'manual' });
  expect(response.headers.get('location')).toBe(`${originOf(origins, B)}/notes?from=a`);
});

test('local links that a client sends back become production ones, in queries, forms and JSON', async () => {
  const { landscape, origins } = await listening();
  const fetch = direct();
  const [a, b] = [originOf(origins, A), originOf(origins, B)];
  const back = encodeURIComponent(`${b}/back`);
  const write = (type: string, body: string) =>
    fetch(`${a}/notes?redirect_uri=${back}`, { method: 'POST', headers: { 'content-type': type }, body });
  await write('application/x-www-form-urlencoded', `r=${back}`);
  await write('application/json', `{"url":"${b}/x"}`);
  await write('application/octet-stream', `${b}/x`);
  const production = encodeURIComponent(`https://${B}/back`);
  expect(await (await landscape.fetch(`https://${A}/notes`)).json()).toEqual([
    `r=${production}`,
    `{"url":"https://${B}/x"}`,
    `${b}/x`,
  ]);
  expect(landscape.requests.list()[0]?.url).toBe(`https://${A}/notes?redirect_uri=${production}`);
  const relayed = await fetch(`${a}/relay?to=${encodeURIComponent(`${b}/notes`)}`);
  expect(await relayed.json()).toEqual({ status: 200 });
});

test('bytes that are no text pass as they are', async () => {
  const { origins } = await listening();
  const response = await direct()(`${originOf(origins, A)}/bytes`);
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([104, 116, 116, 112, 0, 255]);
});

test('a host gets its port with the very answer that names it first', async () => {
  const { landscape, origins } = await listening();
  const fetch = direct();
  const made = await fetch(`${originOf(origins, A)}/boards`, { method: 'POST', body: '{"name":"late"}' });
  const { self } = (await made.json()) as { self: string };
  expect(self).toMatch(/^http:\/\/localhost:\d+\/notes$/);
  expect((await fetch(self)).status).toBe(200);
  expect(await landscape.hosts()).toContainEqual({ host: 'late.notes.example', origin: new URL(self).origin });
});

test('ports stay the same over a restart and a reset', async () => {
  const persistence = createMemoryPersistence();
  const first = await listening({ persistence });
  await first.landscape.reset();
  expect(first.landscape.addresses()?.origins).toEqual(first.origins);
  await first.landscape[Symbol.asyncDispose]();
  const second = await listening({ persistence });
  expect(second.origins).toEqual(first.origins);
  expect([second.proxy, second.admin]).toEqual([first.proxy, first.admin]);
});

test('a page that reaches a port by a rebound name is refused', async () => {
  const { origins } = await listening();
  const status = await new Promise((resolve, reject) => {
    request(`${originOf(origins, A)}/notes`, { headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(421);
});

test('nothing listens beyond loopback', async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address && !address.internal && address.family === 'IPv4')?.address;
  if (!outside) return;
  const { proxy, admin, origins } = await listening();
  for (const address of [proxy, admin, originOf(origins, A)]) {
    await expect(direct()(`http://${outside}:${new URL(address).port}/`)).rejects.toThrow('fetch failed');
  }
});
