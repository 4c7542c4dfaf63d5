import { expect, test } from 'vitest';
import { startEmulators } from '../../emulation/compose.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import type { TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Resource, Subject } from '../../kernel/system.ts';
import { accountsEmulator } from '../accounts/emulator/index.ts';
import { accounts } from '../accounts/index.ts';
import { iasEmulator } from '../ias/emulator/index.ts';
import { btpCliEmulator } from '../protocols/btp-cli/emulator/index.ts';
import { ACME, acmeSeed, cloudFoundryDouble } from '../protocols/btp-cli/emulator/testing/acme.ts';
import { manifestOf, PROVIDER, recorded, sliceContext, technicalUser } from '../protocols/btp-cli/testing.ts';
import { trustEmulator } from '../trust/emulator/index.ts';
import { type AssignmentProps, assignment, type ObservedAssignment } from './assignment.ts';
import { authzEmulator } from './emulator/index.ts';
import { authz } from './index.ts';

const viewer = { subaccounts: { names: ['dev', 'prod'] }, roleCollections: ['Subaccount Viewer'] };

async function start(users: readonly TechnicalUser[], seedUsers: readonly unknown[] = []) {
  const landscape = await startEmulators({
    emulators: [iasEmulator, accountsEmulator, trustEmulator, authzEmulator, btpCliEmulator, cloudFoundryDouble()],
    seed: { ...acmeSeed, authz: { users: [...acmeSeed.authz.users, ...seedUsers] } },
  });
  const manifest = manifestOf(users);
  const wire = recorded(landscape);
  const password = (name: string) => landscape.credentials.get(name);
  const contextWith = (robotPassword: string | undefined) =>
    sliceContext(wire, manifest, { ADMIN_PASSWORD: password('ADMIN_PASSWORD') }, { 'test/robot': robotPassword });
  const ctx = contextWith(password('ROBOT_PASSWORD'));
  const inventory = (await accounts.inventory?.({ soFar: undefined, wanted: () => false }, ctx)) as Inventory;
  const { resources, findings } = authz.section.expand(manifest, inventory);

  async function look() {
    const objects = new Map<string, ObservedAssignment>();
    const extras = [];
    for (const [scope, wanted] of Map.groupBy(resources as Resource<AssignmentProps>[], (one) => one.scope)) {
      const seen = await assignment.observe(scope, wanted, ctx);
      for (const [at, observed] of seen.objects) objects.set(at, observed);
      extras.push(...seen.extras);
    }
    const options = {
      adopt: false,
      now: landscape.now(),
      manifest: manifest.name,
      changing: () => false,
      renews: () => false,
    };
    const diffs = new Map(
      (resources as Resource<AssignmentProps>[]).map((one) => [
        one.address,
        assignment.diff(one, objects.get(one.address), options),
      ]),
    );
    const subject = (user: TechnicalUser): Subject => ({
      user,
      identityProvider: PROVIDER,
      resources: resources.filter((one) => one.user === user.name),
      inventory,
      observed: (at) => objects.get(at),
      diff: (at) => diffs.get(at),
      unobserved: () => undefined,
    });
    return { objects, extras, diffs, subject };
  }

  async function apply() {
    const { diffs } = await look();
    for (const resource of resources as Resource<AssignmentProps>[]) {
      if (diffs.get(resource.address)?.action !== 'create') continue;
      await assignment.converge({ resource, action: 'create', observed: undefined }, ctx);
    }
  }
  const calls = (text: string) => wire.calls.filter((call) => call.includes(text)).length;
  return { landscape, ctx, contextWith, inventory, resources, findings, look, apply, calls };
}

const check = (id: string) => {
  const found = authz.checks.find((one) => one.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return found;
};

test('fans a grant out over subaccounts, and needs the user and the trust', async () => {
  const { resources } = await start([technicalUser({ grants: [viewer] })]);
  expect(resources.map((one) => one.address)).toEqual([
    'authz/assignment:acme/dev/robot@sap-test.de@acme-platform/Subaccount Viewer',
    'authz/assignment:acme/prod/robot@sap-test.de@acme-platform/Subaccount Viewer',
  ]);
  expect(resources[0]?.needs).toEqual(['ias/user:acme-platform/robot', 'trust/platform:acme/acme-platform']);
});

test('assigns in the global account, a directory and subaccounts, and finds them in place afterwards', async () => {
  const grants = [
    viewer,
    { directory: 'Delivery', roleCollections: ['Directory Viewer'] },
    { globalAccount: true as const, roleCollections: ['Global Account Viewer'] },
  ];
  const user = technicalUser({ grants });
  const { look, apply, ctx } = await start([user]);
  const before = await look();
  expect([...before.diffs.values()].map((diff) => diff.action)).toEqual(['create', 'create', 'create', 'create']);
  await apply();
  const after = await look();
  expect([...after.diffs.values()].map((diff) => diff.action)).toEqual(['none', 'none', 'none', 'none']);
  const hops = await check('authz/assignment').run(after.subject(user), ctx);
  expect(hops.map((hop) => [hop.title, hop.status])).toEqual([
    ['subaccount dev', 'ok'],
    ['subaccount prod', 'ok'],
    ['directory Delivery', 'ok'],
    ['global account acme', 'ok'],
  ]);
  expect(hops[0]?.evidence).toEqual([
    expect.stringMatching(/^shadow user /),
    'origin key acme-platform',
    'Subaccount Viewer',
  ]);
});

test('says what is missing before the first apply', async () => {
  const user = technicalUser({ grants: [viewer] });
  const { look, ctx } = await start([user]);
  const [hop] = await check('authz/assignment').run((await look()).subject(user), ctx);
  expect(hop).toMatchObject({ status: 'failed', code: 'AUTHZ_NOT_ASSIGNED', remedy: 'locum apply' });
  expect(hop?.because).toContain('Subaccount Viewer');
});

test('reads as many pages as there are, whatever the number of users', async () => {
  const many = Array.from({ length: 250 }, (_, n) =>
    technicalUser({ name: `robot-${n}`, email: `robot-${n}@sap-test.de`, grants: [viewer] }),
  );
  const { look, apply, calls } = await start(many);
  await look();
  expect(calls('role-collection?get')).toBe(2);
  await apply();
  const before = calls('role-collection?get');
  const { objects } = await look();
  expect(objects.size).toBe(500);
  expect(calls('role-collection?get') - before).toBe(2 * 3);
});

test('an unknown role collection blocks, with the nearest name that exists there', async () => {
  const grants = [{ subaccounts: { names: ['tms'] }, roleCollections: ['Destination Adminstrator'] }];
  const user = technicalUser({ grants });
  const { look, ctx } = await start([user]);
  const { diffs, subject } = await look();
  expect([...diffs.values()]).toMatchObject([
    {
      action: 'blocked',
      finding: { code: 'AUTHZ_ROLE_COLLECTION_UNKNOWN', remedy: "did you mean 'Destination Administrator'?" },
    },
  ]);
  const [hop] = await check('authz/assignment').run(subject(user), ctx);
  expect(hop).toMatchObject({ status: 'failed', code: 'AUTHZ_ROLE_COLLECTION_UNKNOWN' });
});

test('role collections of the global account do not exist in subaccounts: nothing is inherited', async () => {
  const grants = [{ subaccounts: { names: ['dev'] }, roleCollections: ['Global Account Viewer'] }];
  const { look } = await start([technicalUser({ grants })]);
  expect([...(await look()).diffs.values()]).toMatchObject([{ action: 'blocked' }]);
});

test('directories without user management, and none at all, are findings', async () => {
  const grants = [
    { directory: 'Plain', roleCollections: ['Directory Viewer'] },
    { directory: 'Delivry', roleCollections: ['Directory Viewer'] },
  ];
  const { findings } = await start([technicalUser({ grants })]);
  expect(findings.map((finding) => finding.code)).toEqual(['AUTHZ_DIRECTORY_WITHOUT_USERS', 'AUTHZ_DIRECTORY_UNKNOWN']);
});

test('another role collection of ours is an extra that pruning removes, while the shadow user stays', async () => {
  const other = technicalUser({ name: 'other', email: 'other@sap-test.de', grants: [viewer] });
  const held = {
    globalAccount: 'acme',
    in: { subaccounts: ['dev'] },
    userName: ACME.robot,
    originKey: ACME.originKey,
    roleCollections: ['Subaccount Viewer'],
  };
  const { look, ctx, landscape } = await start([technicalUser(), other], [held]);
  const [extra] = (await look()).extras;
  expect(extra).toMatchObject({ user: 'robot', removable: true });
  const resource = { ...extra, needs: [] } as unknown as Resource<AssignmentProps>;
  const evidence = await assignment.converge({ resource, action: 'delete', observed: undefined }, ctx);
  expect(evidence).toMatchObject({ roleCollections: [] });
  expect((await look()).extras).toEqual([]);
  const dev = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid ?? '';
  expect(landscape.world.use('authorization').roleCollections(dev, ACME.robot, ACME.originKey)).toEqual([]);
});

test('the last administrator of a subaccount is never removed', async () => {
  const grants = [{ subaccounts: { names: ['dev'] }, roleCollections: ['Subaccount Administrator'] }];
  const user = technicalUser({ grants });
  const { ctx, apply, resources, landscape } = await start([user]);
  await apply();
  const dev = landscape.world.use('accounts').subaccountByName('acme', 'dev')?.guid ?? '';
  const [resource] = resources as Resource<AssignmentProps>[];
  if (!resource) throw new Error('no resource');
  const human = { ...resource, props: { ...resource.props, userName: ACME.administrator, originKey: 'sap.default' } };
  await assignment.converge({ resource, action: 'delete', observed: undefined }, ctx);
  const attempt = assignment.converge({ resource: human, action: 'delete', observed: undefined }, ctx);
  await expect(attempt).rejects.toMatchObject({ code: 'ERR_POLICY' });
  expect(landscape.world.use('authorization').roleCollections(dev, ACME.administrator, 'sap.default')).toEqual([
    'Subaccount Administrator',
  ]);
});

test('proves a login at the command-line server with the user’s own password, and gives the session back', async () => {
  const user = technicalUser({ btpCli: true, grants: [viewer] });
  const { look, apply, ctx, calls } = await start([user]);
  await apply();
  const [hop] = await check('authz/btp-cli').run((await look()).subject(user), ctx);
  expect(hop).toMatchObject({ status: 'ok' });
  expect(hop?.evidence).toEqual([
    `logged in as ${ACME.robot}`,
    `identity provider ${ACME.host}`,
    'reads subaccount dev',
  ]);
  expect(calls('/logout/')).toBe(1);
});

test('a refused login is tried once in a run', async () => {
  const user = technicalUser({ btpCli: true, grants: [viewer] });
  const { look, apply, contextWith, calls } = await start([user]);
  await apply();
  const ctx = contextWith('wrong');
  const subject = (await look()).subject(user);
  const logins = calls('/login/');
  const [refused] = await check('authz/btp-cli').run(subject, ctx);
  const [spared] = await check('authz/btp-cli').run(subject, ctx);
  expect(refused).toMatchObject({ status: 'failed', code: 'AUTHZ_BTP_CLI_LOGIN' });
  expect(spared).toMatchObject({ status: 'unknown' });
  expect(calls('/login/') - logins).toBe(1);
});

test('a right password without any right is told as such, and spends no failed login', async () => {
  const user = technicalUser({ btpCli: true });
  const { look, ctx } = await start([user]);
  const [hop] = await check('authz/btp-cli').run((await look()).subject(user), ctx);
  expect(hop).toMatchObject({ status: 'failed' });
  expect(hop?.because).toContain('the password is right');
  expect(await ctx.logins.attempt('robot', async () => ({ status: 'accepted', value: 1 }))).toMatchObject({
    status: 'accepted',
  });
});

test('users without btpCli are not logged in', async () => {
  const user = technicalUser({ grants: [viewer] });
  const { look, ctx } = await start([user]);
  expect(await check('authz/btp-cli').run((await look()).subject(user), ctx)).toEqual([]);
});

test('administrator role collections on robots and custom ones in directories are linted', () => {
  const grants = [
    { globalAccount: true as const, roleCollections: ['Global Account Administrator'] },
    { directory: 'Delivery', roleCollections: ['My Collection', 'Directory Viewer'] },
  ];
  const manifest = manifestOf([technicalUser({ grants })]);
  expect(authz.rules.flatMap((rule) => rule.check(manifest, 0)).map((finding) => finding.code)).toEqual([
    'AUTHZ_BROAD_ROLE_COLLECTION',
    'AUTHZ_CUSTOM_COLLECTION_IN_DIRECTORY',
  ]);
});
