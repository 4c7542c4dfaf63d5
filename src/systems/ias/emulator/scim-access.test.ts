import { expect, test } from 'vitest';
import { IAS_SCHEMA } from '../wire.ts';
import { HOST, patchOp, robot, startTenant } from './tenant.fixture.ts';

const SYSTEMS = {
  READER: ['Read Users'],
  USERS: ['Manage Users'],
  GROUPS: ['Manage Groups'],
  BOTH: ['Manage Users', 'Manage Groups'],
  BLOCKED: ['Manage Blocked Users'],
  OTHER: ['Manage Applications'],
};
type System = keyof typeof SYSTEMS;

async function startSystems(switches: Record<string, boolean> = {}) {
  const running = await startTenant({
    switches,
    tenant: {
      administrators: [
        {
          name: 'Locum',
          clientId: 'IAS_ID',
          clientSecret: 'IAS_SECRET',
          permissions: ['Manage Users', 'Manage Groups'],
        },
        ...Object.entries(SYSTEMS).map(([name, permissions]) => ({
          name,
          clientId: `${name}_ID`,
          clientSecret: `${name}_SECRET`,
          permissions,
        })),
      ],
    },
  });
  const as = (system: System, method: string, path: string, body?: unknown) => {
    const authorization = running.basic(running.credential(`${system}_ID`), running.credential(`${system}_SECRET`));
    return running.scim(method, path, body, { authorization });
  };
  return { ...running, as };
}

test('who may do what', async () => {
  const { as } = await startSystems();
  const whoMay = async (method: string, path: string, body?: (system: System) => unknown) => {
    const answers = await Promise.all(
      (Object.keys(SYSTEMS) as System[]).map(async (system) => {
        const { status } = await as(system, method, path, body?.(system));
        if (status > 299 && status !== 403) throw new Error(`${system}: ${method} ${path} was answered ${status}`);
        return status === 403 ? [] : [system];
      }),
    );
    return answers.flat();
  };
  const own = (system: System) =>
    robot({ userName: system, password: undefined, emails: [{ value: `${system}@sap-test.de` }] });
  expect(await whoMay('GET', '/Users')).toEqual(['READER', 'USERS', 'BOTH']);
  expect(await whoMay('POST', '/Users', own)).toEqual(['USERS', 'BOTH']);
  expect(await whoMay('GET', '/Groups')).toEqual(['READER', 'USERS', 'GROUPS', 'BOTH']);
  expect(await whoMay('POST', '/Groups', (displayName) => ({ displayName }))).toEqual(['BOTH']);
});

test('membership needs Manage Groups alone', async () => {
  const { as, scim } = await startSystems();
  const { body } = await scim('POST', '/Groups', { displayName: 'Team' });
  const empty = patchOp({ op: 'replace', path: 'members', value: [] });
  expect((await as('GROUPS', 'PATCH', `/Groups/${body.id}`, empty)).status).toBe(204);
  expect((await as('USERS', 'PATCH', `/Groups/${body.id}`, empty)).status).toBe(403);
});

test('a token of an application or a user is none of an administrator', async () => {
  const running = await startSystems();
  const { clientId, clientSecret } = running.application();
  const answer = await running.fetch(`https://${HOST}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: running.basic(clientId, clientSecret) },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await answer.json()) as Record<string, string>;
  expect((await running.scim('GET', '/Users', undefined, { authorization: `Bearer ${token}` })).status).toBe(401);
});

test('deletion is final, unless it is soft: then the user can be seen as blocked, and restored by its userUuid', async () => {
  const hard = await startSystems();
  const gone = (await hard.scim('POST', '/Users', robot())).body;
  await hard.scim('DELETE', `/Users/${gone.id}`);
  expect((await hard.as('BLOCKED', 'GET', `/Users/${gone.id}?blocked=true`)).status).toBe(404);

  const soft = await startSystems({ 'ias.softDelete': true });
  const { body } = await soft.scim('POST', '/Users', robot());
  await soft.scim('DELETE', `/Users/${body.id}`);
  expect((await soft.scim('GET', `/Users/${body.id}`)).status).toBe(404);
  expect((await soft.scim('GET', `/Users/${body.id}?blocked=true`)).status).toBe(403);
  expect((await soft.as('BLOCKED', 'GET', `/Users/${body.id}?blocked=true`)).body.userName).toBe('robot');
  const restored = await soft.scim('POST', '/Users', robot({}, { userUuid: body[IAS_SCHEMA.sap].userUuid }));
  expect(restored.body).toMatchObject({ id: body.id, [IAS_SCHEMA.sap]: { userId: body[IAS_SCHEMA.sap].userId } });
  expect((await soft.as('BLOCKED', 'GET', `/Users/${body.id}?blocked=true`)).status).toBe(404);
});

test('groups nest, but not in a circle', async () => {
  const { scim } = await startSystems();
  const group = async (displayName: string, members: readonly string[]) =>
    (await scim('POST', '/Groups', { displayName, members: members.map((value) => ({ value })) })).body.id as string;
  const { body } = await scim('POST', '/Users', robot());
  const inner = await group('inner', [body.id]);
  const outer = await group('outer', [inner]);
  const groups = (await scim('GET', `/Users/${body.id}`)).body.groups as readonly { display: string }[];
  expect(groups.map(({ display }) => display)).toEqual(['inner', 'outer']);
  const circle = patchOp({ op: 'add', path: 'members', value: [{ value: outer }] });
  expect((await scim('PATCH', `/Groups/${inner}`, circle)).status).toBe(400);
  const itself = patchOp({ op: 'add', path: 'members', value: [{ value: inner }] });
  expect((await scim('PATCH', `/Groups/${inner}`, itself)).status).toBe(400);
});

test('shows at most 1000 groups of a user, and counts all of them', async () => {
  const { scim } = await startSystems({ 'ias.rateLimit': false });
  const { body } = await scim('POST', '/Users', robot());
  const groups = Array.from({ length: 1001 }, (_, index) => `group ${index}`);
  for (const displayName of groups) await scim('POST', '/Groups', { displayName, members: [{ value: body.id }] });
  const list = await scim('GET', `/Users?filter=${encodeURIComponent('userName eq "robot"')}`);
  expect(list.body.Resources[0].groups).toHaveLength(1000);
  expect(list.body.Resources[0].meta['groups.cnt']).toBe(1001);
});
