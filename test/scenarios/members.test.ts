import { expect, test } from 'vitest';
import { z } from 'zod';
import { openBrowser } from '../../src/systems/ias/emulator/browser.fixture.ts';
import { type Acme, acmeSeed, openAcme } from '../fixtures/acme.ts';
import { administrator, cloudFoundry } from '../fixtures/administrator.ts';

const DOMAIN = 'cf.eu10-004.hana.ondemand.com';
const HOST = 'acme-platform.accounts.ondemand.com';
const MINUTE = 60_000;

/** Org Managers may create users, as they may in the BTP cockpit. */
const switches = { 'cf.allowUserCreationByOrgManager': true };

async function addMember(acme: Acme, username: string, origin: string) {
  const { call, list } = await cloudFoundry(acme, DOMAIN);
  const [org] = await list('organizations?names=acme-dev');
  const relationships = { user: { data: { username, origin } }, organization: { data: { guid: org?.guid } } };
  return {
    org: org?.guid ?? '',
    list,
    added: await call('POST', 'roles', { type: 'organization_user', relationships }),
  };
}

function logOn(acme: Acme, username: string, password: string, origin: string): Promise<Response> {
  const hint = encodeURIComponent(JSON.stringify({ origin }));
  return acme.landscape.fetch(`https://login.${DOMAIN}/oauth/token?login_hint=${hint}`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({ grant_type: 'password', username, password }),
  });
}

const credential = z.looseObject({ clientid: z.string(), clientsecret: z.string(), tokenurl: z.string() });
const shadowUser = z.looseObject({ username: z.string(), roleCollections: z.array(z.string()) });

/** Shadow users of dev as XSUAA's API shows them. */
async function shadows(acme: Acme) {
  const params = { name: 'report', readOnly: 'true' };
  const made = await (await administrator(acme)).command('security/api-credential', 'create', params, 'dev');
  const key = credential.parse(made);
  const granted = await acme.landscape.fetch(key.tokenurl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: key.clientid,
      client_secret: key.clientsecret,
    }),
  });
  const { access_token } = z.looseObject({ access_token: z.string() }).parse(await granted.json());
  const headers = { authorization: `Bearer ${access_token}` };
  const users = 'https://api.authentication.eu10.hana.ondemand.com/sap/rest/user/origin';
  return async (origin: string) => {
    const response = await acme.landscape.fetch(`${users}/${origin}/name?details=true`, { headers });
    return z.array(shadowUser).parse(await response.json());
  };
}

test('A19: a member whom nobody is becomes a user of Cloud Foundry and a shadow user, who has never logged on and never will', async () => {
  const ghost = 'typo@acme.example';
  await using acme = await openAcme({ switches });
  const shadowsOf = await shadows(acme);
  expect((await shadowsOf('sap.default')).map(({ username }) => username)).not.toContain(ghost);

  const { added, org, list } = await addMember(acme, ghost, 'sap.ids');
  expect(added.status).toBe(201);
  expect(await list(`users?usernames=${ghost}`)).toMatchObject([{ username: ghost, origin: 'sap.ids' }]);
  expect((await list(`organizations/${org}/users`)).map((user) => 'username' in user && user.username)).toContain(
    ghost,
  );

  await acme.landscape.clock.advance(MINUTE);
  const shadow = (await shadowsOf('sap.default')).find(({ username }) => username === ghost);
  expect(shadow).toMatchObject({ roleCollections: [] });
  expect(shadow).not.toHaveProperty('lastLogonTime');
  expect((await logOn(acme, ghost, 'any', 'sap.ids')).status).toBe(401);
});

test('A37: a technical user of IAS can be made a member of an org, and cannot log on there: it has no password', async () => {
  const seed = acmeSeed() as { ias: { tenants: object[] }; trust: { platform: object[] } };
  const [tenant, ...others] = seed.ias.tenants;
  const groups = [{ displayName: 'technical_users - MANAGE_TECHNICAL_USERS', members: ['rosa'] }];
  seed.ias.tenants = [{ ...tenant, policyAuthorizations: true, groups }, ...others];
  seed.trust.platform = [{ globalAccount: 'acme', host: HOST, originKey: 'acme-platform' }];
  await using acme = await openAcme({ seed: { ...seed }, switches });

  const rosa = openBrowser(acme.landscape.fetch, HOST);
  const password = acme.landscape.credentials().ACME_IAS_ADMIN_PASSWORD ?? '';
  const form = await rosa.signIn('rosa', password, '/admin/technical-users/new');
  const made = await rosa.press(form, 'Create', { displayName: 'Deployer' });
  const email =
    made.document
      .querySelectorAll('dd')
      .map(({ text }) => text)
      .find((text) => text.includes('@')) ?? '';
  const page = await rosa.press(made, 'Add Secret', { lifetime: 'never' });
  const secret = page.document.querySelector('.once')?.text ?? '';
  const clientId = page.document.querySelector('.once ~ p code')?.text ?? '';
  expect([email !== '', secret !== '', clientId !== '']).toEqual([true, true, true]);

  const { added } = await addMember(acme, email, 'acme-platform');
  expect(added.status).toBe(201);
  for (const name of [email, clientId, 'Deployer']) {
    const refused = await logOn(acme, name, secret, 'acme-platform');
    expect([refused.status, await refused.json()], name).toMatchObject([401, { error: 'invalid_client' }]);
  }
  // The same secret is good for a token of the tenant itself.
  const own = await acme.landscape.fetch(`https://${HOST}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  expect(own.status).toBe(200);
});
