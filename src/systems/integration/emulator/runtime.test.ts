import { expect, test } from 'vitest';
import {
  IAS_USER,
  maySend,
  ORDERS,
  P_USER,
  RUNTIME,
  SENDERS,
  startIntegration,
} from '../../../../test/fixtures/integration.ts';
import { ROLE_CACHE_MS, SESSION_IDLE_MS } from './semantics.ts';
import { basic, bearer } from './testing/http.ts';

const noCache = { 'integration.roleCache': false };
const senders = { roleCollectionName: SENDERS, origin: 'ldap' };

test('a service key sends with a token, or with its client id and secret', async () => {
  const world = await startIntegration();
  const answer = await world.freshJar()(ORDERS, {
    method: 'POST',
    body: 'hello',
    headers: bearer(await world.token('SENDER_KEY')),
  });
  expect(answer.status).toBe(200);
  const { id, secret } = world.key('SENDER_KEY');
  expect(await answer.json()).toEqual({ integrationFlow: 'orders', sender: `client ${id}`, received: 5 });
  expect((await world.freshJar()(ORDERS, { headers: basic(id, secret) })).status).toBe(200);
});

test('whoever shows nothing, something wrong or something old is asked who he is', async () => {
  const world = await startIntegration();
  const statusOf = async (headers: Record<string, string>) => (await world.freshJar()(ORDERS, { headers })).status;
  const { id } = world.key('SENDER_KEY');
  const token = await world.token('SENDER_KEY');
  const nothing = await world.freshJar()(ORDERS);
  expect([nothing.status, nothing.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Cloud Integration"']);
  expect(await statusOf(basic(id, 'wrong'))).toBe(401);
  expect(await statusOf(bearer(`${token.slice(0, -8)}AAAAAAAA`))).toBe(401);
  expect(await statusOf({ cookie: 'JSESSIONID=0123456789ABCDEF' })).toBe(401);
  expect(await statusOf(bearer(token))).toBe(200);
  world.advance(12 * 3_600_000 + 61_000);
  expect(await statusOf(bearer(token))).toBe(401);
});

test('a key needs the role of the flow, and the subaccount of the flow', async () => {
  const world = await startIntegration();
  const other = bearer(await world.token('OTHER_KEY'));
  expect((await world.freshJar()(ORDERS, { headers: other })).status).toBe(403);
  expect((await world.freshJar()(`${RUNTIME}/http/own`, { headers: other })).status).toBe(200);
  const elsewhere = bearer(await world.token('TEST_KEY'));
  expect((await world.freshJar()(ORDERS, { headers: elsewhere })).status).toBe(401);
});

test('A31: a user without the role and with a fresh jar does not reach the flow', async () => {
  const world = await startIntegration();
  expect((await world.freshJar()(ORDERS, { headers: world.as(P_USER) })).status).toBe(403);
  expect((await world.freshJar()(ORDERS, { headers: basic(P_USER.name, 'wrong') })).status).toBe(401);
});

test('A31: with an old session cookie he does, until the session ends', async () => {
  const world = await startIntegration(noCache);
  const send = world.freshJar();
  const headers = world.as(P_USER);
  await maySend(world, P_USER.name);
  expect((await send(ORDERS, { headers })).status).toBe(200);
  await world.command('role-collection', 'unassign', { ...senders, userName: P_USER.name });
  expect((await send(ORDERS, { headers })).status).toBe(200);
  expect((await world.freshJar()(ORDERS, { headers })).status).toBe(403);
  world.advance(SESSION_IDLE_MS);
  expect((await send(ORDERS, { headers })).status).toBe(403);
});

test('seed 002: a user deleted from the subaccount still reaches the tenant by his cookie, and by nothing else', async () => {
  const world = await startIntegration(noCache);
  const send = world.freshJar();
  const headers = world.as(P_USER);
  await maySend(world, P_USER.name);
  expect((await send(ORDERS, { headers })).status).toBe(200);
  await world.command('user', 'delete', { origin: 'ldap', userName: P_USER.name });
  expect((await send(ORDERS, { headers })).status).toBe(200);
  // The default identity provider makes no shadow users by itself: the tenant does not know him any more.
  expect((await world.freshJar()(ORDERS, { headers })).status).toBe(401);
});

test('a role given later counts when the cookies are cleared', async () => {
  const world = await startIntegration(noCache);
  const send = world.freshJar();
  const headers = world.as(P_USER);
  expect((await send(ORDERS, { headers })).status).toBe(403);
  await maySend(world, P_USER.name);
  expect((await send(ORDERS, { headers })).status).toBe(403);
  expect((await world.freshJar()(ORDERS, { headers })).status).toBe(200);
});

test('changed roles count after an hour at most', async () => {
  const world = await startIntegration();
  const status = async () => (await world.freshJar()(ORDERS, { headers: world.as(P_USER) })).status;
  await maySend(world, P_USER.name);
  expect(await status()).toBe(200);
  await world.command('role-collection', 'unassign', { ...senders, userName: P_USER.name });
  expect(await status()).toBe(200);
  world.advance(ROLE_CACHE_MS);
  expect(await status()).toBe(403);
});

test('A32: an IAS user gets in when the subaccount logs on non-interactively at his identity provider', async () => {
  const world = await startIntegration(noCache);
  const headers = world.as(IAS_USER);
  const status = async () => (await world.freshJar()(ORDERS, { headers })).status;
  await maySend(world, IAS_USER.email, 'sap.custom');
  expect(await status()).toBe(401);
  await world.command('settings', 'update', { defaultIdp: 'sap.custom' });
  expect(await status()).toBe(200);
  // One identity provider only: the P-user is out now.
  expect((await world.freshJar()(ORDERS, { headers: world.as(P_USER) })).status).toBe(401);
});

test('a flow with CSRF protection wants the token of the session for whatever changes something', async () => {
  const world = await startIntegration();
  const { id, secret } = world.key('SENDER_KEY');
  const guarded = `${RUNTIME}/http/guarded`;
  const send = world.freshJar();
  const headers = basic(id, secret);
  const refused = await send(guarded, { method: 'POST', headers, body: 'x' });
  expect([refused.status, refused.headers.get('x-csrf-token')]).toEqual([403, 'required']);
  const fetched = await send(guarded, { headers: { ...headers, 'x-csrf-token': 'Fetch' } });
  const token = fetched.headers.get('x-csrf-token') ?? '';
  const accepted = { method: 'POST', headers: { ...headers, 'x-csrf-token': token }, body: 'x' };
  expect((await send(guarded, accepted)).status).toBe(200);
  expect((await world.freshJar()(guarded, accepted)).status).toBe(403);
});

test('an address that no flow has is not found, once the sender is known', async () => {
  const world = await startIntegration();
  expect((await world.freshJar()(`${RUNTIME}/http/none`)).status).toBe(401);
  const headers = bearer(await world.token('SENDER_KEY'));
  expect((await world.freshJar()(`${RUNTIME}/http/none`, { headers })).status).toBe(404);
  expect((await world.fetch(`${RUNTIME}/cxf/none`, { headers })).status).toBe(501);
});
