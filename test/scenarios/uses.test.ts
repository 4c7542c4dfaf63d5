import { expect, test } from 'vitest';
import { frozenAcme } from '../fixtures/acme.ts';
import { administrator, foreignDestination } from '../fixtures/administrator.ts';

const acmeAgain = await frozenAcme();

test('finds every place that names a technical user, whoever wrote it and wherever it is', async () => {
  await using acme = await acmeAgain();
  await acme.engine().apply({ why: 'make it so' });
  const admin = await administrator(acme);
  // prod has no service key in the manifest.
  await foreignDestination(admin, 'prod', 'nightly-job', 'Pipeline@sap-test.de');
  const lite = { name: 'lite', offeringName: 'destination' };
  const { id: plan } = (await admin.command('services/plan', 'get', lite, 'tms')) as { readonly id: string };
  const jobs = { name: 'jobs', plan };
  const { id: instance } = (await admin.command('services/instance', 'create', jobs, 'tms')) as { readonly id: string };
  await foreignDestination(admin, 'tms', 'in-instance', 'pipeline', { instance });
  await foreignDestination(admin, 'tms', 'other', 'somebody@acme.example');

  const { found, unread } = await acme.engine().uses('pipeline');
  expect(unread).toEqual([]);
  expect(found.map(({ what, title, ours }) => `${what}: ${title}${ours ? '' : ', not ours'}`).sort()).toEqual([
    'account: user pipeline of acme-platform.accounts.ondemand.com',
    'credential: destination in-instance in tms, instance jobs (BasicAuthentication), not ours',
    'credential: destination nightly-job in prod (BasicAuthentication), not ours',
    'role: Global Account Viewer in the global account (acme-platform)',
    'role: Subaccount Viewer in subaccount dev (acme-platform)',
    'role: Subaccount Viewer in subaccount test (acme-platform)',
    'role: organization_user in acme-dev',
    'role: organization_user in acme-test',
    'role: space_developer in acme-dev/app',
    'role: space_developer in acme-dev/shared',
    'role: space_developer in acme-test/app',
    'role: space_developer in acme-test/shared',
    'secret: password in the vault (1 version)',
    'shadow-user: shadow user in subaccount dev (acme-platform)',
    'shadow-user: shadow user in subaccount test (acme-platform)',
    'shadow-user: shadow user in the global account (acme-platform)',
  ]);
});

test('a place that can not be read is told, and hides no other', async () => {
  await using acme = await acmeAgain();
  const blind = acme.engine({
    context: {
      ...acme.context,
      fetch: async (input, init) =>
        /cf\.us20/.test(new Request(input, init).url)
          ? new Response('', { status: 503 })
          : acme.context.fetch(input, init),
    },
  });
  await acme.engine().apply({ why: 'make it so' });
  const { found, unread } = await blind.uses('ctms-deploy');
  expect(new Set(unread.map(({ where }) => where))).toEqual(
    new Set(['Cloud Foundry us20', 'roles in Cloud Foundry us20']),
  );
  expect(found.map(({ title }) => title)).toContain('space_developer in acme-dev/app');
  expect(found.map(({ title }) => title)).not.toContain('space_developer in acme-prod/app');
});
