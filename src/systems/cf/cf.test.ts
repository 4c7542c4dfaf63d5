import { describe, expect, test } from 'vitest';
import type { Emulators } from '../../emulation/compose.ts';
import { subjectOf } from '../../kernel/doctor/doctor.ts';
import { RemoteError } from '../../kernel/errors.ts';
import { expandGraph, resourceTypes, typeOf } from '../../kernel/graph.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import type { Manifest } from '../../kernel/manifest/types.ts';
import { observe } from '../../kernel/observe.ts';
import { DEFAULT_PLAN_OPTIONS, diffAll, makePlan, type Plan } from '../../kernel/plan.ts';
import type { Hop, SystemContext } from '../../kernel/system.ts';
import { ADMIN, API, LOGIN, logInAt, ORIGIN, ROBOT, startTestLandscape, UAA } from './emulator/testing/landscape.ts';
import {
  countingFetch,
  devGrant,
  inventoryOf,
  manifestOf,
  systemContext,
  technicalUser,
} from './emulator/testing/system-context.ts';
import { cf } from './index.ts';

const APP_DEVELOPER = devGrant([{ names: ['app'], roles: ['space_developer'] }]);
const MEMBER = `cf/org-role:acme-dev/${ROBOT}@${ORIGIN}/organization_user`;
const DEVELOPER = `cf/space-role:acme-dev/app/${ROBOT}@${ORIGIN}/space_developer`;
const USER = `cf/user:eu10-004/${ROBOT}@${ORIGIN}`;

const types = resourceTypes([cf]);

async function look(ctx: SystemContext, emulators: Emulators, names?: readonly string[]) {
  const soFar = inventoryOf(emulators, names);
  const inventory: Inventory = (await cf.inventory?.({ soFar, wanted: () => true }, ctx)) ?? soFar;
  const graph = expandGraph([cf], ctx.manifest, inventory);
  const observed = await observe(graph, types, ctx);
  const input = { graph, observed, types, options: DEFAULT_PLAN_OPTIONS, manifest: ctx.manifest, now: ctx.now() };
  return { ...input, inventory, plan: makePlan(input), diffs: diffAll(input) };
}

/** Makes every step of a plan, one after the other, in its order. */
async function make(
  ctx: SystemContext,
  emulators: Emulators,
  options: { readonly prune?: boolean } = {},
): Promise<Plan> {
  const seen = await look(ctx, emulators);
  const plan = makePlan({ ...seen, options: { ...DEFAULT_PLAN_OPTIONS, prune: options.prune ?? false } });
  const open = [...plan.steps];
  while (open.length > 0) {
    const index = open.findIndex((step) => !step.needs.some((need) => open.some((other) => other.address === need)));
    const [step] = open.splice(index, 1);
    if (!step) break;
    const extra = seen.observed.extras.find((candidate) => candidate.address === step.address);
    const resource = seen.graph.resources.get(step.address) ?? (extra && { ...extra, needs: [] });
    if (!resource) throw new Error(`no resource ${step.address}`);
    await typeOf(types, resource).converge({ resource, action: step.action, observed: undefined }, ctx);
  }
  return plan;
}

async function doctor(ctx: SystemContext, emulators: Emulators): Promise<readonly Hop[]> {
  const seen = await look(ctx, emulators);
  const [user] = ctx.manifest.technicalUsers;
  if (!user) throw new Error('no user');
  const subject = subjectOf(user, { ...seen, manifest: ctx.manifest });
  const hops: Hop[] = [];
  for (const check of cf.checks) hops.push(...(await check.run(subject, ctx)));
  return hops;
}

async function start(manifest: Manifest = manifestOf([technicalUser([APP_DEVELOPER])])) {
  const emulators = await startTestLandscape();
  return { emulators, ctx: await systemContext(emulators, manifest) };
}

async function thrown(run: Promise<unknown>): Promise<RemoteError> {
  const error = await run.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof RemoteError)) throw new Error(`expected a RemoteError, got ${error}`);
  return error;
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

describe('the administrator', () => {
  test('with a wrong password logs in once, over all landscapes', async () => {
    const landscapes = [{ name: 'us20', region: 'us20' }];
    const org = { name: 'acme-prod', subaccount: 'prod', globalAccount: 'acme', landscape: 'us20', spaces: ['app'] };
    const emulators = await startTestLandscape({ cf: { landscapes, orgs: [org] }, double: { subaccounts: ['prod'] } });
    const counted = countingFetch(emulators);
    const grant = { subaccounts: { names: ['*'] }, cf: { orgRoles: [], spaces: [] } };
    const connections = { cf: { user: ADMIN, password: 'env:ROBOT_PASSWORD', origin: 'sap.ids' } };
    const ctx = await systemContext(emulators, manifestOf([technicalUser([grant])], connections), counted);
    const error = await thrown(look(ctx, emulators, ['dev', 'prod']));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS', serviceCode: 'LOGIN_REFUSED' });
    await thrown(look(ctx, emulators, ['dev', 'prod']));
    expect(counted.calls.filter((call) => call.includes('/oauth/token'))).toHaveLength(1);
  });

  test('renews its token before it expires, without the password', async () => {
    const emulators = await startTestLandscape();
    const counted = countingFetch(emulators);
    const ctx = await systemContext(emulators, manifestOf([technicalUser([APP_DEVELOPER])]), counted);
    await look(ctx, emulators);
    emulators.advance(1_150_000);
    await look(ctx, emulators);
    expect(counted.calls.filter((call) => call.startsWith('POST'))).toEqual([
      'POST login /oauth/token',
      'POST uaa /oauth/token',
    ]);
    emulators.advance(40 * 86_400_000);
    await look(ctx, emulators);
    expect(counted.calls.filter((call) => call.startsWith('POST login'))).toHaveLength(2);
  });

  test('replaces a token that is refused before its time', async () => {
    const emulators = await startTestLandscape();
    let refusals = 0;
    const fetch: SystemContext['fetch'] = async (input, init) => {
      const request = new Request(input, init);
      if (request.url.includes('/v3/roles') && refusals++ === 0) return new Response('{}', { status: 401 });
      return emulators.fetch(request);
    };
    const ctx = await systemContext(emulators, manifestOf([technicalUser([APP_DEVELOPER])]), { fetch });
    expect((await look(ctx, emulators)).observed.failures.size).toBe(0);
  });

  test('that has used up its calls is told when to come back', async () => {
    const emulators = await startTestLandscape({ rateLimit: 1 });
    const ctx = await systemContext(emulators, manifestOf([technicalUser([APP_DEVELOPER])]));
    const error = await thrown(look(ctx, emulators).then(() => look(ctx, emulators)));
    expect(error).toMatchObject({
      code: 'ERR_REMOTE_RATE_LIMITED',
      serviceCode: 'CF-RateLimitExceeded',
      retryable: true,
      remedy: expect.stringMatching(/^try again in \d+ s$/),
    });
  });

  test('that is no Org Manager gets a refusal with the title of the error and its correlation id', async () => {
    const emulators = await startTestLandscape();
    const connections = { cf: { user: ROBOT, password: 'env:ROBOT_PASSWORD', origin: ORIGIN } };
    const grant = devGrant([]);
    const ctx = await systemContext(emulators, manifestOf([technicalUser([grant])], connections));
    const error = await thrown(make(ctx, emulators));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_FORBIDDEN', status: 403, serviceCode: 'CF-NotAuthorized' });
    expect(error.correlationId).toMatch(/::/);
  });
});

describe('a technical user whose login is refused', () => {
  test('is not logged in a second time in the same run', async () => {
    const emulators = await startTestLandscape();
    const counted = countingFetch(emulators);
    const manifest = manifestOf([technicalUser([APP_DEVELOPER])]);
    const ctx = await systemContext(emulators, manifest, { fetch: counted.fetch, password: 'wrong' });
    const error = await thrown(make(ctx, emulators));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_CREDENTIALS', serviceCode: 'LOGIN_REFUSED' });
    expect(error.message).not.toContain('wrong');
    const hops = await doctor(ctx, emulators);
    expect(hops.map(({ check, status, code }) => [check, status, code])).toEqual([
      ['cf/roles', 'failed', 'CF_ROLE_MISSING'],
      ['cf/roles', 'failed', 'CF_ROLE_MISSING'],
      ['cf/token', 'unknown', 'LOGIN_SPARED'],
      ['cf/consumer', 'unknown', undefined],
    ]);
    // One of the administrator, one of the robot.
    expect(counted.calls.filter((call) => call === 'POST login /oauth/token')).toHaveLength(2);
  });

  test('hears from doctor what the origin has to do with it', async () => {
    const emulators = await startTestLandscape();
    const manifest = manifestOf([technicalUser([APP_DEVELOPER])]);
    const identityProviders = manifest.identityProviders.map((known) => ({ ...known, originKey: 'acme2-platform' }));
    const ctx = await systemContext(emulators, { ...manifest, identityProviders });
    const hops = await doctor(ctx, emulators);
    expect(hops.find((hop) => hop.check === 'cf/token')).toMatchObject({
      status: 'failed',
      code: 'LOGIN_ORIGIN_UNKNOWN',
      because: 'eu10-004 has no active OIDC platform identity provider with origin key acme2-platform',
    });
  });

  test('without a password in the vault is told so', async () => {
    const { emulators, ctx } = await start();
    const empty = { ...ctx, vault: { ...ctx.vault, open: async () => undefined } };
    const hops = await doctor(empty, emulators);
    expect(hops.find((hop) => hop.check === 'cf/token')).toMatchObject({ status: 'failed', code: 'ERR_CONFIG_SECRET' });
  });
});

describe('doctor', () => {
  test('names another origin that got the role', async () => {
    const emulators = await startTestLandscape({
      cf: {
        orgs: [
          {
            name: 'acme-test',
            subaccount: 'test',
            globalAccount: 'acme',
            landscape: 'eu10-004',
            spaces: ['app'],
            roles: [
              { user: ADMIN, orgRoles: ['organization_manager'] },
              { user: ROBOT, origin: 'sap.ids' },
            ],
          },
        ],
      },
      double: { subaccounts: ['test'] },
    });
    const grant = { subaccounts: { names: ['test'] }, cf: { orgRoles: [], spaces: [] } };
    const ctx = await systemContext(emulators, manifestOf([technicalUser([grant])]));
    const seen = await look(ctx, emulators, ['test']);
    const [user] = ctx.manifest.technicalUsers;
    if (!user) throw new Error('no user');
    const hops = await cf.checks[0]?.run(subjectOf(user, { ...seen, manifest: ctx.manifest }), ctx);
    expect(hops).toMatchObject([
      { status: 'failed', code: 'CF_ORIGIN_DIFFERS', because: expect.stringContaining('sap.ids') },
    ]);
  });

  test('sees that the token is good and the space is not there for it', async () => {
    const { emulators, ctx } = await start();
    await make(ctx, emulators);
    const admin = await logInAt(emulators, 'admin');
    const { body } = await admin.get('/v3/roles?types=space_developer');
    const { resources } = body as { resources: { guid: string }[] };
    await admin.send('DELETE', `/v3/roles/${resources[0]?.guid}`);
    const hops = await doctor(ctx, emulators);
    expect(hops.map(({ status, code }) => [status, code])).toEqual([
      ['ok', undefined],
      ['failed', 'CF_ROLE_MISSING'],
      ['ok', undefined],
      ['failed', 'CF_SPACE_NOT_VISIBLE'],
    ]);
  });

  test('says unknown, not failed, where the landscape does not answer', async () => {
    const { emulators, ctx } = await start();
    await make(ctx, emulators);
    const down: SystemContext['fetch'] = async (input, init) => {
      const request = new Request(input, init);
      return request.url.startsWith(LOGIN) && new URL(request.url).searchParams.get('login_hint')?.includes(ORIGIN)
        ? new Response('', { status: 503 })
        : emulators.fetch(request);
    };
    const hops = await doctor(await systemContext(emulators, ctx.manifest, { fetch: down }), emulators);
    expect(hops.map((hop) => hop.status)).toEqual(['ok', 'ok', 'unknown', 'unknown']);
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

describe('a session', () => {
  const subjectIn = async (ctx: SystemContext, emulators: Emulators) => {
    const [user] = ctx.manifest.technicalUsers;
    if (!user) throw new Error('no user');
    return subjectOf(user, { ...(await look(ctx, emulators)), manifest: ctx.manifest });
  };

  test('is a CF_HOME with tokens and target, and without the password', async () => {
    const { emulators, ctx } = await start();
    await make(ctx, emulators);
    const session = await cf.session?.(await subjectIn(ctx, emulators), undefined, ctx);
    expect(session?.env).toEqual({ CF_HOME: '{dir}' });
    const [file] = session?.files ?? [];
    expect(file?.path).toBe('.cf/config.json');
    expect(JSON.stringify(session)).not.toContain('eyJ');
    const text = file?.content.reveal() ?? '';
    const password = (await ctx.vault.open('test/robot', 'current'))?.secret.reveal() ?? '';
    expect(text).not.toContain(password);
    const config = JSON.parse(text);
    expect(config).toMatchObject({
      APIVersion: '3.188.0',
      AccessToken: expect.stringMatching(/^bearer eyJ/),
      RefreshToken: expect.stringMatching(/-r$/),
      Target: API,
      AuthorizationEndpoint: LOGIN,
      UaaEndpoint: UAA,
      UAAOAuthClient: 'cf',
      OrganizationFields: { Name: 'acme-dev' },
      SpaceFields: { Name: 'app', AllowSSH: true },
    });
    const space = await emulators.fetch(`${config.Target}/v3/spaces/${config.SpaceFields.GUID}`, {
      headers: { authorization: config.AccessToken },
    });
    expect(space.status).toBe(200);
  });

  test.each(['eu10-004', 'dev', 'acme-dev', API, `${API}/`])('takes %s as a target', async (target) => {
    const { emulators, ctx } = await start();
    await make(ctx, emulators);
    const token = await cf.token?.(await subjectIn(ctx, emulators), target, ctx);
    expect(token).toMatchObject({ expiresAt: emulators.now() + 1_199_000 });
  });

  test('says which targets there are when the one asked for is none', async () => {
    const { emulators, ctx } = await start();
    const subject = await subjectIn(ctx, emulators);
    await expect(cf.token?.(subject, 'us20', ctx)).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      remedy: 'one of: eu10-004, acme-dev',
    });
  });
});

describe('the rules', () => {
  const codes = (manifest: Manifest) =>
    cf.rules.flatMap((rule) => rule.check(manifest, 0)).map(({ code, severity }) => [code, severity]);

  test('warn about Org Managers, hint at developers in production and at supporters', () => {
    const spaces = [{ names: ['app'], roles: ['space_developer', 'space_supporter'] }];
    const byName = { subaccounts: { names: ['acme-prod'] }, cf: { orgRoles: ['organization_manager'], spaces } };
    const byLabel = { subaccounts: { labels: { stage: ['Production'] } }, cf: { orgRoles: [], spaces } };
    expect(codes(manifestOf([technicalUser([byName])]))).toEqual([
      ['CF_ROLE_TOO_BROAD', 'warning'],
      ['CF_DEVELOPER_IN_PRODUCTION', 'info'],
      ['CF_SUPPORTER_NEEDS_CLI_8', 'info'],
    ]);
    expect(codes(manifestOf([technicalUser([byLabel])]))[0]).toEqual(['CF_DEVELOPER_IN_PRODUCTION', 'info']);
    expect(codes(manifestOf([technicalUser([APP_DEVELOPER])]))).toEqual([]);
  });

  test('refuse grants without anybody who could give them', () => {
    expect(codes(manifestOf([technicalUser([APP_DEVELOPER])], {}))).toEqual([['CF_CONNECTION_MISSING', 'error']]);
  });

  test('every code is explained', () => {
    const explained = new Set([...cf.findings.map((kind) => kind.code), ...cf.rules.map((rule) => rule.kind.code)]);
    for (const code of ['CF_SPACE_MISSING', 'LOGIN_PASSWORD_LOCKED', 'CF_ORIGIN_DIFFERS'])
      expect(explained).toContain(code);
    expect(explained.size).toBe(cf.findings.length + cf.rules.length);
  });
});
