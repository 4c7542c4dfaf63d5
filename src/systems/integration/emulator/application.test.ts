import { expect, test } from 'vitest';
import { DEMO, P_USER, startIntegration } from '../../../../test/fixtures/integration.ts';
import { bearer } from './testing/http.ts';

const passwordGrant = (world: Awaited<ReturnType<typeof startIntegration>>) => ({
  grant_type: 'password',
  username: P_USER.name,
  password: world.password(P_USER.credential),
});

test('shows the security context of a client', async () => {
  const world = await startIntegration();
  const { id } = world.key('DEMO_BINDING');
  const headers = bearer(await world.token('DEMO_BINDING'));
  const response = await world.fetch(`${DEMO}/security-context`, { headers });
  expect(await response.json()).toEqual({
    subaccount: world.world.use('accounts').subaccountByName('acme', 'dev')?.guid,
    clientId: id,
    grantType: 'client_credentials',
    scopes: ['Job'],
    expiresAt: '2026-11-21T12:00:00.000Z',
  });
  expect((await world.fetch(`${DEMO}/needs/Job`, { headers })).status).toBe(200);
});

test('a user may what his roles give him, from his next token on', async () => {
  const world = await startIntegration();
  const display = async () =>
    world.fetch(`${DEMO}/needs/Display`, { headers: bearer(await world.token('DEMO_BINDING', passwordGrant(world))) });
  expect((await display()).status).toBe(403);
  const assignment = { roleCollectionName: 'Demo Viewer', origin: 'ldap', userName: P_USER.name };
  await world.command('role-collection', 'assign', assignment);
  const granted = await display();
  expect(granted.status).toBe(200);
  expect(await granted.json()).toMatchObject({
    scopes: ['Display'],
    user: { logonName: P_USER.name, origin: 'sap.default' },
  });
});

test('takes no token that was meant for somebody else, changed, or is over', async () => {
  const world = await startIntegration();
  const status = async (token?: string) =>
    (await world.fetch(`${DEMO}/security-context`, token === undefined ? {} : { headers: bearer(token) })).status;
  const token = await world.token('DEMO_BINDING');
  const [header, , signature] = token.split('.');
  expect(await status()).toBe(401);
  expect(await status(await world.token('SENDER_KEY'))).toBe(401);
  expect(await status(`${header}.${Buffer.from('{"zid":"x"}').toString('base64url')}.${signature}`)).toBe(401);
  expect(await status('no token at all')).toBe(401);
  world.advance(43_200_000 + 59_000);
  expect(await status(token)).toBe(200);
  world.advance(2_000);
  expect(await status(token)).toBe(401);
});

test('says without a token what it is there for', async () => {
  const world = await startIntegration();
  expect((await world.fetch(`${DEMO}/`)).status).toBe(200);
});
