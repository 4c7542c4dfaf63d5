import { expect, test } from 'vitest';
import { IAS_SCHEMA } from '../wire.ts';
import { DAY, definitive, HOST, PASSWORD, patchOp, robot, startTenant } from './tenant.fixture.ts';

const SAP = IAS_SCHEMA.sap;
const HOUR = DAY / 24;

test('A1: a password alone is initial and must be changed at the first logon', async () => {
  const tenant = await startTenant();
  const created = await tenant.scim('POST', '/Users', robot());
  expect(created).toMatchObject({
    status: 201,
    body: { [SAP]: { passwordDetails: { status: 'initial' }, status: 'new' } },
  });
  expect(await tenant.token('robot', PASSWORD)).toMatchObject({
    status: 401,
    code: 'PASSWORD_CHANGE_REQUIRED',
    body: { error: 'invalid_grant' },
  });
});

test('A2: a password with status enabled works at once', async () => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, definitive));
  expect(await tenant.token('robot', PASSWORD)).toMatchObject({ status: 200, code: null });
  expect(await tenant.probe('robot', PASSWORD)).toEqual({ status: 200, code: null });
});

test('a tenant that does not honour enabled makes the password initial', async () => {
  const tenant = await startTenant({ switches: { 'ias.honourEnabled': false } });
  await tenant.scim('POST', '/Users', robot({}, definitive));
  expect(await tenant.probe('robot', PASSWORD)).toEqual({ status: 401, code: 'PASSWORD_CHANGE_REQUIRED' });
});

test('A4: an initial password dies after 14 days, and a new one revives the user', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot());
  tenant.advance(15 * DAY);
  expect(await tenant.token('robot', PASSWORD)).toMatchObject({ status: 401, code: 'INITIAL_PASSWORD_EXPIRED' });
  const operations = patchOp(
    { op: 'replace', path: 'password', value: 'Another-2026-one' },
    { op: 'replace', path: `${SAP}:passwordDetails.status`, value: 'enabled' },
  );
  expect(await tenant.scim('PATCH', `/Users/${body.id}`, operations)).toMatchObject({ status: 204, body: undefined });
  expect((await tenant.token('robot', 'Another-2026-one')).status).toBe(200);
});

test.each([
  ['no mail and not verified', { sendMail: false, mailVerified: false }, 401],
  ['mail sent but not verified', { sendMail: true, mailVerified: false }, 401],
  ['no mail and verified', { sendMail: false, mailVerified: true }, 200],
  ['mail sent and verified', { sendMail: true, mailVerified: true }, 200],
])('A5: %s gives %s', async (_case, matrix, status) => {
  const tenant = await startTenant();
  await tenant.scim('POST', '/Users', robot({}, { ...definitive, ...matrix }));
  expect((await tenant.token('robot', PASSWORD)).status).toBe(status);
});

test('A5: without the strict matrix an unverified address does not bar the logon', async () => {
  const tenant = await startTenant({ switches: { 'ias.strictMailMatrix': false } });
  await tenant.scim('POST', '/Users', robot({}, { ...definitive, mailVerified: false }));
  expect((await tenant.token('robot', PASSWORD)).status).toBe(200);
});

test('A7: five wrong passwords lock for an hour', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot({}, definitive));
  for (let attempt = 0; attempt < 5; attempt++)
    expect(await tenant.token('robot', 'wrong')).toMatchObject({ code: null });
  expect(await tenant.token('robot', PASSWORD)).toMatchObject({ status: 401, code: 'PASSWORD_LOCKED' });
  expect((await tenant.scim('GET', `/Users/${body.id}`)).body[SAP].passwordDetails).toMatchObject({
    failedLoginAttempts: 5,
    passwordLockedTime: '2026-11-21T00:00:00Z',
  });
  tenant.advance(61 * 60_000);
  expect((await tenant.token('robot', PASSWORD)).status).toBe(200);
  expect((await tenant.scim('GET', `/Users/${body.id}`)).body[SAP].passwordDetails.failedLoginAttempts).toBe(0);
});

test('A7: an administrator unlocks by setting the failed attempts to 0', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot({}, definitive));
  for (let attempt = 0; attempt < 5; attempt++) await tenant.probe('robot', 'wrong');
  const unlock = patchOp({ op: 'replace', path: `${SAP}:passwordDetails.failedLoginAttempts`, value: 0 });
  await tenant.scim('PATCH', `/Users/${body.id}`, unlock);
  expect((await tenant.probe('robot', PASSWORD)).status).toBe(200);
});

test('A7: a custom policy without lock period stays locked until somebody unlocks', async () => {
  const tenant = await startTenant({ tenant: { policies: [{ name: 'forever', failedAttempts: 1 }] } });
  const policy = 'https://accounts.sap.com/policy/passwords/acme-platform/forever/1.0';
  await tenant.scim('POST', '/Users', robot({}, { passwordDetails: { status: 'enabled', policy } }));
  await tenant.probe('robot', 'wrong');
  tenant.advance(1000 * HOUR);
  expect(await tenant.probe('robot', PASSWORD)).toEqual({ status: 401, code: 'PASSWORD_LOCKED' });
});

test('A8 and A9: only a user that took the enterprise policy must change after six months', async () => {
  const tenant = await startTenant({
    tenant: {
      applications: [{ name: 'console', clientId: 'APP_ID', clientSecret: 'APP_SECRET', policy: 'Enterprise' }],
    },
  });
  await tenant.scim('POST', '/Users', robot({}, definitive));
  const other = robot({ userName: 'console', emails: [{ value: 'console@sap-test.de' }] }, definitive);
  const { body } = await tenant.scim('POST', '/Users', other);
  const atConsole = () =>
    tenant.fetch(`https://${HOST}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: tenant.basic(tenant.credential('APP_ID'), tenant.credential('APP_SECRET')) },
      body: new URLSearchParams({ grant_type: 'password', username: 'console', password: PASSWORD }),
    });
  expect((await atConsole()).status).toBe(200);
  expect((await tenant.scim('GET', `/Users/${body.id}`)).body[SAP].passwordDetails.policy).toMatch(/enterprise/);
  tenant.advance(100 * DAY);
  expect((await tenant.token('console', PASSWORD)).status).toBe(200);
  tenant.advance(100 * DAY);
  expect(await tenant.token('console', PASSWORD)).toMatchObject({ status: 401, code: 'PASSWORD_CHANGE_REQUIRED' });
  tenant.advance(100 * DAY);
  expect(await tenant.token('console', PASSWORD)).toMatchObject({ status: 401, code: 'PASSWORD_RESET_REQUIRED' });
  expect((await tenant.token('robot', PASSWORD)).status).toBe(200);
});

test('a password status without a password is refused, except a logon that is switched off from the start', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot());
  const enable = patchOp({ op: 'replace', path: `${SAP}:passwordDetails.status`, value: 'enabled' });
  expect((await tenant.scim('PATCH', `/Users/${body.id}`, enable)).status).toBe(400);
  const off = robot(
    { userName: 'proxy', active: true, password: undefined, emails: [{ value: 'proxy@sap-test.de' }] },
    { passwordDetails: { status: 'disabled' } },
  );
  expect((await tenant.scim('POST', '/Users', off)).status).toBe(201);
  expect(await tenant.probe('proxy', 'x')).toEqual({ status: 401, code: 'PASSWORD_DISABLED' });
});

test('a weak password is refused and nothing is created', async () => {
  const tenant = await startTenant();
  expect((await tenant.scim('POST', '/Users', robot({ password: 'weakweak' }))).status).toBe(400);
  expect((await tenant.scim('GET', '/Users?filter=userName eq "robot"')).body.totalResults).toBe(0);
});

test('an inactive user and one outside its validity are refused', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot({}, { ...definitive, validTo: '2026-12-31T23:59:59Z' }));
  expect((await tenant.probe('robot', PASSWORD)).status).toBe(200);
  tenant.advance(60 * DAY);
  expect((await tenant.probe('robot', PASSWORD)).status).toBe(401);
  await tenant.scim('PATCH', `/Users/${body.id}`, patchOp({ op: 'replace', path: 'active', value: false }));
  expect(await tenant.probe('robot', PASSWORD)).toEqual({ status: 401, code: 'USER_INACTIVE' });
});

test('the password never comes back and is never kept as text', async () => {
  const tenant = await startTenant();
  const { body } = await tenant.scim('POST', '/Users', robot({}, definitive));
  expect(JSON.stringify(body)).not.toContain(PASSWORD);
  expect(JSON.stringify(tenant.state.drain())).not.toContain(PASSWORD);
});

test.each([
  [undefined, 'PASSWORD_CHANGE_REQUIRED', 'PASSWORD_RESET_REQUIRED'],
  ['reset', 'PASSWORD_RESET_REQUIRED', 'PASSWORD_RESET_REQUIRED'],
  ['change', 'PASSWORD_CHANGE_REQUIRED', 'PASSWORD_CHANGE_REQUIRED'],
])('a custom policy that says %s demands it of passwords that are too old or were not used', async (...given) => {
  const [whenExceeded, tooOld, unused] = given;
  const policy = { name: 'Robots', maxAgeMonths: 2, unusedMonths: 1, ...(whenExceeded ? { whenExceeded } : {}) };
  const applications = [{ name: 'SAP Business Technology Platform', policy: 'Robots' }];
  const tenant = await startTenant({ tenant: { policies: [policy], applications } });
  await tenant.scim('POST', '/Users', robot({}, definitive));
  const log = async () => (await tenant.token('robot', PASSWORD)).code;
  expect(await log()).toBeNull();
  for (let week = 0; week < 8; week++) {
    tenant.advance(7 * DAY);
    expect(await log()).toBeNull();
  }
  tenant.advance(7 * DAY);
  expect(await log()).toBe(tooOld);
  tenant.advance(40 * DAY);
  expect(await log()).toBe(unused);
});
