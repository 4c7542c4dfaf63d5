import { expect, test } from 'vitest';
import { startEmulators } from '../../../../emulation/compose.ts';
import { accountsEmulator } from '../../../accounts/emulator/index.ts';
import { iasEmulator } from '../../../ias/emulator/index.ts';
import { btpCliEmulator } from '../../../protocols/btp-cli/emulator/index.ts';
import { ACME, acmeSeed, cloudFoundryDouble } from '../../../protocols/btp-cli/emulator/testing/acme.ts';
import { trustEmulator } from '../../../trust/emulator/index.ts';
import { authzEmulator } from '../index.ts';

const SERVER = 'https://cli.btp.cloud.sap';

const namespace = {
  attributeName: 'namespace',
  attributeValueOrigin: 'static',
  attributeValues: [null],
  valueRequired: false,
};
const applications = [
  {
    globalAccount: 'acme',
    in: { subaccounts: ['dev'] },
    appId: 'front!b7',
    roleTemplates: [{ name: 'Developer', scopes: ['front!b7.read'], attributes: [namespace] }],
    shown: { planName: 'broker', 'tenant-mode': 'shared' },
  },
];

async function start(roleCollections: readonly string[] = ['Subaccount Administrator']) {
  const user = { globalAccount: 'acme', in: { subaccounts: ['dev'] }, userName: ACME.robot, originKey: ACME.originKey };
  const landscape = await startEmulators({
    emulators: [iasEmulator, accountsEmulator, trustEmulator, authzEmulator, btpCliEmulator, cloudFoundryDouble()],
    seed: { ...acmeSeed, authz: { applications, users: [...acmeSeed.authz.users, { ...user, roleCollections }] } },
  });
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    landscape.fetch(`${SERVER}${path}`, { method: 'POST', body: JSON.stringify(body), headers });
  const login = (userName: string = ACME.robotLogin, customIdp = 'acme-platform', credential = 'ROBOT_PASSWORD') =>
    post('/login/v2.106.1', {
      customIdp,
      subdomain: 'acme',
      userName,
      password: landscape.credentials.get(credential) ?? '',
    });
  const dev = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid ?? '';
  const session = (await login()).headers.get('x-cpcli-sessionid') ?? '';
  async function command(object: string, action: string, params: Readonly<Record<string, string>> = {}, as = session) {
    const response = await post(
      `/command/v2.106.1/security/${object}?${action}`,
      { paramValues: { subaccount: dev, ...params } },
      { 'x-cpcli-sessionid': as, 'x-cpcli-subdomain': 'acme' },
    );
    const text = await response.text();
    const body: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
    return {
      http: response.status,
      status: Number(response.headers.get('x-cpcli-backend-status')),
      body,
      headers: response.headers,
    };
  }
  return { landscape, post, login, command, dev, session };
}

const jenny = { userName: 'jenny.doe@test.com', origin: 'ldap', roleCollectionName: 'Subaccount Viewer' };

test('the first assignment makes the shadow user, and every change counts', async () => {
  const { command } = await start();
  const assigned = await command('role-collection', 'assign', { ...jenny, createUserIfMissing: 'true' });
  expect(assigned.body).toMatchObject({ origin: 'sap.default', version: 1, roleCollections: ['Subaccount Viewer'] });
  expect(assigned.body).not.toHaveProperty('givenName');
  const again = await command('role-collection', 'assign', {
    ...jenny,
    roleCollectionName: 'Destination Administrator',
  });
  expect(again.body).toMatchObject({ version: 2, roleCollections: ['Subaccount Viewer', 'Destination Administrator'] });
});

test('a user without role collections stays', async () => {
  const { command } = await start();
  await command('role-collection', 'assign', { ...jenny, createUserIfMissing: 'true' });
  expect((await command('role-collection', 'unassign', jenny)).body).toMatchObject({ version: 2, roleCollections: [] });
  expect((await command('user', 'list', { origin: 'sap.default' })).body).toContain(jenny.userName);
  expect((await command('role-collection', 'unassign', jenny)).status).toBe(404);
});

test('without createUserIfMissing an unknown user is refused', async () => {
  const { command } = await start();
  expect(await command('role-collection', 'assign', jenny)).toMatchObject({
    http: 200,
    status: 404,
    body: { error: `No such user: ${jenny.userName}` },
  });
});

test('a viewer reads and does not write; somebody without a role does neither', async () => {
  const viewer = await start(['Subaccount Viewer']);
  expect((await viewer.command('role-collection', 'list')).status).toBe(200);
  const refused = await viewer.command('role-collection', 'assign', { ...jenny, createUserIfMissing: 'true' });
  expect(refused).toMatchObject({ http: 200, status: 403, body: '' });
  expect(refused.headers.get('x-cpcli-backend-message')).toBe('You are not authorized to use this command.');
  const outsider = await start(['Destination Administrator']);
  expect((await outsider.command('role-collection', 'list')).status).toBe(403);
});

test('a role of your own collection counts like one of a predefined collection', async () => {
  const { command, landscape, dev } = await start();
  const mine = { roleCollectionName: 'Auditors', description: '' };
  expect((await command('role-collection', 'create', mine)).body).toEqual({
    name: 'Auditors',
    description: '',
    isReadOnly: false,
  });
  const role = { roleName: 'User and Role Auditor', roleTemplateAppID: 'xsuaa!t1', roleTemplateName: 'xsuaa_auditor' };
  expect((await command('role', 'add', { ...mine, ...role })).status).toBe(200);
  await command('role-collection', 'assign', { ...jenny, ...mine, createUserIfMissing: 'true' });
  expect(landscape.world.use('authorization').roles(dev, jenny.userName, 'sap.default')).toEqual(['xsuaa_auditor']);
  expect((await command('role', 'add', { ...role, roleCollectionName: 'Subaccount Viewer' })).status).toBe(400);
});

test('groups are mapped for custom identity providers only', async () => {
  const { command } = await start();
  const group = { roleCollectionName: 'Subaccount Viewer', group: 'Admins' };
  expect((await command('role-collection', 'assign', { ...group, origin: ACME.originKey })).body).toBe('');
  expect((await command('role-collection', 'assign', { ...group, origin: 'ldap' })).status).toBe(400);
  const { body } = await command('role-collection', 'get', { ...group, showAttributeMappings: 'true' });
  expect(body).toMatchObject({ groupReferences: [{ attributeValue: 'Admins', samlEntityId: `https://${ACME.host}` }] });
});

test('an API credential gets a token of the zone, and none after it was deleted', async () => {
  const { command, landscape } = await start();
  const { body } = await command('api-credential', 'create', { name: 'robot', readOnly: 'true' });
  const { clientid = '', clientsecret = '', tokenurl = '' } = body as Record<string, string>;
  const token = () =>
    landscape.fetch(tokenurl, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientid, client_secret: clientsecret }),
    });
  expect((await token()).status).toBe(200);
  expect((await command('api-credential', 'get', { name: 'robot' })).body).not.toHaveProperty('clientsecret');
  await command('api-credential', 'delete', { name: 'robot' });
  expect((await token()).status).toBe(401);
});

test('commands need a session, an action that exists, and a protocol that is not too old', async () => {
  const { command, post, session } = await start();
  expect((await command('user', 'list', { origin: 'ldap' }, 'expired')).http).toBe(401);
  expect(await command('user', 'dance')).toMatchObject({ http: 501 });
  expect((await command('user', 'dance')).body).toContain('/command/v2.106.1/security/user?dance');
  const old = await post('/command/v2.49.0/security/user?list', {}, { 'x-cpcli-sessionid': session });
  expect(old.status).toBe(412);
});

test('a role narrows the attributes of its template, and the application shows where it comes from', async () => {
  const { command } = await start();
  const developer = { appId: 'front!b7', roleTemplateName: 'Developer' };
  const delivered = await command('role', 'get', { ...developer, roleName: 'Developer' });
  expect(delivered.body).toMatchObject({ isReadOnly: true, attributeList: [namespace] });
  const own = { ...developer, roleName: 'Own', description: '' };
  expect((await command('role', 'create', { ...own, attributeList: '[' })).status).toBe(400);
  const attributeList = JSON.stringify([{ ...namespace, attributeValueOrigin: 'saml', attributeValues: ['custom'] }]);
  const created = await command('role', 'create', { ...own, attributeList });
  expect(created.body).toMatchObject({ isReadOnly: false, attributeList: [{ attributeValues: ['custom'] }] });
  const app = await command('app', 'get', { appId: 'front!b7' });
  expect(app.body).toMatchObject({
    xsappname: 'front',
    'tenant-mode': 'shared',
    'role-templates': [{ name: 'Developer', 'attribute-references': [{ name: 'namespace', 'value-required': false }] }],
  });
  const ids = ((await command('app', 'list')).body as readonly { readonly appid: string }[]).map(({ appid }) => appid);
  expect(ids).toContain('front!b7');
  expect((await command('app', 'get', { appId: 'nothing!t1' })).status).toBe(404);
});

test('commands never carry a session header', async () => {
  const { command } = await start();
  expect((await command('role-collection', 'list')).headers.has('x-cpcli-sessionid')).toBe(false);
});

test('an eleventh session of a user ends the oldest', async () => {
  const { command, login, session } = await start();
  for (let n = 0; n < 9; n++) await login();
  expect((await command('role-collection', 'list')).http).toBe(200);
  await login();
  expect((await command('role-collection', 'list', {}, session)).http).toBe(401);
});

test('whatever refuses the password at the identity provider refuses it here, without a word', async () => {
  const { login } = await start();
  const refused = await login('nobody');
  expect([refused.status, await refused.text()]).toEqual([401, '']);
  expect((await login(ACME.robotLogin, 'no-such-tenant')).status).toBe(401);
});

test('lists the global accounts in which the user may do something', async () => {
  const { post, session } = await start();
  const headers = { 'x-cpcli-sessionid': session };
  const list = await (await post('/client/v2.106.1/globalAccountList', '', headers)).json();
  expect(list).toMatchObject([{ subdomain: 'acme' }]);
});
