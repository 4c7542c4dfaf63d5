import { expect, test } from 'vitest';
import { LocumError } from '../../src/kernel/errors.ts';
import type { FaultRuleInput } from '../../src/landscape/index.ts';
import { type Acme, frozenAcme } from '../fixtures/acme.ts';

const thaw = await frozenAcme();
const IAS = 'acme-platform.accounts.ondemand.com';
const BTP = 'cli.btp.cloud.sap';
const CF = 'api.cf.eu10-004.hana.ondemand.com';
const DESTINATION = 'destination-configuration.cfapps.eu10.hana.ondemand.com';

async function errorOf(work: Promise<unknown>): Promise<LocumError> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof LocumError) return error;
  throw new Error(`no LocumError but ${String(error)}`);
}

async function withFault(rule: FaultRuleInput): Promise<Acme> {
  const acme = await thaw();
  await acme.landscape.faults.add(rule);
  return acme;
}

/** Calls that the technical user's own e-mail stands in, of a kind. */
const sent = (acme: Acme, method: string, url: RegExp) =>
  acme.calls.filter((call) => call.method === method && url.test(call.url));

async function appliesWithout(acme: Acme): Promise<void> {
  const report = await acme.engine().apply({ why: 'in spite of it' });
  expect(report.run?.steps.filter((step) => step.result !== 'done' && step.result !== 'found')).toEqual([]);
  expect(report.remaining.steps).toEqual([]);
  expect((await acme.engine().doctor()).status).toBe('ok');
}

test('a wrong password of the BTP administrator is named with its place, and no other login is tried with it', async () => {
  await using acme = await thaw();
  const error = await errorOf(
    acme
      .engine({ env: (name) => (name === 'ACME_ADMIN_PASSWORD' ? 'wrong' : acme.landscape.credentials()[name]) })
      .plan(),
  );
  expect(error).toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS' });
  expect(error.message).toContain('btp');
  expect(error.remedy).toContain('connections.btp');
  expect(sent(acme, 'POST', /\/login\/|\/oauth\/token/)).toHaveLength(1);
});

test('an administrator who is locked out gets the same clear answer, and Locum does not make it worse', async () => {
  await using acme = await thaw();
  for (let attempt = 0; attempt < 5; attempt++) {
    await acme.landscape.fetch(`https://login.${CF.slice(4)}/oauth/token`, {
      method: 'POST',
      headers: { authorization: 'Basic Y2Y6' },
      body: new URLSearchParams({ grant_type: 'password', username: 'platform-admin@acme.example', password: 'wrong' }),
    });
  }
  const error = await errorOf(acme.engine().plan());
  expect(error).toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS' });
  expect(sent(acme, 'POST', /\/login\/|\/oauth\/token/)).toHaveLength(1);
});

test('wrong credentials of the IAS administrator gate the apply and leave everything else alone', async () => {
  await using acme = await thaw();
  const engine = acme.engine({
    env: (name) => (name === 'ACME_IAS_CLIENT_SECRET' ? 'wrong' : acme.landscape.credentials()[name]),
  });
  const plan = await engine.plan();
  expect(plan.findings).toContainEqual(expect.objectContaining({ code: 'ERR_REMOTE_CREDENTIALS', severity: 'error' }));
  expect(await errorOf(engine.apply({ why: 'x' }))).toMatchObject({ code: 'ERR_POLICY' });
  expect(sent(acme, 'POST', /assign|\/v3\/roles|\/scim/)).toEqual([]);
});

test('an IAS tenant that nobody reaches is a finding of the plan and an unknown hop of the doctor, never a green one', async () => {
  await using acme = await withFault({ host: IAS, effect: { kind: 'refuse' } });
  const plan = await acme.engine().plan();
  expect(plan.findings).toContainEqual(
    expect.objectContaining({
      code: 'ERR_REMOTE_UNREACHABLE',
      severity: 'error',
      remedy: expect.stringContaining(IAS),
    }),
  );
  const report = await acme.engine().doctor({ users: ['pipeline'] });
  expect(report.users[0]?.hops.filter((hop) => hop.link === 'tenant').map((hop) => hop.status)).not.toContain('ok');
  expect(report.status).not.toBe('ok');
});

test('429 with Retry-After, 429 without, and 503 to reads are waited out', async () => {
  await using acme = await withFault({
    host: IAS,
    times: 2,
    effect: { kind: 'answer', status: 429, headers: { 'retry-after': '30' } },
  });
  await acme.landscape.faults.add({ host: CF, nth: 3, times: 3, effect: { kind: 'answer', status: 429 } });
  await acme.landscape.faults.add({
    host: CF,
    path: '/v3/spaces',
    method: 'GET',
    times: 1,
    effect: { kind: 'answer', status: 503 },
  });
  await acme.landscape.faults.add({
    host: DESTINATION,
    nth: 2,
    times: 1,
    effect: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
  });
  await appliesWithout(acme);
});

test.each([
  ['IAS user', { host: IAS, path: '/scim/Users*', method: 'POST' }, /scim\/Users/],
  ['password', { host: IAS, path: '/scim/Users/*', method: 'PATCH' }, /scim\/Users\//],
  [
    'trust or role collection',
    { host: BTP, path: '/command/*/security/*', method: 'POST', nth: 3, times: 4 },
    /security/,
  ],
  ['Cloud Foundry role', { host: CF, path: '/v3/roles', method: 'POST' }, /v3\/roles/],
  ['destination', { host: DESTINATION, path: '*subaccountDestinations', method: 'POST' }, /subaccountDestinations/],
] as const)(
  'a lost reply to the creation of a %s is found by a look: nothing is lost or made twice',
  async (_what, rule, url) => {
    await using acme = await withFault({ times: 2, ...rule, effect: { kind: 'drop' } });
    await appliesWithout(acme);
    const bodies = acme.calls.filter(
      (call) => ['POST', 'PATCH', 'PUT'].includes(call.method) && url.test(call.url) && !/\?(list|get)$/.test(call.url),
    );
    const accepted = bodies
      .filter((call) => call.status < 300)
      .map((call) => `${call.method} ${call.url} ${call.body}`);
    expect(new Set(accepted).size).toBe(accepted.length);
  },
);

test('a conflict because somebody else was faster is judged by a look, not by the error', async () => {
  await using acme = await thaw();
  const { landscape } = acme;
  const token = await adminToken(acme);
  const admin = { authorization: `bearer ${token}`, 'content-type': 'application/json' };
  const engine = acme.engine({
    onEvent: ({ event, fields }) => {
      if (event !== 'step.done' || !String(fields.address).startsWith('cf/user:eu10-004/pipeline')) return;
      racing ??= (async () => {
        const orgs = (await (
          await landscape.fetch(`https://${CF}/v3/organizations?names=acme-dev`, { headers: admin })
        ).json()) as { resources: { guid: string }[] };
        await landscape.fetch(`https://${CF}/v3/roles`, {
          method: 'POST',
          headers: admin,
          body: JSON.stringify({
            type: 'organization_user',
            relationships: {
              user: { data: { username: 'pipeline@sap-test.de', origin: 'acme-platform' } },
              organization: { data: { guid: orgs.resources[0]?.guid } },
            },
          }),
        });
      })();
    },
  });
  let racing: Promise<void> | undefined;
  const report = await engine.apply({ why: 'a race' });
  await racing;
  expect(report.run?.steps.filter((step) => step.result !== 'done' && step.result !== 'found')).toEqual([]);
  expect(report.remaining.steps).toEqual([]);
});

test('a user that exists but is not ours is reported, not taken over; --adopt takes it over', async () => {
  await using acme = await thaw();
  const credentials = acme.landscape.credentials();
  const basic = `Basic ${Buffer.from(`${credentials.ACME_IAS_CLIENT_ID}:${credentials.ACME_IAS_CLIENT_SECRET}`).toString('base64')}`;
  const created = await acme.landscape.fetch(`https://${IAS}/scim/Users`, {
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'application/scim+json' },
    body: JSON.stringify({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'pipeline',
      name: { familyName: 'Pipeline' },
      emails: [{ value: 'pipeline@sap-test.de', primary: true }],
    }),
  });
  expect(created.status).toBe(201);
  const plan = await acme.engine().plan();
  expect(plan.findings).toContainEqual(
    expect.objectContaining({
      code: 'IAS_USER_NOT_OURS',
      severity: 'error',
      remedy: expect.stringContaining('--adopt'),
    }),
  );
  expect(await errorOf(acme.engine().apply({ why: 'x' }))).toMatchObject({ code: 'ERR_POLICY' });
  const report = await acme.engine().apply({ why: 'take it over', adopt: true });
  expect(report.remaining.steps).toEqual([]);
  expect((await acme.engine().doctor()).status).toBe('ok');
});

test('a stale plan is refused, an unchanged one is applied', async () => {
  await using acme = await thaw();
  const plan = await acme.engine().plan();
  await acme.engine().apply({ why: 'first', plan });
  expect(await errorOf(acme.engine().apply({ why: 'again', plan }))).toMatchObject({ code: 'ERR_PLAN_STALE' });
});

test('a half-finished run tells what failed and why, and the next one does the rest', async () => {
  await using acme = await withFault({
    host: CF,
    path: '/v3/roles',
    method: 'POST',
    nth: 3,
    effect: {
      kind: 'answer',
      status: 403,
      body: '{"errors":[{"detail":"x","title":"CF-NotAuthorized","code":10003}]}',
    },
  });
  const report = await acme.engine().apply({ why: 'half' });
  const failed = report.run?.steps.filter((step) => step.result === 'failed') ?? [];
  expect(failed.length).toBeGreaterThan(0);
  expect(failed[0]).toMatchObject({
    because: expect.stringContaining('status 403, CF-NotAuthorized'),
    remedy: expect.any(String),
  });
  expect(report.remaining.steps.length).toBeGreaterThan(0);
  await acme.landscape.faults.clear();
  await appliesWithout(acme);
});

test('the doctor spends one failed login on a user whose password somebody changed, and says so', async () => {
  await using acme = await thaw();
  await acme.engine().apply({ why: 'main job' });
  const credentials = acme.landscape.credentials();
  const basic = `Basic ${Buffer.from(`${credentials.ACME_IAS_CLIENT_ID}:${credentials.ACME_IAS_CLIENT_SECRET}`).toString('base64')}`;
  const admin = { authorization: basic, 'content-type': 'application/scim+json' };
  const list = (await (
    await acme.landscape.fetch(`https://${IAS}/scim/Users?filter=${encodeURIComponent('userName eq "ctms-deploy"')}`, {
      headers: admin,
    })
  ).json()) as { Resources: { id: string }[] };
  const change = await acme.landscape.fetch(`https://${IAS}/scim/Users/${list.Resources[0]?.id}`, {
    method: 'PATCH',
    headers: admin,
    body: JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [
        { op: 'replace', path: 'password', value: 'Somebody-Else-1234' },
        {
          op: 'replace',
          path: 'urn:ietf:params:scim:schemas:extension:sap:2.0:User:passwordDetails.status',
          value: 'enabled',
        },
      ],
    }),
  });
  expect(change.status).toBe(204);
  acme.calls.length = 0;
  const report = await acme.engine().doctor({ users: ['ctms-deploy'] });
  expect(report.status).toBe('failed');
  const logins = acme.calls.filter(
    (call) => call.method === 'POST' && /oauth\/token/.test(call.url) && call.body.includes('ctms-deploy'),
  );
  expect(logins).toHaveLength(1);
  const hop = report.users[0]?.hops.find((candidate) => candidate.status === 'failed');
  expect(hop).toMatchObject({
    because: expect.any(String),
    remedy: '`locum apply --renew ctms-deploy`',
    code: 'LOGIN_BAD_CREDENTIALS',
  });

  // The remedy mends it, everywhere where the password is kept, and asks for nothing more afterwards.
  const mended = await acme.engine().apply({ why: 'mend', renew: ['ctms-deploy'] });
  expect(mended.plan.steps.map((step) => `${step.action} ${step.address}`)).toEqual([
    'update ias/password:acme-platform/ctms-deploy',
    'update destination/destination:tms/deploy-dev',
    'update destination/destination:tms/deploy-test',
    'update destination/destination:tms/deploy-prod',
  ]);
  expect(mended.remaining.steps).toEqual([]);
  expect((await acme.engine().doctor()).status).toBe('ok');
  expect(await errorOf(acme.engine().plan({ renew: ['ctms-deplo'] }))).toMatchObject({
    remedy: "did you mean 'ctms-deploy'?",
  });
});

async function adminToken(acme: Acme): Promise<string> {
  const answer = await acme.landscape.fetch(`https://login.${CF.slice(4)}/oauth/token`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({
      grant_type: 'password',
      username: 'platform-admin@acme.example',
      password: acme.landscape.credentials().ACME_ADMIN_PASSWORD ?? '',
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
