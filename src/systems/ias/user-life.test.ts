import { expect, test } from 'vitest';
import { DAY, expectInPlace, PASSWORD, SAP, start, USER } from '../../../test/fixtures/ias.ts';
import { manifestText } from './testing.ts';
import { IAS_SCHEMA } from './wire.ts';

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
