import { expect, test } from 'vitest';
import { type Emulators, type EmulatorsOptions, startEmulators } from '../../emulation/compose.ts';
import type { Context } from '../../kernel/context.ts';
import type { Vault } from '../../kernel/ports.ts';
import { createMemoryVault } from '../../kernel/vault/memory.ts';
import { iasEmulator } from './emulator/index.ts';
import { createLocum, manifestText } from './testing.ts';
import { IAS_SCHEMA } from './wire.ts';

const HOST = 'acme-platform.accounts.ondemand.com';
const SAP = IAS_SCHEMA.sap;
const DAY = 86_400_000;
const USER = 'ias/user:acme-platform/robot';
const PASSWORD = 'ias/password:acme-platform/robot';

interface Setting extends Partial<EmulatorsOptions> {
  readonly users?: readonly object[];
  readonly policies?: readonly object[];
  readonly manifest?: string;
  readonly vault?: Vault;
  readonly env?: (name: string) => string | undefined;
}

type Intercept = (request: Request, pass: () => Promise<Response>) => Promise<Response>;

async function start(setting: Setting = {}) {
  const { users = [], policies = [], manifest = manifestText(['name: robot']), vault, env, ...options } = setting;
  const administrators = [{ name: 'Locum', clientId: 'IAS_ID', clientSecret: 'IAS_SECRET' }];
  const emulators: Emulators = await startEmulators({
    emulators: [iasEmulator],
    seed: { ias: { tenants: [{ id: 'acme-platform', users, policies, administrators }] } },
    ...options,
  });
  const sent: string[] = [];
  const hook: { intercept?: Intercept } = {};
  const context: Context = {
    ...emulators,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const body = request.method === 'PATCH' ? await request.clone().text() : '';
      const what = body.includes('"path":"password"') ? ' password' : '';
      sent.push(`${request.method} ${new URL(request.url).pathname.replace(/[0-9a-f-]{36}/, '<id>')}${what}`);
      const pass = () => emulators.fetch(request);
      return hook.intercept ? hook.intercept(request, pass) : pass();
    },
  };
  const credential = (name: string) => emulators.credentials.get(name);
  const locum = createLocum({ context, manifest, env: env ?? credential, ...(vault ? { vault } : {}) });

  /** The administrator of the tenant at work, beside Locum. */
  async function scim(method: string, path: string, body?: object) {
    const basic = Buffer.from(`${credential('IAS_ID')}:${credential('IAS_SECRET')}`).toString('base64');
    const response = await emulators.fetch(`https://${HOST}/scim${path}`, {
      method,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/scim+json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  }
  async function user(name = 'robot') {
    return (await scim('GET', `/Users?filter=userName eq "${name}"`)).Resources[0];
  }
  async function patch(...operations: object[]) {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    await scim('PATCH', `/Users/${(await user()).id}`, { schemas, Operations: operations });
  }
  async function logOn(password: string | undefined, name = 'robot') {
    const response = await emulators.fetch(`https://${HOST}/service/users/password`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` },
    });
    return response.status;
  }
  const kept = async (name = 'robot') => (await locum.vault.open(`acme/${name}`, 'current'))?.secret.reveal();
  const count = (what: string) => sent.filter((line) => line === what).length;
  return { ...emulators, locum, sent, hook, scim, user, patch, logOn, kept, count };
}

type Setup = Awaited<ReturnType<typeof start>>;

/** What must hold at the end of every story: one user, one definitive password, and it is the vault's. */
async function expectInPlace({ locum, user, logOn, kept }: Setup) {
  const plan = await locum.plan();
  expect(plan.steps).toEqual([]);
  expect(plan.unknown).toEqual([{ address: PASSWORD, paths: ['password'] }]);
  expect(await logOn(await kept())).toBe(200);
  expect((await user())[SAP].passwordDetails).toMatchObject({ status: 'enabled', failedLoginAttempts: 0 });
  expect((await locum.vault.history('acme/robot')).filter((version) => version.state === 'pending')).toEqual([]);
}

test('creates a user and a definitive password, proves it, and finds nothing more to do', async () => {
  const setup = await start();
  const plan = await setup.locum.plan();
  expect(plan.steps.map(({ address, action, changes }) => ({ address, action, changes }))).toMatchInlineSnapshot(`
    [
      {
        "action": "create",
        "address": "ias/user:acme-platform/robot",
        "changes": [
          {
            "after": "robot",
            "path": "userName",
          },
          {
            "after": "robot@sap-test.de",
            "path": "emails",
          },
          {
            "after": "external",
            "path": "userType",
          },
          {
            "after": true,
            "path": "active",
          },
          {
            "after": true,
            "path": "mailVerified",
          },
          {
            "after": "locum:acme/robot",
            "path": "customAttribute10",
          },
          {
            "after": "basis@acme.example",
            "path": "customAttribute9",
          },
          {
            "after": "Deploys",
            "path": "customAttribute8",
          },
        ],
      },
      {
        "action": "create",
        "address": "ias/password:acme-platform/robot",
        "changes": [
          {
            "path": "password",
            "sensitive": true,
          },
          {
            "after": "enabled",
            "path": "passwordDetails.status",
          },
        ],
      },
    ]
  `);
  expect(await setup.locum.apply()).toMatchObject({ [USER]: { result: 'done' }, [PASSWORD]: { result: 'done' } });
  expect(setup.count('PATCH /scim/Users/<id> password')).toBe(1);
  await expectInPlace(setup);
});

test('sends a user that can log on without a mailbox and carries our mark', async () => {
  const setup = await start({ manifest: manifestText(['name: robot, expires: 2027-12-31']) });
  let body: unknown;
  setup.hook.intercept = async (request, pass) => {
    if (request.method === 'POST' && request.url.endsWith('/scim/Users')) body = await request.clone().json();
    return pass();
  };
  await setup.locum.apply();
  expect(body).toMatchInlineSnapshot(`
    {
      "active": true,
      "displayName": "robot",
      "emails": [
        {
          "primary": true,
          "type": "work",
          "value": "robot@sap-test.de",
        },
      ],
      "name": {
        "familyName": "robot",
        "givenName": "Technical User",
      },
      "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:sap:2.0:User",
        "urn:sap:cloud:scim:schemas:extension:custom:2.0:User",
      ],
      "urn:ietf:params:scim:schemas:extension:sap:2.0:User": {
        "mailVerified": true,
        "sendMail": false,
        "status": "active",
        "validTo": "2027-12-31T23:59:59Z",
      },
      "urn:sap:cloud:scim:schemas:extension:custom:2.0:User": {
        "attributes": [
          {
            "name": "customAttribute8",
            "value": "Deploys",
          },
          {
            "name": "customAttribute9",
            "value": "basis@acme.example",
          },
          {
            "name": "customAttribute10",
            "value": "locum:acme/robot",
          },
        ],
      },
      "userName": "robot",
      "userType": "external",
    }
  `);
  expect((await setup.user())[SAP]).toMatchObject({ mailVerified: true, validTo: '2027-12-31T23:59:59Z' });
});

test('reports a foreign user and touches nothing', async () => {
  const setup = await start({ users: [{ userName: 'robot', email: 'robot@sap-test.de', credential: 'THEIRS' }] });
  const { findings, steps } = await setup.locum.plan();
  expect(steps).toEqual([]);
  expect(findings).toContainEqual(
    expect.objectContaining({ code: 'IAS_USER_NOT_OURS', subject: USER, severity: 'error' }),
  );
  expect(findings[0]?.remedy).toContain('--adopt');
  await expect(setup.locum.apply()).rejects.toThrow('IAS_USER_NOT_OURS');
  expect(await setup.logOn(setup.credentials.get('THEIRS'))).toBe(200);
});

test('takes a foreign user over when told so, and leaves its other custom attributes alone', async () => {
  const setup = await start({ users: [{ userName: 'robot', email: 'robot@sap-test.de', credential: 'THEIRS' }] });
  const value = [{ name: 'customAttribute1', value: 'cost center 7' }];
  await setup.patch({ op: 'add', path: `${IAS_SCHEMA.custom}:attributes`, value });
  await setup.locum.apply({ adopt: true });
  expect((await setup.user())[IAS_SCHEMA.custom].attributes).toEqual(
    expect.arrayContaining([...value, { name: 'customAttribute10', value: 'locum:acme/robot' }]),
  );
  expect(await setup.logOn(setup.credentials.get('THEIRS'))).toBe(401);
  await expectInPlace(setup);
});

test('does not take a user from another manifest by itself', async () => {
  const setup = await start({ users: [{ userName: 'robot', email: 'robot@sap-test.de' }] });
  const value = [{ name: 'customAttribute10', value: 'locum:other/robot' }];
  await setup.patch({ op: 'add', path: `${IAS_SCHEMA.custom}:attributes`, value });
  const [finding] = (await setup.locum.plan()).findings;
  expect(finding?.because).toContain('locum:other/robot');
});

test('reports an e-mail that another user holds', async () => {
  const setup = await start({ users: [{ userName: 'person', email: 'Robot@sap-test.de' }] });
  const { findings } = await setup.locum.plan();
  expect(findings).toContainEqual(
    expect.objectContaining({ code: 'IAS_EMAIL_TAKEN', severity: 'error', subject: USER }),
  );
  expect(findings[0]?.because).toContain('person');
});

test.each([
  ['emails', { op: 'replace', path: 'emails', value: [{ value: 'other@sap-test.de' }] }],
  ['mailVerified', { op: 'replace', path: `${SAP}:mailVerified`, value: false }],
  ['active', { op: 'replace', path: 'active', value: false }],
  ['userType', { op: 'replace', path: 'userType', value: 'public' }],
  ['validTo', { op: 'replace', path: `${SAP}:validTo`, value: '2027-01-01T00:00:00Z' }],
  ['customAttribute9', { op: 'remove', path: `${IAS_SCHEMA.custom}:attributes[name eq "customAttribute9"]` }],
])('mends drift in %s', async (path, operation) => {
  const setup = await start();
  await setup.locum.apply();
  await setup.patch(operation);
  const { steps } = await setup.locum.plan();
  expect(steps).toMatchObject([{ address: USER, action: 'update' }]);
  expect(steps[0]?.changes.map((change) => change.path)).toContain(path);
  expect(await setup.locum.apply()).toMatchObject({ [USER]: { result: 'done' } });
  await expectInPlace(setup);
});

test('a logon by somebody does not make a plan stale', async () => {
  const setup = await start();
  await setup.locum.apply();
  const before = await setup.locum.plan();
  setup.advance(2 * DAY);
  await setup.logOn(await setup.kept());
  await setup.logOn('wrong');
  expect((await setup.locum.plan()).fingerprint).toBe(before.fingerprint);
});

test.each(['POST /scim/Users', 'PATCH /scim/Users/<id> password'])(
  'a lost reply to %s loses and doubles nothing',
  async (lost) => {
    const setup = await start();
    let once = true;
    setup.hook.intercept = async (_request, pass) => {
      const response = await pass();
      if (setup.sent.at(-1) === lost && once) {
        once = false;
        throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
      }
      return response;
    };
    await setup.locum.apply();
    expect(setup.count(lost)).toBe(1);
    await expectInPlace(setup);
  },
);

test('after a crash between sending and keeping a password, a logon proves it and nothing is sent again', async () => {
  const vault = createMemoryVault();
  let crash = true;
  const setup = await start({
    vault: {
      ...vault,
      promote: async (...args) => {
        if (crash) throw new Error('power cut');
        return vault.promote(...args);
      },
    },
  });
  await expect(setup.locum.apply()).rejects.toThrow('power cut');
  crash = false;
  expect((await setup.locum.plan()).steps).toMatchObject([{ because: 'a password was sent but not proven yet' }]);
  await setup.locum.apply();
  expect(setup.count('PATCH /scim/Users/<id> password')).toBe(1);
  expect(await vault.history('acme/robot')).toMatchObject([{ version: 1, state: 'current' }]);
  await expectInPlace(setup);
});

test('after a crash before sending, the same password is sent, at the price of one failed logon', async () => {
  const vault = createMemoryVault();
  let crash = true;
  const setup = await start({
    vault: {
      ...vault,
      propose: async (...args) => {
        const version = await vault.propose(...args);
        if (crash) throw new Error('power cut');
        return version;
      },
    },
  });
  await expect(setup.locum.apply()).rejects.toThrow('power cut');
  crash = false;
  await setup.patch(
    { op: 'replace', path: 'password', value: 'Somebody-2026-else' },
    { op: 'replace', path: `${SAP}:passwordDetails.status`, value: 'enabled' },
  );
  let attempts: number | undefined;
  setup.hook.intercept = async (request, pass) => {
    if (request.method === 'PATCH') attempts = (await setup.user())[SAP].passwordDetails.failedLoginAttempts;
    return pass();
  };
  await setup.locum.apply();
  expect(attempts).toBe(1);
  expect(await vault.history('acme/robot')).toMatchObject([{ version: 1, state: 'current' }]);
  await expectInPlace(setup);
});

test('completes the first logon where the tenant does not honour a definitive password', async () => {
  const setup = await start({ switches: { 'ias.honourEnabled': false } });
  await setup.locum.apply();
  expect(setup.sent).toContain('POST /ui/password/change');
  await expectInPlace(setup);
});

test.each([true, false])('survives a crash after every effect (tenant honours enabled: %s)', async (honours) => {
  for (let crashAt = 1; ; crashAt++) {
    let effects = 0;
    let armed = true;
    const effect = async <T>(act: () => Promise<T>): Promise<T> => {
      const result = await act();
      if (armed && ++effects === crashAt) throw new Error('power cut');
      return result;
    };
    const vault = createMemoryVault();
    const setup = await start({
      switches: { 'ias.honourEnabled': honours },
      vault: {
        ...vault,
        propose: (...args) => effect(() => vault.propose(...args)),
        promote: (...args) => effect(() => vault.promote(...args)),
        retire: (...args) => effect(() => vault.retire(...args)),
      },
    });
    setup.hook.intercept = (request, pass) => (request.method === 'GET' ? pass() : effect(pass));
    await setup.locum.apply().catch(() => undefined);
    const done = effects < crashAt;
    armed = false;
    await setup.locum.apply();
    await expectInPlace(setup);
    expect((await setup.scim('GET', '/Users')).totalResults).toBe(1);
    if (done) break;
  }
});

test('wrong credentials of the administrator cost one failed attempt, however many users there are', async () => {
  const users = Array.from({ length: 400 }, (_, index) => `name: robot-${index}`);
  const rotated = await start({ manifest: manifestText(users) });
  const setup = await start({
    manifest: manifestText(users),
    env: (name) => rotated.credentials.get(name),
  });
  const { findings } = await setup.locum.plan();
  expect(findings).toMatchObject([{ code: 'ERR_REMOTE_CREDENTIALS', severity: 'error' }]);
  expect(findings[0]?.remedy).toContain('connections.ias.acme-platform');
  expect(setup.sent).toHaveLength(1);
  const hops = await setup.locum.doctor();
  expect(hops.find((hop) => hop.link === 'tenant')).toMatchObject({ status: 'failed', code: 'IAS_ADMIN_REFUSED' });
  expect(hops.find((hop) => hop.link === 'user')).toMatchObject({ status: 'unknown' });
  expect(setup.sent).toHaveLength(2);
});

test('names an unset secret of the administrator', async () => {
  const setup = await start({ env: () => undefined });
  expect((await setup.locum.plan()).findings).toMatchObject([{ code: 'ERR_CONFIG_SECRET' }]);
});

test('says when the tenant is not there', async () => {
  const setup = await start({ manifest: manifestText(['name: robot'], 'nobody.accounts.ondemand.com') });
  expect((await setup.locum.plan()).findings).toMatchObject([{ code: 'ERR_REMOTE_UNREACHABLE' }]);
  const [tenant] = await setup.locum.doctor();
  expect(tenant).toMatchObject({ status: 'failed', code: 'IAS_TENANT_UNREACHABLE' });
  expect(tenant?.remedy).toContain('nobody.accounts.ondemand.com');
});

test.each([{ 'retry-after': '7' }, {}])('waits out a 429 with headers %j', async (headers) => {
  const setup = await start();
  const limited = new Set<string>();
  setup.hook.intercept = async (_request, pass) => {
    const line = setup.sent.at(-1) ?? '';
    if (limited.has(line)) return pass();
    limited.add(line);
    return new Response(null, { status: 429, headers: headers as Record<string, string> });
  };
  const before = setup.now();
  await setup.locum.apply();
  expect(setup.now() - before).toBeGreaterThanOrEqual('retry-after' in headers ? 7000 : 1000);
  setup.hook.intercept = (_request, pass) => pass();
  await expectInPlace(setup);
});

test('asks for users by the page, not one by one', async () => {
  const users = Array.from({ length: 120 }, (_, index) => `name: robot-${index}`);
  const setup = await start({ manifest: manifestText(users) });
  await setup.locum.plan();
  expect(setup.sent).toEqual(Array.from({ length: 3 }, () => 'GET /scim/Users'));
});

test('without a connection says which one is missing', async () => {
  const manifest = manifestText(['name: robot'])
    .replace(/ {4}acme-platform:.*\n/, '')
    .replace('  ias:\n', '  ias: {}\n');
  const setup = await start({ manifest });
  expect((await setup.locum.plan()).findings).toMatchObject([
    { code: 'IAS_CONNECTION_MISSING', severity: 'error', subject: 'acme-platform' },
  ]);
  expect((await setup.locum.doctor()).map((hop) => hop.status)).toEqual(['unknown', 'unknown']);
});

test('no secret reaches plan, log or steps', async () => {
  const setup = await start();
  const plan = await setup.locum.plan();
  const steps = await setup.locum.apply();
  const hops = await setup.locum.doctor();
  const told = JSON.stringify([plan, steps, hops, setup.locum.log]);
  for (const secret of [await setup.kept(), setup.credentials.get('IAS_SECRET')]) expect(told).not.toContain(secret);
});

test('a new password replaces one that its policy ended', async () => {
  const enterprise = 'https://accounts.sap.com/policy/passwords/sap/enterprise/1.0';
  const setup = await start();
  await setup.locum.apply();
  await setup.patch({ op: 'replace', path: `${SAP}:passwordDetails.policy`, value: enterprise });
  expect((await setup.locum.plan()).steps).toEqual([]);
  setup.advance(200 * DAY);
  expect((await setup.locum.plan()).steps).toMatchObject([
    { address: PASSWORD, action: 'update', because: 'the password has ended by its policy' },
  ]);
  await setup.locum.apply();
  await expectInPlace(setup);
  expect(await setup.locum.vault.history('acme/robot')).toMatchObject([{ state: 'previous' }, { state: 'current' }]);
});
