import { afterEach, describe, expect, test } from 'vitest';
import { createMemo } from '../../kernel/context.ts';
import { RemoteError } from '../../kernel/errors.ts';
import { resourceTypes } from '../../kernel/plan/graph.ts';
import { consumers } from './index.ts';
import { inventory, keep, LOGIN, lookIn, placeIn, planOn } from './testing/acts.ts';
import { createAzureDevOps } from './testing/azure-devops.ts';
import { AT, contextOn } from './testing/context.ts';
import { azureDescription } from './testing/descriptions/azure-devops.ts';
import { githubDescription } from './testing/descriptions/github.ts';
import { gitlabDescription } from './testing/descriptions/gitlab.ts';
import { kubernetesDescription } from './testing/descriptions/kubernetes.ts';
import type { Double } from './testing/double.ts';
import { createGithub } from './testing/github.ts';
import { createGitlab } from './testing/gitlab.ts';
import { createJenkins } from './testing/jenkins.ts';
import { type Description, judge } from './testing/judge.ts';
import { createKubernetes } from './testing/kubernetes.ts';
import { createOpenbao } from './testing/openbao.ts';

interface Kind {
  readonly name: string;
  create(): Double;
  /** Whether the place gives the secret back. */
  readonly readable: boolean;
  /** What the service's description says, and the address that it starts from. */
  readonly judged?: readonly [Description, string];
}

const now = () => AT + 60_000;
/** Calls that log on, and change nothing. */
const LOGIN_CALL = /\/(login|access_tokens)$/;
const byGithub = [githubDescription, 'https://api.github.com/'] as const;
const byGitlab = [gitlabDescription, 'https://gitlab.com/'] as const;
const kinds: readonly Kind[] = [
  { name: 'openbao', create: createOpenbao, readable: true },
  {
    name: 'kubernetes',
    create: createKubernetes,
    readable: true,
    judged: [kubernetesDescription, 'https://api.kyma.acme.example/'],
  },
  { name: 'gitlab', create: createGitlab, readable: true, judged: byGitlab },
  { name: 'gitlab, a group', create: () => createGitlab({ place: 'group' }), readable: true, judged: byGitlab },
  { name: 'github', create: () => createGithub(now), readable: false, judged: byGithub },
  {
    name: 'github, an environment',
    create: () => createGithub(now, { place: 'environment', app: true }),
    readable: false,
    judged: byGithub,
  },
  {
    name: 'github, an organization',
    create: () => createGithub(now, { place: 'organization', app: true }),
    readable: false,
    judged: byGithub,
  },
  {
    name: 'azureDevOps',
    create: () => createAzureDevOps(now),
    readable: false,
    judged: [azureDescription, 'https://dev.azure.com/acme/'],
  },
  { name: 'jenkins', create: createJenkins, readable: false },
];

describe.each(kinds)('a copy in $name', ({ create, readable, judged }) => {
  const known = readable ? 'this' : 'unknown';
  let complaints: readonly string[] = [];
  function start(): Double {
    const double = create();
    if (!judged) return double;
    const [description, base] = judged;
    const court = judge(double.fetch, base, description);
    complaints = court.complaints;
    return { ...double, fetch: court.fetch };
  }

  afterEach(() => {
    // Neither our request nor the double's answer is other than the service's own description has it.
    expect(complaints).toEqual([]);
  });

  test('is not there before the first delivery, then holds what was delivered', async () => {
    const double = start();
    const place = await placeIn(await contextOn(double));
    expect(await place.holds('s1', 1)).toBe('other');
    await place.deliver('s1', 1);
    expect(double.stored()).toEqual({ login: LOGIN, secret: 's1' });
    expect(await place.holds('s1', 1)).toBe(known);
  });

  test('the same delivery again changes nothing', async () => {
    const double = start();
    const place = await placeIn(await contextOn(double));
    await place.deliver('s1', 1);
    const before = double.writes();
    await place.deliver('s1', 1);
    expect(double.stored()).toEqual({ login: LOGIN, secret: 's1' });
    if (readable) expect(double.writes()).toBe(before);
  });

  test('a new version takes the place of the old one, and its neighbours stay', async () => {
    const double = start();
    const neighbours = double.neighbours?.();
    const place = await placeIn(await contextOn(double));
    await place.deliver('s1', 1);
    await place.deliver('s"2 <&> ü', 2);
    expect(double.stored()).toEqual({ login: LOGIN, secret: 's"2 <&> ü' });
    expect(double.neighbours?.()).toEqual(neighbours);
    if (readable) expect(await place.holds('s1', 1)).toBe('other');
  });

  test('is planned, made, and in place afterwards', async () => {
    const double = start();
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
    const double = start();
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

  test('a delivery whose answer is lost is told as unknown, and the next one gets through', async () => {
    const double = start();
    let lost = false;
    const losing: Double = {
      ...double,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const response = await double.fetch(request.clone());
        if (lost || request.method === 'GET' || LOGIN_CALL.test(request.url)) return response;
        lost = true;
        throw Object.assign(new TypeError('fetch failed'), {
          cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
        });
      },
    };
    const place = await placeIn(await contextOn(losing));
    await expect(place.deliver('s1', 1)).rejects.toMatchObject({ outcome: 'unknown' });
    await place.deliver('s1', 1);
    expect(double.stored()).toEqual({ login: LOGIN, secret: 's1' });
    expect(await place.holds('s1', 1)).toBe(known);
  });

  test('a refusal says which call of which service, and nothing of the secret', async () => {
    const double = start();
    const refusing: Double = {
      ...double,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        if (request.method === 'GET' || LOGIN_CALL.test(request.url)) return double.fetch(request);
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

/** What answers in the place of a service: a proxy, a load balancer, a line that broke off. */
const ANSWERS_OF_OTHERS = [
  { what: 'a page', body: '<html><title>top-secret</title><br>Sign in' },
  { what: 'nothing', body: '' },
  { what: 'half an answer', body: '{"data":{"data":{"password":"top-secret' },
  { what: 'JSON of something else', body: '{"top-secret":["top-secret"]}' },
];

test.each(kinds.flatMap((kind) => ANSWERS_OF_OTHERS.map((answer) => ({ ...kind, ...answer }))))(
  '$what in the place of $name is told as such, and not quoted',
  async ({ create, body }) => {
    const ctx = await contextOn({ ...create(), fetch: async () => new Response(body) });
    const error = await lookIn(ctx).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ERR_REMOTE_BROKEN', remedy: expect.any(String) });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('top-secret');
  },
);
