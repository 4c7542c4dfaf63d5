import { describe, expect, test } from 'vitest';
import { judgeByClient } from '../../../test/replay/cf/client-judge.ts';
import {
  type Interaction,
  recordedHeader,
  recordedResponse,
  routeOf,
  serviceOf,
} from '../../../test/replay/cf/recorded.ts';
import { sharedRecordings } from '../../../test/replay/files.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { awaitJob, discover, type Landscape, list } from '../protocols/cf-v3/client.ts';
import { logIn, renew } from '../protocols/cf-v3/login.ts';
import * as wire from '../protocols/cf-v3/wire.ts';
import { cloudController } from './client.ts';
import { startTestLandscape } from './emulator/testing/landscape.ts';
import { manifestOf, systemContext } from './emulator/testing/system-context.ts';

const { recorded, missing } = sharedRecordings('cf-api.jsonl');
const recordings = recorded.cf;
/** The reason stands in the title of what is skipped. */
const because = missing === undefined ? '' : ` (${missing})`;

/** What a recorded exchange is about, as far as our slices have to do with it. */
type Topic = 'token' | 'root' | 'role' | 'user' | 'organization' | 'space';

const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  ['token', /^POST \/oauth\/token$/],
  ['root', /^GET \/$/],
  ['role', /^(GET|POST|DELETE) \/v3\/roles(\/[^/]+)?$/],
  ['user', /^GET \/v3\/(users|organizations\/[^/]+\/users|spaces\/[^/]+\/users)$/],
  ['user', /^(GET|POST|DELETE) \/v3\/users(\/[^/]+)?$/],
  ['organization', /^GET \/v3\/organizations(\/[^/]+)?$/],
  ['space', /^(GET|POST|DELETE) \/v3\/spaces(\/[^/]+)?$/],
];

function topicOf(row: Interaction): Topic | undefined {
  const path = `${row.method} ${new URL(row.url).pathname}`;
  return /^(api|uaa|login)$/.test(serviceOf(row)) ? TOPICS.find(([, pattern]) => pattern.test(path))?.[0] : undefined;
}

const all = [...recordings.values()].flat();
const of = (topic: Topic, method?: string) =>
  all.filter((row) => topicOf(row) === topic && (method === undefined || row.method === method));

describe.skipIf(missing !== undefined)(`the client${because}`, () => {
  const emulators = startTestLandscape();

  /** A context in which each call is answered by the next recording. */
  async function replaying(rows: readonly Interaction[]) {
    const sent: Request[] = [];
    const open = [...rows];
    const real = await systemContext(await emulators, manifestOf([]));
    const fetch: SystemContext['fetch'] = async (input, init) => {
      sent.push(new Request(input, init));
      const row = open.shift();
      if (!row) throw new Error('nothing more was recorded');
      return recordedResponse(row);
    };
    return { ctx: { ...real, fetch }, sent };
  }

  async function landscapeOf(rows: readonly Interaction[]) {
    const { ctx, sent } = await replaying(rows);
    const root = of('root')[0];
    if (!root) throw new Error('no root recorded');
    const landscape: Landscape = {
      api: new URL(root.url).origin,
      name: 'recorded',
      links: wire.root.parse(root.response_body).links,
      http: (call) =>
        ctx.fetch(call.url, {
          method: call.method ?? 'GET',
          ...(call.headers ? { headers: call.headers } : {}),
          ...(call.body === undefined ? {} : { body: call.body }),
        }),
    };
    return { landscape, ctx, sent };
  }

  const fields = (text: string) => [...new URLSearchParams(text).keys()].sort();

  test(`sends ${all.length} recorded calls as they were sent, and reads their answers`, async () => {
    const wrong: string[] = [];
    for (const [cassette, rows] of recordings) {
      for (const [at, { because: differences }] of (await judgeByClient(rows)).entries()) {
        const row = rows[at];
        if (row) wrong.push(...differences.map((what) => `${cassette}#${row.index} ${routeOf(row)}: ${what}`));
      }
    }
    expect(wrong).toEqual([]);
  });

  test('discovers every recorded landscape', async () => {
    for (const row of of('root')) {
      const { ctx, sent } = await replaying([row]);
      const { links } = await discover(ctx, new URL(row.url).origin);
      expect(sent[0]?.url).toBe(row.url);
      expect(links.cloud_controller_v3.meta.version).toMatch(/^3\./);
    }
  });

  test('logs in as recorded: same endpoint, hint, client and fields', async () => {
    const logins = of('token').filter((row) => row.request_form?.grant_type?.[0] === 'password');
    expect(logins.length).toBeGreaterThan(0);
    for (const row of logins) {
      const { landscape, ctx, sent } = await landscapeOf([row]);
      const hint = new URL(row.url).searchParams.get('login_hint');
      const originKey = hint === null ? undefined : (JSON.parse(hint) as { origin: string }).origin;
      const user = { userName: 'xx', password: new Secret('xxxx'), ...(originKey ? { originKey } : {}) };
      // Recorded by go-cfclient, which asks the uaa link where the cf CLI asks the login link.
      const links = { ...landscape.links, login: landscape.links.uaa };
      const outcome = await logIn({ ...landscape, links }, ctx.now, user as Parameters<typeof logIn>[2]);
      expect(outcome).toMatchObject({ status: 'accepted', value: { expiresAt: ctx.now() + 1_199_000 } });
      expect(sent[0]?.url).toBe(row.url);
      expect(sent[0]?.headers.get('authorization')).toBe(row.request_headers.Authorization);
      expect(fields((await sent[0]?.text()) ?? '')).toEqual(Object.keys(row.request_form ?? {}).sort());
    }
  });

  test('renews tokens as recorded and keeps the refresh token', async () => {
    const refreshes = of('token').filter((row) => row.request_form?.grant_type?.[0] === 'refresh_token');
    for (const row of refreshes) {
      const { landscape, ctx, sent } = await landscapeOf([row]);
      const before = row.request_form?.refresh_token?.[0] ?? '';
      const token = await renew(landscape, ctx.now, new Secret(before));
      expect(sent[0]?.url).toBe(row.url);
      expect(fields((await sent[0]?.text()) ?? '')).toEqual(Object.keys(row.request_form ?? {}).sort());
      const after = (row.response_body as { refresh_token: string }).refresh_token;
      expect(token?.refresh?.reveal()).toBe(after);
    }
  });

  test('reads every recorded list to its end, and every single object', async () => {
    const schemas = { role: wire.role, user: wire.user, organization: wire.organization, space: wire.space };
    for (const topic of ['role', 'user', 'organization', 'space'] as const) {
      for (const row of of(topic, 'GET').filter((known) => known.status === 200)) {
        const body = row.response_body as { resources?: unknown[]; relationships?: unknown };
        if (body.resources) {
          const { ctx } = await replaying([row]);
          const listing = await list(
            (call) => ctx.fetch(call.url),
            { operation: 'list', url: new URL(row.url) },
            schemas[topic],
          );
          expect(listing.resources).toHaveLength(body.resources.length);
        } else if (body.relationships) schemas[topic].parse(body);
      }
    }
  });

  test('creates roles with the recorded body, and deletes them by the recorded job', async () => {
    for (const row of of('role', 'POST')) {
      const { type, relationships } = wire.newRole.parse(row.request_body);
      const { username, origin } = relationships.user.data;
      if (username === undefined || origin === undefined) continue;
      const [root, login] = [of('root')[0], of('token')[0]].filter((known) => known !== undefined);
      if (!root || !login) throw new Error('nothing recorded');
      const { ctx, sent } = await replaying([root, login, row]);
      const controller = await cloudController(ctx, new URL(row.url).origin);
      const place = { org: relationships.organization?.data.guid, space: relationships.space?.data.guid };
      const role = { type, email: username, originKey: origin, ...place } as Parameters<
        typeof controller.createRole
      >[0];
      const created = controller.createRole(role);
      if (row.status === 201) expect(await created).toBe((row.response_body as { guid: string }).guid);
      else await expect(created).rejects.toMatchObject({ status: 422, serviceCode: 'CF-UnprocessableEntity' });
      expect(await sent[2]?.json()).toEqual(row.request_body);
    }
  });

  test('waits for recorded jobs of every kind', async () => {
    for (const [cassette, rows] of recordings) {
      for (const [at, row] of rows.entries()) {
        const location = recordedHeader(row, 'location');
        if (row.status !== 202 || location === undefined) continue;
        const polls = rows.slice(at + 1).filter((later) => later.url === location);
        if (polls.length === 0) continue;
        const { ctx } = await replaying(polls);
        const failed = polls.some((poll) => (poll.response_body as { state?: string }).state === 'FAILED');
        const waiting = awaitJob((call) => ctx.fetch(call.url), recordedResponse(row), cassette, ctx);
        await (failed
          ? expect(waiting).rejects.toMatchObject({ system: 'cf' })
          : expect(waiting).resolves.toBeUndefined());
      }
    }
  });
});
