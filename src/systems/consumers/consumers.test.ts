import { describe, expect, test } from 'vitest';
import { createMemo } from '../../kernel/context.ts';
import { examine, subjectOf } from '../../kernel/doctor/doctor.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import { observe } from '../../kernel/observe/observe.ts';
import { expandGraph, resourceTypes } from '../../kernel/plan/graph.ts';
import { DEFAULT_PLAN_OPTIONS, diffAll, makePlan } from '../../kernel/plan/plan.ts';
import type { Credential } from '../../kernel/rotate/credential.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { consumers } from './index.ts';
import { placeOf, targetsOf } from './section.ts';
import { createAzureDevOps } from './testing/azure-devops.ts';
import { AT, contextOn } from './testing/context.ts';
import { type Double, json } from './testing/double.ts';
import { createGithub } from './testing/github.ts';
import { createGitlab } from './testing/gitlab.ts';
import { createJenkins } from './testing/jenkins.ts';
import { createKubernetes } from './testing/kubernetes.ts';
import { createOpenbao } from './testing/openbao.ts';

const LOGIN = 'robot@sap-test.de';
const CREDENTIAL: Credential = {
  kind: 'ias/password',
  address: 'ias/password:acme-platform/robot',
  vaultName: 'acme/robot',
  user: 'robot',
  login: LOGIN,
  props: {},
};
const inventory: Inventory = {
  globalAccount: { guid: 'ga', subdomain: 'acme', displayName: 'acme' },
  directories: [],
  subaccounts: [],
};

/** Keeps a new current version in the vault. */
async function keep(ctx: SystemContext, text: string, at = AT): Promise<number> {
  const { version } = await ctx.vault.propose('acme/robot', new Secret(text), at);
  await ctx.vault.promote('acme/robot', version, at);
  return version;
}

/** The one place of the manifest, as a rotation sees it. */
async function placeIn(ctx: SystemContext) {
  const [user] = ctx.manifest.technicalUsers;
  const [target] = user ? targetsOf(user) : [];
  if (!target) throw new Error('the manifest has no place');
  const kind = (consumers.consumers ?? []).find((one) => one.kind === `consumers/${placeOf(target).kind}`);
  const consumer = async () => {
    const [found] = (await kind?.find([CREDENTIAL], inventory, ctx))?.consumers ?? [];
    if (!kind || !found) throw new Error('the place is not found');
    return { kind, found };
  };
  const delivery = (text: string, version: number) => ({ credential: CREDENTIAL, secret: new Secret(text), version });
  return {
    find: async () => (await consumer()).found,
    async deliver(text: string, version: number) {
      const { kind: one, found } = await consumer();
      return one.deliver(found, delivery(text, version), ctx);
    },
    async holds(text: string, version: number) {
      const { kind: one, found } = await consumer();
      return one.holds(found, delivery(text, version), ctx);
    },
  };
}

async function planOn(ctx: SystemContext, adopt = false) {
  const graph = expandGraph([consumers], ctx.manifest, inventory);
  const types = resourceTypes([consumers]);
  const observed = await observe(graph, types, ctx);
  const input = {
    manifest: ctx.manifest,
    inventory,
    graph,
    observed,
    types,
    options: { ...DEFAULT_PLAN_OPTIONS, adopt },
    now: ctx.now(),
  };
  const apply = async () => {
    const diffs = diffAll(input);
    for (const resource of graph.resources.values()) {
      const diff = diffs.get(resource.address);
      if (!diff || diff.action === 'none' || diff.action === 'blocked') continue;
      await types.get(resource.type)?.converge({ resource, action: diff.action, observed: undefined }, ctx);
    }
  };
  return { plan: makePlan(input), apply };
}

interface Kind {
  readonly name: string;
  create(): Double;
  /** Whether the place gives the secret back. */
  readonly readable: boolean;
}

const now = () => AT + 60_000;
const kinds: readonly Kind[] = [
  { name: 'openbao', create: createOpenbao, readable: true },
  { name: 'kubernetes', create: createKubernetes, readable: true },
  { name: 'gitlab', create: createGitlab, readable: true },
  { name: 'github', create: () => createGithub(now), readable: false },
  { name: 'azureDevOps', create: () => createAzureDevOps(now), readable: false },
  { name: 'jenkins', create: createJenkins, readable: false },
];

describe.each(kinds)('a copy in $name', ({ create, readable }) => {
  const known = readable ? 'this' : 'unknown';

  test('is not there before the first delivery, then holds what was delivered', async () => {
    const double = create();
    const place = await placeIn(await contextOn(double));
    expect(await place.holds('s1', 1)).toBe('other');
    await place.deliver('s1', 1);
    expect(double.stored()).toEqual({ login: LOGIN, secret: 's1' });
    expect(await place.holds('s1', 1)).toBe(known);
  });

  test('the same delivery again changes nothing', async () => {
    const double = create();
    const place = await placeIn(await contextOn(double));
    await place.deliver('s1', 1);
    const before = double.writes();
    await place.deliver('s1', 1);
    expect(double.stored()).toEqual({ login: LOGIN, secret: 's1' });
    if (readable) expect(double.writes()).toBe(before);
  });

  test('a new version takes the place of the old one, and its neighbours stay', async () => {
    const double = create();
    const neighbours = double.neighbours?.();
    const place = await placeIn(await contextOn(double));
    await place.deliver('s1', 1);
    await place.deliver('s"2 <&> ü', 2);
    expect(double.stored()).toEqual({ login: LOGIN, secret: 's"2 <&> ü' });
    expect(double.neighbours?.()).toEqual(neighbours);
    if (readable) expect(await place.holds('s1', 1)).toBe('other');
  });

  test('is planned, made, and in place afterwards', async () => {
    const double = create();
    const ctx = await contextOn(double);
    await keep(ctx, 'top-secret');
    const first = await planOn(ctx);
    expect(first.plan.steps).toHaveLength(1);
    expect(JSON.stringify(first.plan)).not.toContain('top-secret');
    await first.apply();
    expect(double.stored()).toEqual({ login: LOGIN, secret: 'top-secret' });
    expect((await planOn(ctx)).plan.steps).toEqual([]);
  });

  test('that has left the manifest is told, taken away without its neighbours, and forgotten', async () => {
    const double = create();
    const neighbours = double.neighbours?.();
    const ctx = await contextOn(double);
    await keep(ctx, 'top-secret');
    await (await planOn(ctx)).apply();
    const without = { ...ctx, manifest: (await contextOn(double, {}, { deliverTo: [] })).manifest };
    const left = async () => consumers.left?.(inventory, { ...without, memo: createMemo() });
    const [extra] = (await left())?.extras ?? [];
    expect(extra).toMatchObject({ user: 'robot', removable: true, told: { code: 'COPY_LEFT' } });
    expect(JSON.stringify(extra)).not.toContain('top-secret');
    if (!extra) throw new Error('nothing is left');
    const remove = async () =>
      resourceTypes([consumers])
        .get(extra.type)
        ?.converge({ resource: { ...extra, needs: [] }, action: 'delete', observed: undefined }, without);
    await remove();
    expect(double.stored()).toBeUndefined();
    expect(double.neighbours?.()).toEqual(neighbours);
    expect(await left()).toEqual({ extras: [], findings: [], gone: [] });
    // As after a lost reply: what is gone is no error.
    await remove();
  });

  test('a refusal says which call of which service, and nothing of the secret', async () => {
    const double = create();
    const refusing: Double = {
      ...double,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        if (request.method === 'GET' || request.url.endsWith('/login')) return double.fetch(request);
        return new Response(`{"echo":${JSON.stringify(await request.text())}}`, { status: 403 });
      },
    };
    const ctx = await contextOn(refusing);
    const error = await (await placeIn(ctx)).deliver('top-secret', 1).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ code: 'ERR_REMOTE_FORBIDDEN', status: 403 });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('top-secret');
  });
});

describe('a place that can be read', () => {
  test('is brought back to the current version when it holds an older one', async () => {
    const double = createOpenbao();
    const ctx = await contextOn(double);
    await keep(ctx, 's1');
    await (await planOn(ctx)).apply();
    await keep(ctx, 's2');
    const { plan, apply } = await planOn(ctx);
    expect(plan.steps).toMatchObject([{ action: 'update' }]);
    await apply();
    expect(double.stored()?.secret).toBe('s2');
  });

  test('is not written over when it holds what our vault never kept, unless it is adopted', async () => {
    const double = createOpenbao();
    double.overwrite?.('of somebody else');
    const ctx = await contextOn(double);
    await keep(ctx, 's1');
    const { plan } = await planOn(ctx);
    expect(plan.findings).toMatchObject([{ code: 'CONSUMER_NOT_OURS', severity: 'error' }]);
    const adopted = await planOn(ctx, true);
    await adopted.apply();
    expect(double.stored()?.secret).toBe('s1');
  });

  test('tells by its login name which of twins it holds', async () => {
    const double = createOpenbao();
    const ctx = await contextOn(double, {}, { twins: true });
    const twins = ['a', 'b'].map((side) => ({
      ...CREDENTIAL,
      vaultName: `acme/robot-${side}`,
      user: `robot-${side}`,
      login: `robot-${side}@sap-test.de`,
    }));
    const [kind] = (consumers.consumers ?? []).filter((one) => one.kind === 'consumers/openbao');
    const [first] = (await kind?.find(twins, inventory, ctx))?.consumers ?? [];
    expect(first).toMatchObject({ credentials: ['acme/robot-a', 'acme/robot-b'], ours: true });
    const [, b] = twins;
    if (!kind || !first || !b) throw new Error('no twins');
    await kind.deliver(first, { credential: b, secret: new Secret('s'), version: 1 }, ctx);
    expect((await kind.find(twins, inventory, ctx)).consumers[0]).toMatchObject({ holds: 'acme/robot-b' });
  });
});

test('a path of OpenBao that nobody else uses is destroyed with all its versions', async () => {
  const double = createOpenbao({ alone: true });
  const ctx = await contextOn(double);
  await (await placeIn(ctx)).deliver('s1', 1);
  await (await placeIn(ctx)).deliver('s2', 2);
  expect(double.writes()).toBe(2);
  const [copy] = await ctx.copies.of('acme');
  const type = resourceTypes([consumers]).get('consumers/openbao');
  if (!copy || !type) throw new Error('no copy is remembered');
  // The vault keeps what it delivered.
  await keep(ctx, 's2');
  const resource = { ...copy, scope: copy.type, needs: [] };
  expect(await type.converge({ resource, action: 'delete', observed: undefined }, ctx)).toMatchObject({
    versions: 'destroyed',
  });
  expect(double.writes()).toBe(0);
});

test('a copy that somebody else has written over is not taken away', async () => {
  const double = createOpenbao();
  const ctx = await contextOn(double);
  await keep(ctx, 's1');
  await (await planOn(ctx)).apply();
  double.overwrite?.('of somebody else');
  const without = { ...ctx, manifest: (await contextOn(double, {}, { deliverTo: [] })).manifest };
  const [extra] = (await consumers.left?.(inventory, without))?.extras ?? [];
  expect(extra).toMatchObject({ removable: false, told: { remedy: expect.stringContaining('--forget') } });
});

test('a copy whose connection has left the manifest too is told, and gates nothing', async () => {
  const double = createOpenbao();
  const ctx = await contextOn(double);
  await keep(ctx, 's1');
  await (await planOn(ctx)).apply();
  const without = {
    ...ctx,
    manifest: (await contextOn({ ...double, connections: {} }, {}, { deliverTo: [] })).manifest,
  };
  expect(await consumers.left?.(inventory, { ...without, memo: createMemo() })).toMatchObject({
    extras: [],
    gone: [],
    findings: [{ code: 'COPY_LEFT_UNREAD', severity: 'warning' }],
  });
});

test('doctor tells what each place holds', async () => {
  const double = createOpenbao();
  const ctx = await contextOn(double);
  await keep(ctx, 's1');
  const hops = async (more: Partial<SystemContext> = {}) => {
    const look = { ...ctx, ...more, memo: createMemo() };
    const graph = expandGraph([consumers], ctx.manifest, inventory);
    const observed = await observe(graph, resourceTypes([consumers]), look);
    const [user] = ctx.manifest.technicalUsers;
    if (!user) throw new Error('no user');
    const subject = subjectOf(user, { manifest: ctx.manifest, inventory, graph, observed, diffs: new Map() });
    const { users } = await examine([consumers], [subject], look);
    return users.flatMap((one) =>
      one.hops.map(({ title, status, code }) => `${title}: ${status} ${code ?? ''}`.trim()),
    );
  };
  const title = 'secret/acme/robot in OpenBao';
  expect(await hops()).toEqual([`${title}: failed CONSUMER_EMPTY`]);
  await (await planOn(ctx)).apply();
  expect(await hops()).toEqual([`${title}: ok`]);
  await keep(ctx, 's2');
  expect(await hops()).toEqual([`${title}: failed CONSUMER_STALE`]);
  double.overwrite?.('of somebody else');
  expect(await hops()).toEqual([`${title}: failed CONSUMER_NOT_OURS`]);
  expect(await hops({ fetch: async () => new Response(null, { status: 403 }) })).toEqual([
    `${title}: unknown CONSUMER_UNREAD`,
  ]);
});

test('somebody who writes at the same moment is not overwritten', async () => {
  const double = createOpenbao();
  let raced = false;
  const ctx = await contextOn({
    ...double,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (request.method === 'POST' && request.url.includes('/data/') && !raced) {
        raced = true;
        double.overwrite?.('written in between');
      }
      return double.fetch(request);
    },
  });
  await expect((await placeIn(ctx)).deliver('s1', 1)).rejects.toMatchObject({ status: 400 });
  expect(double.stored()?.secret).toBe('written in between');
});

test('a deleted version is written after, not before', async () => {
  const double = createOpenbao();
  let deleted = true;
  const ctx = await contextOn({
    ...double,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (request.method === 'GET' && deleted) {
        return json(404, { data: { data: null, metadata: { version: 1, deletion_time: '2026-11-20T00:00:00Z' } } });
      }
      if (request.url.includes('/data/')) deleted = false;
      return double.fetch(request);
    },
  });
  await (await placeIn(ctx)).deliver('s1', 1);
  expect(double.stored()?.secret).toBe('s1');
});

describe('a place that can not be read', () => {
  test('is brought to the current version when it was last written before that was made', async () => {
    let at = AT;
    const double = createGithub(() => at);
    const ctx = await contextOn(double);
    await keep(ctx, 's1-of-github', AT);
    await (await planOn(ctx)).apply();
    expect((await planOn(ctx)).plan).toMatchObject({ steps: [], unknown: [{ paths: ['secret'] }] });
    await keep(ctx, 's2-of-github', AT + 60_000);
    at = AT + 120_000;
    const { plan, apply } = await planOn(ctx);
    expect(plan.steps).toMatchObject([{ action: 'update' }]);
    await apply();
    expect(double.stored()?.secret).toBe('s2-of-github');
  });

  test('is brought to the current version when our note tells another', async () => {
    const double = createJenkins();
    const ctx = await contextOn(double);
    await keep(ctx, 's1');
    await (await planOn(ctx)).apply();
    expect((await planOn(ctx)).plan).toMatchObject({ steps: [], unknown: [{ paths: ['secret'] }] });
    await keep(ctx, 's2');
    expect((await planOn(ctx)).plan.steps).toMatchObject([{ action: 'update' }]);
  });
});

test('GitLab masks what it can, and takes what it can not', async () => {
  const double = createGitlab();
  const place = await placeIn(await contextOn(double));
  await place.deliver('two words', 1);
  expect(double.stored()?.secret).toBe('two words');
});

test.each([
  ['2026-12-01T00:00:00.123456789Z', { kind: 'at', at: Date.parse('2026-12-01T00:00:00.123Z') }],
  [null, { kind: 'never' }],
])('a token of OpenBao with the end %s is told by its lease', async (expire_time, end) => {
  const ctx = await contextOn({
    ...createOpenbao(),
    connections: { openbao: { main: { url: 'https://bao.acme.example:8200', token: 'env:BAO_TOKEN' } } },
    secrets: { BAO_TOKEN: 'hvs.given' },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (!request.url.endsWith('/v1/auth/token/lookup-self')) return new Response(null, { status: 501 });
      if (request.headers.get('x-vault-token') !== 'hvs.given') return json(403, { errors: ['permission denied'] });
      return json(200, { data: { expire_time, ttl: 0 } });
    },
  });
  const found = await consumers.expiries?.([], ctx);
  expect(found).toMatchObject([{ title: 'token of connections.openbao.main', end }]);
  expect(JSON.stringify(found)).not.toContain('hvs.given');
});

test('a place without a connection is a finding, at its line', async () => {
  const ctx = await contextOn({ ...createOpenbao(), connections: {} });
  expect(consumers.section.expand(ctx.manifest, inventory).findings).toMatchObject([
    { code: 'CONSUMER_NO_CONNECTION', subject: 'robot', at: { file: expect.stringContaining('locum.yaml') } },
  ]);
});
