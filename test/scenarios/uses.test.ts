import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ACME_MANIFEST, frozenAcme } from '../fixtures/acme.ts';
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
  const content = JSON.stringify({ FragmentName: 'login', User: 'pipeline@sap-test.de', Password: 'a copy somewhere' });
  await admin.command('connectivity/destination-fragment', 'create', { content }, 'prod');
  await admin.command('connectivity/destination-fragment', 'create', { content, serviceInstance: instance }, 'tms');

  const { found, unread } = await acme.engine().uses('pipeline');
  expect(unread).toEqual([]);
  expect(found.map(({ what, title, ours }) => `${what}: ${title}${ours ? '' : ', not ours'}`).sort()).toEqual([
    'account: user pipeline of acme-platform.accounts.ondemand.com',
    'credential: destination in-instance in tms, instance jobs (BasicAuthentication), not ours',
    'credential: destination nightly-job in prod (BasicAuthentication), not ours',
    'credential: fragment login in prod, not ours',
    'credential: fragment login in tms, instance jobs, not ours',
    'role: Global Account Viewer in the global account (acme-platform)',
    'role: Subaccount Viewer in subaccount dev (acme-platform)',
    'role: Subaccount Viewer in subaccount test (acme-platform)',
    'role: organization_user in acme-dev',
    'role: organization_user in acme-test',
    'role: space_developer in acme-dev/app',
    'role: space_developer in acme-dev/shared',
    'role: space_developer in acme-test/app',
    'role: space_developer in acme-test/shared',
    'secret: password in the vault (version 1 current)',
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

test('the transport nodes that deploy through a destination are named, in uses and before a rotation', async () => {
  await using acme = await acmeAgain();
  await acme.engine().apply({ why: 'make it so' });
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-nodes-'));
  const withNodes = (ref: string) => {
    const manifest = path.join(folder, 'locum.yaml');
    const text = readFileSync(ACME_MANIFEST, 'utf8');
    writeFileSync(manifest, text.replace('connections:\n', `connections:\n  ctms: { tms: ${ref} }\n`));
    return acme.engine({ manifest });
  };
  try {
    const { found, unread } = await withNodes('env:ACME_TMS_SERVICE_KEY').uses('ctms-deploy');
    expect(unread).toEqual([]);
    expect(found.map(({ title }) => title)).toContain(
      'destination deploy-test in tms (OAuth2Password) for transport node TEST',
    );
    const [report] = await withNodes('env:ACME_TMS_SERVICE_KEY').rotate({ names: ['ctms-deploy'], why: 'x' });
    expect(report?.consumers.map(({ title }) => title)).toContain('deploy-prod in tms for transport node PROD');
    // A key of another service hides no destination, and nothing of it is told.
    const other = await withNodes('env:ACME_ADMIN_PASSWORD').uses('ctms-deploy');
    expect(other.unread).toMatchObject([{ where: 'transport nodes of subaccount tms' }]);
    expect(other.found.map(({ title }) => title)).toContain('destination deploy-test in tms (OAuth2Password)');
    expect(JSON.stringify(other)).not.toContain(acme.landscape.credentials().ACME_ADMIN_PASSWORD);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
