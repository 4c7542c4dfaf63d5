import { expect, test } from 'vitest';
import { cfEmulator } from '../../src/systems/cf/emulator/index.ts';
import { ACME } from '../../src/systems/protocols/btp-cli/emulator/testing/acme.ts';
import { start } from '../fixtures/accounts.ts';

const API = 'https://api.cf.eu10-004.hana.ondemand.com';

test('an environment makes the org that its creator manages, and takes it away with everything in it', async () => {
  const seed = { landscapes: [{ name: 'eu10-004', region: 'eu10' }] };
  const { landscape, zoneOf, run } = await start({ cloudFoundry: { emulator: cfEmulator, seed } });
  const subaccount = zoneOf('tms');
  const create = {
    environmentType: 'cloudfoundry',
    service: 'cloudfoundry',
    plan: 'standard',
    landscapeLabel: 'cf-eu10-004',
  };
  const parameters = JSON.stringify({ instance_name: 'acme-tms', users: [{ id: 'P2', email: 'second@acme.example' }] });
  const { body } = await run('accounts/environment-instance?create', {
    subaccount,
    displayName: 'cf',
    ...create,
    parameters,
  });
  const { id: environmentID, labels } = body as { readonly id: string; readonly labels: string };
  const org = String(JSON.parse(labels)['Org ID']);

  const login = await landscape.fetch('https://login.cf.eu10-004.hana.ondemand.com/oauth/token', {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams({
      grant_type: 'password',
      username: ACME.administrator,
      password: landscape.credentials.get('ADMIN_PASSWORD') ?? '',
    }),
  });
  const { access_token: token } = (await login.json()) as { readonly access_token: string };
  const call = (path: string, sent?: object) =>
    landscape.fetch(`${API}${path}`, {
      headers: { authorization: `bearer ${token}` },
      ...(sent ? { method: 'POST', body: JSON.stringify(sent) } : {}),
    });
  expect(await (await call('/v3/organizations?names=acme-tms')).json()).toMatchObject({ resources: [{ guid: org }] });
  const roles = (await (await call(`/v3/roles?organization_guids=${org}&include=user`)).json()) as {
    readonly resources: readonly { readonly type: string }[];
    readonly included: { readonly users: readonly { readonly username: string }[] };
  };
  expect(roles.resources.map(({ type }) => type).sort()).toEqual([
    'organization_manager',
    'organization_manager',
    'organization_user',
    'organization_user',
  ]);
  expect(roles.included.users.map(({ username }) => username).sort()).toEqual([
    ACME.administrator,
    'second@acme.example',
  ]);
  const space = { name: 'app', relationships: { organization: { data: { guid: org } } } };
  expect((await call('/v3/spaces', space)).status).toBe(201);

  await run('accounts/environment-instance?delete', { subaccount, environmentID, confirm: 'true' });
  expect((await call(`/v3/organizations/${org}`)).status).toBe(404);
  expect(await (await call('/v3/spaces')).json()).toMatchObject({ resources: [] });
});
