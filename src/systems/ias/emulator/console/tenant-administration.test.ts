import { expect, test } from 'vitest';
import { DAY, definitive, HOST, patchOp, robot } from '../tenant.fixture.ts';
import { type RunningConsole, startConsole } from './console.fixture.ts';

async function changes(running: RunningConsole, query = '') {
  const { page } = await running.enter('rosa', `/admin/changes${query}`);
  return page.document
    .querySelectorAll('tbody tr')
    .map((row) => row.querySelectorAll('th, td').map((cell) => cell.text));
}

async function addSystem(running: RunningConsole, permission: readonly string[]) {
  const browser = await running.enter('rosa', '/admin/administrators/systems/new');
  const system = await browser.press(browser.page, 'Add', { name: 'Pipeline', permission });
  const page = await browser.press(system, 'Add Secret', { description: 'CI', lifetime: 'never' });
  const clientId = page.document.querySelector('dd')?.text ?? '';
  return { ...browser, system, page, clientId, secret: page.document.querySelector('.once')?.text ?? '' };
}

test('a system gets a secret and may do what it is authorized for, by Basic and by token', async () => {
  const running = await startConsole();
  const { clientId, secret } = await addSystem(running, ['Read Users']);
  const basic = { authorization: running.basic(clientId, secret) };
  expect((await running.scim('GET', '/Users', undefined, basic)).status).toBe(200);
  expect((await running.scim('POST', '/Users', robot(), basic)).status).toBe(403);
  const answer = await running.fetch(`https://${HOST}/oauth2/token`, {
    method: 'POST',
    headers: basic,
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await answer.json()) as Record<string, string>;
  expect((await running.scim('GET', '/Users', undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
});

test('its name may change, its authorizations too', async () => {
  const running = await startConsole();
  const { press, open, system, clientId, secret } = await addSystem(running, ['Read Users']);
  await press(await open(system.path), 'Rename', { name: 'Delivery' });
  await press(await open(system.path), 'Save', { permission: ['Read Users', 'Manage Users'] });
  expect((await open('/admin/administrators')).text).toContain('Delivery');
  const basic = { authorization: running.basic(clientId, secret) };
  expect((await running.scim('POST', '/Users', robot(), basic)).status).toBe(201);
});

test('5 wrong secrets lock the client id of a system until it is unlocked or an hour is over', async () => {
  const running = await startConsole();
  const { press, open, system, clientId, secret } = await addSystem(running, ['Read Users']);
  const read = async (with_: string) =>
    (await running.scim('GET', '/Users', undefined, { authorization: running.basic(clientId, with_) })).status;
  for (let attempt = 0; attempt < 5; attempt++) await read('wrong');
  expect(await read(secret)).toBe(401);
  await press(await open(system.path), 'Unlock');
  expect(await read(secret)).toBe(200);
});

test('every tenant has the system SAP BTP', async () => {
  const { page } = await (await startConsole()).enter('rosa', '/admin/administrators');
  expect(page.text).toContain('SAP BTP');
});

test('a person becomes an administrator, and the last one with Manage Tenant Configuration stays one', async () => {
  const running = await startConsole();
  const { page, press, open } = await running.enter('rosa', '/admin/administrators/users/new');
  await press(page, 'Add', { identifier: 'nobody@acme.example', permission: ['Read Users'] });
  expect((await running.enter('nobody')).page.title).toBe('User Management');
  const list = await open('/admin/administrators');
  const rosa =
    list.document
      .querySelectorAll('tbody a')
      .find((a) => a.text === 'rosa')
      ?.getAttribute('href') ?? '';
  const refused = await press(await open(rosa), 'Remove as Administrator');
  expect(refused.text).toContain('last administrator with Manage Tenant Configuration');
});

test('an administrator in person calls SCIM with user name and password', async () => {
  const running = await startConsole();
  const as = (name: string) => ({ authorization: running.basic(name, running.credential(name.toUpperCase())) });
  expect((await running.scim('GET', '/Users', undefined, as('reader'))).status).toBe(200);
  expect((await running.scim('POST', '/Users', robot(), as('reader'))).status).toBe(403);
  expect((await running.scim('GET', '/Users', undefined, as('nobody'))).status).toBe(401);
});

test('groups are created, filled by name and emptied', async () => {
  const running = await startConsole();
  const { page, press } = await running.enter('rosa', '/admin/groups');
  const group = await press(page, 'Create', { displayName: 'Basis', description: 'The team' });
  const filled = await press(group, 'Add Member', { identifier: 'uma@acme.example' });
  expect(filled.document.querySelector('tbody a')?.text).toBe('uma');
  expect((await press(filled, 'Add Member', { identifier: 'who' })).text).toContain('Nobody is called “who”');
  const emptied = await press(filled, 'Remove uma');
  expect(emptied.text).toContain('No members');
});

test('a group is deleted with what it gave', async () => {
  const running = await startConsole();
  const { page, press, open } = await running.enter('rosa', '/admin/groups');
  const group = await press(page, 'Create', { displayName: 'Basis' });
  await press(group, 'Add Member', { identifier: 'uma@acme.example' });
  const left = await press(await open(group.path), 'Delete');
  expect(left.path).toBe('/admin/groups?done=deleted');
  expect(left.text).not.toContain('Basis');
  expect((await open(group.path)).status).toBe(404);
  const { body } = await running.scim('GET', '/Users?filter=userName%20eq%20"uma"');
  expect(body.Resources[0].groups ?? []).toEqual([]);
  expect((await changes(running, '?search=Basis'))[0]).toEqual(
    expect.arrayContaining(['rosa (user)', 'delete group Basis']),
  );
});

test('a custom policy is the strongest, there are at most three, and none is there twice', async () => {
  const running = await startConsole();
  const { page, press } = await running.enter('rosa', '/admin/policies');
  const one = await press(page, 'Add', { name: 'Robots', maxAgeMonths: 'unlimited' });
  expect(one.text).toContain('Robots ★★★');
  expect((await press(one, 'Add', { name: 'Same', maxAgeMonths: 'unlimited' })).text).toContain('same rules');
  const two = await press(one, 'Add', { name: 'Two', minLength: '12', whenExceeded: 'reset' });
  const three = await press(two, 'Add', { name: 'Three', minLength: '14' });
  expect(three.text).toContain('at most 3 custom policies');
  expect((await press(three, 'Delete Two')).text).not.toContain('Two');
});

test('an application gets a policy, which sticks to its users, and a token policy', async () => {
  const running = await startConsole();
  running.application();
  const { page, press, open } = await running.enter('rosa', '/admin/applications');
  const detail = await open(page.document.querySelector('tbody a')?.getAttribute('href') ?? '');
  const enterprise = detail.document.querySelectorAll('input[name=policy]')[1]?.getAttribute('value') ?? '';
  await press(detail, 'Save', { policy: enterprise });
  await running.scim('POST', '/Users', robot({}, definitive));
  await running.token('robot', 'Robot-2026-strong');
  running.advance(200 * DAY);
  expect((await running.token('robot', 'Robot-2026-strong')).code).toBe('PASSWORD_RESET_REQUIRED');
});

test('initial passwords are valid as long as the tenant says', async () => {
  const running = await startConsole();
  const { page, press } = await running.enter('rosa', '/admin/settings');
  expect((await press(page, 'Save', { initialPasswordDays: '400' })).status).toBe(400);
  await press(page, 'Save', { initialPasswordDays: '2' });
  await running.scim('POST', '/Users', robot());
  running.advance(3 * DAY);
  expect((await running.token('robot', 'Robot-2026-strong')).code).toBe('INITIAL_PASSWORD_EXPIRED');
});

test('addresses, names and passwords may not hold what the tenant excludes', async () => {
  const running = await startConsole();
  const { page, press } = await running.enter('rosa', '/admin/settings');
  const saved = await press(page, 'Save', { emails: 'Mailinator\n\n', names: 'admin', passwords: 'ROBOT-2026' });
  expect(saved.text).toContain('Mailinator');
  const create = async (overrides: object) => (await running.scim('POST', '/Users', robot(overrides))).status;
  expect(await create({ emails: [{ value: 'x@MAILINATOR.com' }], password: undefined })).toBe(400);
  expect(await create({ name: { familyName: 'Sysadmin' }, password: undefined })).toBe(400);
  expect(await create({})).toBe(400);
  expect(await create({ password: 'Another-2027-strong' })).toBe(201);
  expect((await changes(running, '?type=tenant'))[0]?.[3]).toContain('excluded.emails: Mailinator');
});

test('the change log says who changed what when, before and after, by console and SCIM, without secrets', async () => {
  const running = await startConsole();
  const { body } = await running.scim('POST', '/Users', robot({}, { ...definitive, status: 'active' }));
  running.advance(1000);
  const browser = await running.enter('rosa', `/admin/users/${body.id}`);
  await browser.press(browser.page, 'Deactivate');
  running.advance(1000);
  await browser.press(await browser.open(`/admin/users/${body.id}`), 'Activate');
  const set = await browser.press(await browser.open(`/admin/users/${body.id}`), 'Set Initial Password');
  const entries = await changes(running, '?search=robot');
  expect(entries.map(([when, who, what]) => [when, who, what])).toEqual([
    ['2026-11-21 00:00:02 UTC', 'rosa (user)', 'update user robot'],
    ['2026-11-21 00:00:02 UTC', 'rosa (user)', 'update user robot'],
    ['2026-11-21 00:00:01 UTC', 'rosa (user)', 'update user robot'],
    ['2026-11-21 00:00:00 UTC', 'Locum (system)', 'create user robot'],
  ]);
  expect(entries[2]?.[3]).toContain('active: true');
  expect(entries[0]?.[3]).toContain('password.status: enabled → initial');
  const all = JSON.stringify(entries);
  expect(all).not.toContain('Robot-2026-strong');
  expect(all).not.toContain('argon2');
  expect(all).not.toContain(set.document.querySelector('.once')?.text);
});

test('A5: the log of logons says who tried, at which application, and why it failed', async () => {
  const running = await startConsole();
  await running.scim('POST', '/Users', robot({}, { ...definitive, mailVerified: false }));
  await running.token('robot', 'wrong');
  await running.token('robot', 'Robot-2026-strong');
  await running.token('nobody-at-all', 'x');
  const { page } = await running.enter('rosa', '/admin/logons');
  const rows = page.document.querySelectorAll('tbody tr').map((row) =>
    row
      .querySelectorAll('th, td')
      .slice(1)
      .map((cell) => cell.text),
  );
  expect(rows).toEqual([
    ['rosa', 'Administration Console', 'password', '-', 'success'],
    ['nobody-at-all', 'SAP Business Technology Platform', 'password', '-', 'userNotFound'],
    ['robot', 'SAP Business Technology Platform', 'password', '-', 'mailNotVerified'],
    ['robot', 'SAP Business Technology Platform', 'password', '-', 'passwordCheckFailure'],
  ]);
  const { open } = await running.enter('rosa', '/admin/logons');
  expect((await open('/admin/logons?search=robot&failed=yes')).document.querySelectorAll('tbody tr')).toHaveLength(2);
  expect((await running.enter('uma', '/admin/logons')).page.status).toBe(403);
});

test('the change log tells of new secrets by their beginning only', async () => {
  const running = await startConsole();
  const { secret } = await addSystem(running, ['Read Users']);
  const [latest] = await changes(running, '?type=system');
  expect(latest?.[3]).toContain(`secrets: ${secret.slice(0, 4)}… CI`);
  expect(latest?.[3]).not.toContain(secret.slice(0, 8));
});

test('e-mail and password of an administrator need Manage Tenant Configuration by SCIM, too', async () => {
  const running = await startConsole();
  const users = (await running.scim('GET', '/Users')).body.Resources as readonly { id: string; userName: string }[];
  const patch = async (userName: string, path: string, value: unknown) => {
    const { id = '' } = users.find((user) => user.userName === userName) ?? {};
    return (await running.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path, value }))).status;
  };
  expect(await patch('rosa', 'password', 'Another-2027-strong')).toBe(403);
  expect(await patch('rosa', 'emails', [{ value: 'mallory@acme.example' }])).toBe(403);
  expect(await patch('rosa', 'displayName', 'Rosa')).toBe(204);
  expect(await patch('nobody', 'password', 'Another-2027-strong')).toBe(204);
});
