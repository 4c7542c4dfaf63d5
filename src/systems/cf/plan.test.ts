import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../kernel/manifest/types.ts';
import { typeOf } from '../../kernel/plan/graph.ts';
import { makePlan } from '../../kernel/plan/make-plan.ts';
import { DEFAULT_PLAN_OPTIONS } from '../../kernel/plan/plan.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { ORIGIN, ROBOT, startTestLandscape } from './emulator/testing/landscape.ts';
import {
  countingFetch,
  devGrant,
  manifestOf,
  systemContext,
  technicalUser,
} from './emulator/testing/system-context.ts';
import { createWorkbench, thrown } from './emulator/testing/workbench.ts';
import { cf } from './index.ts';

const APP_DEVELOPER = devGrant([{ names: ['app'], roles: ['space_developer'] }]);
const MEMBER = `cf/org-role:acme-dev/${ROBOT}@${ORIGIN}/organization_user`;
const DEVELOPER = `cf/space-role:acme-dev/app/${ROBOT}@${ORIGIN}/space_developer`;
const USER = `cf/user:eu10-004/${ROBOT}@${ORIGIN}`;
const { look, make, doctor, types } = createWorkbench(cf);

async function start(manifest: Manifest = manifestOf([technicalUser([APP_DEVELOPER])])) {
  const emulators = await startTestLandscape();
  return { emulators, ctx: await systemContext(emulators, manifest) };
}

describe('the manifest', () => {
  test('expands to shadow user, membership and space roles, each needing the one before', async () => {
    const { emulators, ctx } = await start();
    const { graph } = await look(ctx, emulators);
    expect([...graph.resources.values()].map(({ address, needs }) => [address, needs])).toEqual([
      [USER, ['ias/password:acme-platform/robot', `trust/platform:acme/${ORIGIN}`]],
      [MEMBER, [USER]],
      [DEVELOPER, [MEMBER]],
    ]);
  });

  test('adds up grants that overlap, and resolves globs of spaces', async () => {
    const grants = [APP_DEVELOPER, devGrant([{ names: ['*'], roles: ['space_developer', 'space_auditor'] }])];
    const { emulators, ctx } = await start(manifestOf([technicalUser(grants)]));
    const { graph } = await look(ctx, emulators);
    const roles = [...graph.resources.keys()].filter((address) => address.startsWith('cf/space-role:'));
    expect(roles.map((address) => address.replace(`${ROBOT}@${ORIGIN}/`, ''))).toEqual([
      'cf/space-role:acme-dev/app/space_developer',
      'cf/space-role:acme-dev/app/space_auditor',
      'cf/space-role:acme-dev/shared/space_developer',
      'cf/space-role:acme-dev/shared/space_auditor',
    ]);
  });

  test('is told about spaces that no org has, and subaccounts that have no org', async () => {
    const emulators = await startTestLandscape({ double: { subaccounts: ['tms'] } });
    const spaces = [{ names: ['ap', 'team-*'], roles: ['space_developer'] }];
    const grant = { subaccounts: { names: ['*'] }, cf: { orgRoles: [], spaces } };
    const ctx = await systemContext(emulators, manifestOf([technicalUser([grant])]));
    const { plan } = await look(ctx, emulators, ['dev', 'tms']);
    expect(plan.findings.map(({ code, severity, because }) => [code, severity, because])).toEqual([
      ['CF_SPACE_MISSING', 'error', 'org acme-dev has no space ap; it has app, shared'],
      ['CF_SPACE_MISSING', 'warning', 'org acme-dev has no space team-*; it has app, shared'],
      ['CF_ORG_MISSING', 'error', 'subaccount tms has no Cloud Foundry org'],
    ]);
  });

  test('without Cloud Foundry grants needs no connection to it', async () => {
    const { emulators, ctx } = await start(manifestOf([technicalUser([])], {}));
    expect((await look(ctx, emulators)).plan).toMatchObject({ steps: [], findings: [] });
  });
});

test('makes the shadow user by a login, then membership, then the space role; and finds nothing to do afterwards', async () => {
  const { emulators, ctx } = await start();
  const plan = await make(ctx, emulators);
  expect(plan.steps.map((step) => [step.action, step.address])).toEqual([
    ['create', USER],
    ['create', MEMBER],
    ['create', DEVELOPER],
  ]);
  expect((await look(ctx, emulators)).plan).toMatchObject({ steps: [], inPlace: 3, findings: [] });
  const hops = await doctor(ctx, emulators);
  expect(hops.map(({ check, title, status }) => [check, title, status])).toEqual([
    ['cf/roles', 'org acme-dev', 'ok'],
    ['cf/roles', 'space acme-dev/app', 'ok'],
    ['cf/token', 'cf login at eu10-004', 'ok'],
    ['cf/consumer', 'CF API answers with space acme-dev/app', 'ok'],
  ]);
  expect(hops[2]?.evidence).toContain(`origin ${ORIGIN}`);
});

test('a plan takes as many calls for a hundred users as for one', async () => {
  const emulators = await startTestLandscape();
  const callsFor = async (count: number) => {
    const users = Array.from({ length: count }, (_, index) =>
      technicalUser([APP_DEVELOPER], { name: `robot-${index}`, email: index === 0 ? ROBOT : `r${index}@sap-test.de` }),
    );
    const counted = countingFetch(emulators);
    const ctx = await systemContext(emulators, manifestOf(users), { fetch: counted.fetch });
    await look(ctx, emulators);
    return counted.calls;
  };
  const one = await callsFor(1);
  expect(one).toEqual([
    'GET api /',
    'POST login /oauth/token',
    'GET api /v3/spaces',
    'GET api /v3/roles',
    'GET api /v3/roles',
    // Only users without any visible role are looked up by name, a hundred at once.
    'GET api /v3/users',
  ]);
  expect(await callsFor(100)).toEqual(one);
  expect((await callsFor(101)).length).toBe(one.length + 1);
});

describe('when a reply is lost', () => {
  test('to a role that was created, the next look finds it and a repetition counts as done', async () => {
    const emulators = await startTestLandscape();
    const lost: string[] = [];
    const fetch: SystemContext['fetch'] = async (input, init) => {
      const request = new Request(input, init);
      const response = await emulators.fetch(request);
      if (request.method === 'POST' && request.url.endsWith('/v3/roles') && lost.length === 0) {
        lost.push(request.url);
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
      }
      return response;
    };
    const ctx = await systemContext(emulators, manifestOf([technicalUser([APP_DEVELOPER])]), { fetch });
    expect(await thrown(make(ctx, emulators))).toMatchObject({ outcome: 'unknown' });
    const seen = await look(ctx, emulators);
    expect(seen.plan.steps.map((step) => step.address)).toEqual([DEVELOPER]);
    // The same create once more: CF answers 422, a look shows the role.
    const resource = seen.graph.resources.get(MEMBER);
    if (!resource) throw new Error('no resource');
    const again = typeOf(types, resource).converge({ resource, action: 'create', observed: undefined }, ctx);
    expect(await again).toMatchObject({ type: 'organization_user' });
  });
});

test('reports roles that no manifest declares, and removes them with prune: spaces first, then the membership', async () => {
  const { emulators, ctx } = await start();
  await make(ctx, emulators);
  // Another user is declared now, and the robot's role is not: the robot itself still is.
  const less = manifestOf([technicalUser([devGrant([{ names: ['shared'], roles: ['space_auditor'] }])])]);
  const after = await systemContext(emulators, less);
  const { plan } = await look(after, emulators);
  expect(plan.findings).toMatchObject([{ code: 'PLAN_UNDECLARED_RIGHT', subject: DEVELOPER }]);
  await make(after, emulators, { prune: true });
  expect((await look(after, emulators)).plan).toMatchObject({ steps: [], findings: [] });

  const other = technicalUser([devGrant([{ names: ['app'], roles: ['space_auditor'] }])], {
    name: 'other',
    email: 'other@sap-test.de',
  });
  const none = await systemContext(emulators, manifestOf([other, technicalUser([])]));
  const seen = await look(none, emulators);
  const pruned = makePlan({ ...seen, options: { ...DEFAULT_PLAN_OPTIONS, prune: true } });
  const removals = pruned.steps.filter((step) => step.action === 'delete');
  const auditor = `cf/space-role:acme-dev/shared/${ROBOT}@${ORIGIN}/space_auditor`;
  expect(removals.map(({ address, needs }) => [address, needs])).toEqual(
    expect.arrayContaining([
      [MEMBER, [auditor]],
      [auditor, []],
    ]),
  );
});
