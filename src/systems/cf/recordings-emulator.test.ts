import { decodeJwt } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import type { Emulators } from '../../emulation/compose.ts';
import * as wire from '../protocols/cf-v3/wire.ts';
import { openLandscapes } from './emulator/landscapes.ts';
import { IAS, logInAt, passwordOf, startTestLandscape } from './emulator/testing/landscape.ts';
import {
  type Interaction,
  noRecordings,
  readRecordings,
  recordedHeader,
  topicOf,
} from './emulator/testing/recordings.ts';
import { createPlanter, REPLAY } from './emulator/testing/replay.ts';
import { addMembership, groupNamed } from './emulator/uaa/groups.ts';
import { openUaaStore } from './emulator/uaa/store.ts';

const recordings = noRecordings === undefined ? readRecordings() : new Map<string, readonly Interaction[]>();
/** The reason stands in the title of what is skipped. */
const because = noRecordings === undefined ? '' : ` (${noRecordings})`;
interface Counts {
  judged: number;
  readonly skipped: Map<string, number>;
}

describe.skipIf(noRecordings !== undefined)(`the emulator${because}`, () => {
  const counts: Counts = { judged: 0, skipped: new Map() };
  const skip = (reason: string) => counts.skipped.set(reason, (counts.skipped.get(reason) ?? 0) + 1);

  afterAll(() => {
    const reasons = [...counts.skipped].map(([reason, count]) => `${count} ${reason}`).join(', ');
    console.info(`cf recordings: ${counts.judged} judged; skipped: ${reasons}`);
  });

  for (const [cassette, rows] of recordings) {
    if (!rows.some((row) => topicOf(row) !== undefined)) continue;
    test(`answers as recorded in ${cassette}`, async () => {
      const replay = await startReplay();
      for (const row of rows) {
        const topic = topicOf(row);
        const reason = topic === undefined ? 'not a call of the job' : replay.stale(row);
        if (reason !== undefined) skip(reason);
        else {
          await (topic === 'token' ? replay.token(row) : replay.call(row, topic === 'root'));
          counts.judged++;
        }
        if (reason !== undefined) replay.missed(row);
      }
    });
  }

  test('there are enough recordings to mean something', () => {
    expect(counts.judged).toBeGreaterThan(200);
  });
});

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const RECORDED_DOMAIN = 'x.x.x.x.com';
const OUR_DOMAIN = `cf.${REPLAY}.hana.ondemand.com`;

/** Replays one cassette on an emulator that knows what earlier answers of the cassette have shown. */
async function startReplay() {
  const trusts = [{ originKey: 'iasproviderdevblr-platform', host: 'blr.accounts.ondemand.com' }];
  const users = [
    { host: 'accounts.sap.com', email: 'xx', password: 'XX' },
    { host: 'blr.accounts.ondemand.com', email: 'xx', password: 'XX' },
  ];
  const auditor = {
    landscape: REPLAY,
    userName: 'auditor',
    password: 'AUDITOR',
    groups: ['cloud_controller.global_auditor'],
  };
  const emulators = await startTestLandscape({ double: { trusts, users }, cf: { uaaUsers: [auditor] } });
  const planter = createPlanter(emulators);
  planter.clear();
  const admin = await logInAt(emulators, 'root');
  const guest = await tokenOf(
    emulators,
    { grant_type: 'password', username: 'auditor', password: passwordOf(emulators, 'AUDITOR') },
    'uaa',
  );
  /** Our GUID for a recorded one that a recorded call made. */
  const ours = new Map<string, string>();
  /** GUIDs that calls have changed which the emulator does not have. */
  const touched = new Map<string, string>();

  const translate = (text: string) =>
    text.replaceAll(RECORDED_DOMAIN, OUR_DOMAIN).replace(GUID, (guid) => ours.get(guid) ?? guid);

  return {
    stale(row: Interaction): string | undefined {
      const text = `${row.url} ${JSON.stringify(row.request_body)} ${JSON.stringify(row.response_body)}`;
      return text
        .match(GUID)
        ?.map((guid) => touched.get(guid))
        .find((reason) => reason !== undefined);
    },

    /** A call that was not replayed: what it may have changed is not judged any more. */
    missed(row: Interaction) {
      if (['GET', 'HEAD'].includes(row.method)) return;
      const location = recordedHeader(row, 'location') ?? '';
      const made = row.method === 'POST' ? ((row.response_body as { guid?: string } | null)?.guid ?? '') : '';
      for (const guid of `${new URL(row.url).pathname} ${location} ${made}`.match(GUID) ?? []) {
        touched.set(guid, 'about things that other calls have made or changed');
      }
    },

    async token(row: Interaction) {
      const recorded = row.response_body as Record<string, string | number>;
      openLandscapes(emulators.state).set(REPLAY, {
        name: REPLAY,
        region: 'eu10',
        rateLimit: 20_000,
        accessTokenValidity: Number(recorded.expires_in) + 1,
      });
      const form = new URLSearchParams(String(row.request_body));
      if (form.has('password')) form.set('password', passwordOf(emulators, 'XX'));
      if (form.has('assertion')) form.set('assertion', await assertionOf(emulators));
      const refresh = form.get('refresh_token');
      if (refresh !== null) plantRefresh(emulators, refresh, String(recorded.scope).split(' '), decodeJwt(guest));
      const { Authorization, ...others } = row.request_headers as Record<string, string>;
      const response = await emulators.fetch(translate(row.url), {
        method: 'POST',
        headers: { ...others, ...(Authorization === undefined ? {} : { Authorization }) },
        body: form.toString(),
      });
      const answer = (await response.json()) as Record<string, string | number>;
      expect(response.status).toBe(row.status);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(Object.keys(answer)).toEqual(Object.keys(recorded));
      expect(String(answer.scope).split(' ').sort()).toEqual(String(recorded.scope).split(' ').sort());
      for (const key of ['token_type', 'expires_in']) expect(answer[key]).toBe(recorded[key]);
      if (refresh !== null) expect(answer.refresh_token).toBe(recorded.refresh_token);
      expect(String(answer.jti)).toMatch(/^[0-9a-f]{32}$/);
    },

    async call(row: Interaction, root: boolean) {
      const read = row.method === 'GET';
      if (read && row.status === 200) planter.plant(row);
      if (!read) plantForMutation(row);
      // Administrators' answers have no rate limit headers: that tells who recorded.
      const limited = recordedHeader(row, 'x-ratelimit-limit') !== undefined;
      const token = limited && read ? guest : admin.token;
      const response = await emulators.fetch(translate(row.url), {
        method: row.method,
        headers: root ? {} : { authorization: `bearer ${token}`, 'content-type': 'application/json' },
        ...(read || row.method === 'DELETE' ? {} : { body: translate(JSON.stringify(row.request_body)) }),
      });
      const text = await response.text();
      expect([row.url, response.status, response.status === row.status ? '' : text]).toEqual([row.url, row.status, '']);
      expect(response.headers.get('content-type')).toBe(recordedHeader(row, 'content-type'));
      expect(response.headers.get('x-vcap-request-id')).toMatch(/::/);
      if (read && !root) {
        expect(response.headers.get('x-ratelimit-limit')).toBe(recordedHeader(row, 'x-ratelimit-limit') ?? null);
        expect(response.headers.get('x-ratelimit-remaining')).toBe(
          recordedHeader(row, 'x-ratelimit-remaining') ?? null,
        );
      }
      const location = recordedHeader(row, 'location');
      if (location !== undefined) {
        expect(response.headers.get('location')?.replace(GUID, '')).toBe(translate(location).replace(GUID, ''));
        learn(location, response.headers.get('location') ?? '');
      }
      if (row.response_body === '') {
        expect(text).toBe('');
        return;
      }
      const answer: unknown = JSON.parse(text);
      if (row.method === 'POST' && row.status === 201) {
        learn((row.response_body as { guid: string }).guid, (answer as { guid: string }).guid);
      }
      const made = text.match(GUID)?.some((guid) => [...ours.values()].includes(guid)) ?? false;
      const expected: unknown = JSON.parse(translate(JSON.stringify(row.response_body)));
      if (root) expect(withoutHosts(answer)).toEqual(withoutHosts(expected));
      else expect(made ? withoutTimes(answer) : answer).toEqual(made ? withoutTimes(expected) : expected);
    },
  };

  function learn(recorded: string, emulated: string): void {
    const [from, to] = [recorded.match(GUID)?.at(-1), emulated.match(GUID)?.at(-1)];
    if (from !== undefined && to !== undefined) ours.set(from, to);
  }

  /** What must have been there before a call that changes something: told by the call and its answer. */
  function plantForMutation(row: Interaction): void {
    const { pathname } = new URL(row.url);
    if (pathname === '/v3/users') {
      // A user made by GUID has its name from UAA, where another call has put it.
      const { guid, username, origin } = row.response_body as { guid?: string; username?: string; origin?: string };
      const byGuid = (row.request_body as { guid?: string }).guid !== undefined;
      if (byGuid && guid && username && origin) planter.uaaUser(guid, username, origin);
      return;
    }
    if (pathname !== '/v3/roles') {
      const sent = row.request_body as { relationships?: { organization?: { data: { guid: string } } } };
      if (row.status === 201) planter.org(sent.relationships?.organization?.data.guid ?? '');
      return;
    }
    const { type, relationships } = wire.newRole.parse(row.request_body);
    const { organization, space, user } = relationships;
    const answer = row.response_body as {
      relationships?: { user: { data: { guid: string } } };
      errors?: { detail: string }[];
    };
    const detail = answer.errors?.[0]?.detail ?? '';
    const duplicate = /already has '.*' role in \w+ '(.*)'\.$/.exec(detail)?.[1];
    const org = organization?.data.guid ?? 'org of the space';
    planter.org(org, duplicate);
    if (space) planter.space(space.data.guid, 'space', org);
    const guid = answer.relationships?.user.data.guid ?? user.data.guid ?? 'user';
    planter.user(guid, user.data.username ?? guid, user.data.origin ?? 'sap.ids');
    if (duplicate !== undefined) planter.role('duplicate', type, guid, { org });
    else if (space && row.status === 201) planter.role('membership', 'organization_user', guid, { org });
  }
}

async function tokenOf(emulators: Emulators, fields: Record<string, string>, origin: string): Promise<string> {
  const hint = encodeURIComponent(JSON.stringify({ origin }));
  const response = await emulators.fetch(`https://login.${OUR_DOMAIN}/oauth/token?login_hint=${hint}`, {
    method: 'POST',
    headers: { authorization: 'Basic Y2Y6' },
    body: new URLSearchParams(fields),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** An id_token of the trusted tenant: recorded assertions are blanked out. */
async function assertionOf(emulators: Emulators): Promise<string> {
  const trust = emulators.world.use('trust').platformIdentityProviders()[0];
  const response = await emulators.fetch(`https://${IAS}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${trust?.relyingPartyId}:${trust?.relyingPartySecret}`)}` },
    body: new URLSearchParams({
      grant_type: 'password',
      username: 'robot@sap-test.de',
      password: passwordOf(emulators, 'ROBOT_PASSWORD'),
    }),
  });
  return ((await response.json()) as { id_token: string }).id_token;
}

/** Gives a refresh token as if it had been issued with these scopes. */
function plantRefresh(
  emulators: Emulators,
  token: string,
  scopes: readonly string[],
  claims: ReturnType<typeof decodeJwt>,
): void {
  const store = openUaaStore(emulators.state);
  // Scopes that the user has lost end its tokens: it has the groups of whoever recorded.
  for (const scope of scopes) {
    const group = groupNamed(store, emulators, REPLAY, scope).id;
    addMembership(store, { landscape: REPLAY, group, member: String(claims.user_id), type: 'USER', origin: 'uaa' });
  }
  store.refreshGrants.set(`${REPLAY}/${token}`, {
    token,
    landscape: REPLAY,
    clientId: 'cf',
    userId: String(claims.user_id),
    scopes,
    grantType: 'password',
    authTime: Number(claims.auth_time),
    amr: ['pwd'],
    revocationSignature: String(claims.rev_sig),
    expiresAt: emulators.now() + 86_400_000,
  });
}

function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g, '"time"'));
}

/** Host names are each landscape's own, and SAP has switched off version 2 of the API since. */
function withoutHosts(value: unknown): unknown {
  const { links } = structuredClone(value) as { links: Record<string, Record<string, unknown> | null> };
  delete links.cloud_controller_v2;
  const text = JSON.stringify(links)
    .replaceAll(OUR_DOMAIN, 'D')
    .replace(/"(host_key_fingerprint|version)":"[^"]*"/g, '"$1":""');
  return JSON.parse(text);
}
