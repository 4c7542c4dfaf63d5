import { beforeAll, expect, test } from 'vitest';
import { HOST } from '../tenant.fixture.ts';
import { type RunningConsole, startConsole } from './console.fixture.ts';

const USER = '/users/any';
const TECHNICAL_USER = '/technical-users/any';
const HUMAN = '/administrators/users/any';
const SYSTEM = '/administrators/systems/any';
const APPLICATION = '/applications/any';

/** Pages and forms by what they need (sources beside the permissions of the emulator). */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'Manage Users': [
    'GET /users/new',
    'POST /users/new',
    `POST ${USER}`,
    ...['verify', 'activate', 'deactivate', 'unlock', 'mail-counter', 'passcodes', 'device', 'mail', 'delete'].map(
      (action) => `POST ${USER}/${action}`,
    ),
  ],
  'Manage Groups': [
    'POST /groups',
    'POST /groups/any/members',
    'POST /groups/any/members/1/remove',
    'POST /groups/any/delete',
  ],
  READ_TECHNICAL_USERS: ['GET /technical-users', `GET ${TECHNICAL_USER}`],
  CREATE_TECHNICAL_USERS: ['GET /technical-users/new', 'POST /technical-users/new'],
  UPDATE_TECHNICAL_USERS: [
    `POST ${TECHNICAL_USER}`,
    ...['activate', 'deactivate', 'locking', 'unlock', 'secrets', 'secrets/1/remove'].map(
      (action) => `POST ${TECHNICAL_USER}/${action}`,
    ),
    ...['certificates', 'certificates/1/remove', 'certificates/generate'].map(
      (action) => `POST ${TECHNICAL_USER}/${action}`,
    ),
  ],
  DELETE_TECHNICAL_USERS: [`POST ${TECHNICAL_USER}/delete`],
  'Manage Tenant Configuration': [
    `POST ${USER}/initial-password`,
    'GET /administrators',
    'GET /administrators/users/new',
    'POST /administrators/users/new',
    `GET ${HUMAN}`,
    `POST ${HUMAN}/permissions`,
    `POST ${HUMAN}/remove`,
    'GET /administrators/systems/new',
    'POST /administrators/systems/new',
    `GET ${SYSTEM}`,
    ...['remove', 'secrets', 'secrets/1/remove', 'name', 'permissions', 'locking', 'unlock'].map(
      (action) => `POST ${SYSTEM}/${action}`,
    ),
    ...['certificates', 'certificates/1/remove', 'certificates/generate'].map((action) => `POST ${SYSTEM}/${action}`),
    'GET /policies',
    'POST /policies',
    'POST /policies/remove',
    'GET /settings',
    'POST /settings',
    'GET /changes',
    'GET /logons',
    'GET /audit-logs',
    'POST /audit-logs',
    'POST /audit-logs/remove',
  ],
  'Manage Applications': [
    'GET /applications',
    `GET ${APPLICATION}`,
    ...['policy', 'tokens', 'grants', 'delete'].map((action) => `POST ${APPLICATION}/${action}`),
  ],
};

const calls = Object.entries(CALLS).flatMap(([needed, all]) => all.map((call) => [call, needed] as const));

let running: RunningConsole;
let reader: Awaited<ReturnType<RunningConsole['enter']>>;
let rosa: Awaited<ReturnType<RunningConsole['enter']>>;

beforeAll(async () => {
  running = await startConsole({
    groups: [
      { displayName: 'technical_users - MANAGE_TECHNICAL_USERS', members: ['rosa'] },
      { displayName: 'groups - READ_GROUPS', members: ['reader'] },
    ],
  });
  reader = await running.enter('reader', '/admin/groups');
  rosa = await running.enter('rosa', '/admin/groups');
});

test.for(calls)('%s needs a person who signed in with %s', async ([call, needed]) => {
  const [method = '', path = ''] = call.split(' ');
  const anonymous = await running.fetch(`https://${HOST}/admin${path}`, {
    method,
    ...(method === 'POST' ? { body: new URLSearchParams() } : {}),
  });
  expect(await anonymous.text()).toContain('j_password');
  const refused =
    method === 'POST' ? await reader.submit(reader.page, `/admin${path}`) : await reader.open(`/admin${path}`);
  expect([refused.status, refused.title]).toEqual([403, 'Not Authorized']);
  expect(refused.text).toContain(needed);
});

test.for(calls.filter(([call]) => call.includes('/any')).map(([call]) => call))(
  '%s finds nothing and says so',
  async (call) => {
    const [method = '', path = ''] = call.split(' ');
    const fields = { commonName: 'x', filePassword: 'long-enough', policy: 'none' };
    const answer =
      method === 'POST' ? await rosa.submit(rosa.page, `/admin${path}`, fields) : await rosa.open(`/admin${path}`);
    expect([answer.status, answer.title]).toEqual([method === 'POST' ? 400 : 404, 'Not Found']);
    expect(answer.document.querySelector('[role=alert]')?.text).toMatch(/There is no|not found|is no administrator/i);
  },
);

test('whoever reads users reads groups, and neither without an authorization', async () => {
  expect((await reader.open('/admin/users')).title).toBe('User Management');
  expect((await reader.open('/admin/groups')).title).toBe('Groups');
  const nobody = await running.enter('nobody');
  for (const path of ['/users', '/users/any', '/groups', '/groups/any']) {
    const refused = await nobody.open(`/admin${path}`);
    expect([refused.status, refused.text], path).toEqual([403, expect.stringContaining('not an administrator')]);
  }
});
