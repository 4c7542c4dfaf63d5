import { request } from 'node:http';
import { expect, test } from 'vitest';
import { direct, listening, temporaryDirectory } from '../testing/listening.ts';
import { readRunFile } from './run-file.ts';

async function open() {
  const directory = await temporaryDirectory();
  const { landscape, admin } = await listening({ directory });
  const token = (await readRunFile(directory))?.token ?? '';
  const fetch = direct();
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${admin}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      text,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
    };
  };
  return { landscape, admin, call };
}

test('moves the clock', async () => {
  const { landscape, call } = await open();
  const before = landscape.clock.now();
  expect((await call('PUT', '/clock', { advance: 3_600_000 })).body.now).toBeGreaterThanOrEqual(before + 3_600_000);
  expect((await call('PUT', '/clock', { now: '2030-01-01T00:00:00Z' })).body.iso).toMatch(/^2030-01-01T00:00:0/);
  expect((await call('GET', '/clock')).body.iso).toMatch(/^2030-01-01/);
});

test('adds, lists and removes fault rules', async () => {
  const { landscape, call } = await open();
  const added = await call('POST', '/faults', { path: '/notes', effect: { kind: 'answer', status: 429 } });
  expect(added.status).toBe(201);
  expect((await landscape.fetch('https://a.notes.example/notes')).status).toBe(429);
  expect((await call('GET', '/faults')).body).toMatchObject([{ seen: 1, struck: 1 }]);
  expect((await call('DELETE', `/faults/${added.body.id}`)).status).toBe(204);
  expect((await call('DELETE', `/faults/${added.body.id}`)).status).toBe(404);
  expect((await landscape.fetch('https://a.notes.example/notes')).status).toBe(200);
});

test('tells requests, hosts and seed, and resets to another seed', async () => {
  const { landscape, call } = await open();
  await landscape.fetch('https://a.notes.example/notes', { method: 'POST', body: 'x' });
  expect((await call('GET', '/requests?limit=1')).body).toMatchObject([{ method: 'POST', status: 201 }]);
  expect((await call('GET', '/seed')).body).toMatchObject({ notes: { boards: ['a', 'b'] } });
  expect((await call('PUT', '/seed', { notes: { boards: ['z'] } })).status).toBe(204);
  expect((await call('GET', '/hosts')).body).toMatchObject([{ host: 'z.notes.example' }]);
  expect((await call('PUT', '/seed', { nots: {} })).body).toMatchObject({ code: 'ERR_CONFIG' });
  expect((await call('POST', '/reset')).status).toBe(204);
});

test('shows a page that holds no credential', async () => {
  const { landscape, call } = await open();
  const { status, text } = await call('GET', '/');
  expect(status).toBe(200);
  expect(text).toContain('a.notes.example');
  for (const value of Object.values(landscape.credentials())) expect(text).not.toContain(value);
});

test('gives credentials to whoever can read the run file, and to nobody else', async () => {
  const { landscape, call } = await open();
  expect((await call('GET', '/environment')).body).toEqual(landscape.environment());
  expect((await call('GET', '/environment', undefined, { authorization: 'Bearer guess' })).status).toBe(401);
});

test.each(['PUT /clock', 'POST /faults', 'DELETE /faults', 'PUT /seed', 'POST /reset', 'DELETE /requests'])(
  '%s without the token is refused, so a web page can do nothing',
  async (line) => {
    const { call } = await open();
    const [method = '', path = ''] = line.split(' ');
    expect((await call(method, path, {}, { authorization: '' })).status).toBe(401);
  },
);

test('a rebound host name is refused even for reading', async () => {
  const { admin } = await open();
  const status = await new Promise((resolve, reject) => {
    request(`${admin}/requests`, { headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(421);
});

test.each([
  ['POST', '/faults', { effect: { kind: 'explode' } }],
  ['PUT', '/clock', { advance: 'soon' }],
  ['GET', '/requests?limit=0', undefined],
])('%s %s with bad input says what is wrong', async (method, path, body) => {
  const { call } = await open();
  const answer = await call(method, path, body);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toBeTruthy();
});
