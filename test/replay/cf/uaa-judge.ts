import { isDeepStrictEqual } from 'node:util';
import { passwordOf, postToken, startTestLandscape, UAA } from '../../../src/systems/cf/emulator/testing/landscape.ts';
import { adminClient, basicOf, hint, tokenOf } from '../../../src/systems/cf/emulator/testing/uaa.ts';
import { addMembership, findGroup } from '../../../src/systems/cf/emulator/uaa/groups.ts';
import { keyIn, openUaaStore } from '../../../src/systems/cf/emulator/uaa/store.ts';
import { type Judgement, judged, judgeOne } from '../outcome.ts';
import { listAt, textAt } from './json.ts';
import { type Interaction, recordedHeader, serviceOf } from './recorded.ts';
import { REPLAY } from './world.ts';

/** Users and groups of UAA; tokens are judged beside the Cloud Controller's calls. */
export function isOfUaa(row: Interaction): boolean {
  return serviceOf(row) === 'uaa' && /^\/(Users|Groups)\b/.test(new URL(row.url).pathname);
}

interface UserBody {
  readonly id: string;
  readonly meta: { readonly version: number; readonly created: string; readonly lastModified: string };
  readonly userName: string;
  readonly name: { readonly familyName?: string; readonly givenName?: string };
  readonly emails: readonly { readonly value: string }[];
  readonly groups?: readonly { readonly value: string; readonly display: string }[];
  readonly origin: string;
  readonly verified: boolean;
  readonly active: boolean;
  readonly passwordLastModified: string;
}
interface GroupBody {
  readonly id: string;
  readonly meta: UserBody['meta'];
  readonly displayName: string;
  readonly description?: string;
  readonly members: readonly { readonly origin: string; readonly type: 'USER' | 'GROUP'; readonly value: string }[];
}

/**
 * Who recorded is a user, whom UAA does not let change another's password (resource_user_crud_invalid). All else a client does as well,
 * which is in no group that answers show.
 */
const RECORDER = { landscape: REPLAY, userName: 'recorder', password: 'RECORDER' };

/** Plays the calls of a cassette at a UAA that has what its answers show to have been there, and compares every answer. */
export async function judgeByUaa(rows: readonly Interaction[]): Promise<readonly Judgement[]> {
  const play = await startReplay(rows);
  const judgements: Judgement[] = [];
  for (const row of rows) judgements.push(await judgeOne(async () => judged(await play(row))));
  return judgements;
}

async function startReplay(rows: readonly Interaction[]) {
  const emulators = await startTestLandscape({ cf: { uaaClients: [adminClient], uaaUsers: [RECORDER] } });
  const store = openUaaStore(emulators.state);
  const login = { grant_type: 'password', username: RECORDER.userName };
  const password = passwordOf(emulators, RECORDER.password);
  const authorization = basicOf(emulators, adminClient);
  const client = await tokenOf(await postToken(emulators, { grant_type: 'client_credentials' }, { authorization }));
  const user = await tokenOf(await postToken(emulators, { ...login, password }, { hint: hint('uaa') }));
  /** Our id of what a recorded call made. */
  const ours = new Map<string, string>();
  const translate = (text: string) => [...ours].reduce((done, [from, to]) => done.replaceAll(from, to), text);
  const made = rows.flatMap((row) => (row.status === 201 ? ((row.response_body as { id?: string }).id ?? []) : []));
  /** Users whom the cassette puts into groups or takes out: their memberships follow from its calls. */
  const followed = new Set(
    rows.filter((row) => row.method !== 'GET').map((row) => (row.request_body as { value?: string }).value),
  );
  const shownGroups = rows.flatMap(({ response_body }) => listed(response_body).filter(isGroup));
  for (const { method, response_body: body, url, status } of rows) {
    if (method !== 'GET' || status !== 200) continue;
    const shown = new URL(url).pathname.startsWith('/Users/') ? [body as UserBody] : listed(body).filter(isUser);
    for (const user of shown) plantUser(user);
  }
  const seen = new Set<string>();

  /** Who is refused as known has to be known, unless the cassette itself has made that one. */
  function plantNamesake({ request_body, index }: Interaction): void {
    const { userName = '', origin = 'uaa' } = request_body as Partial<UserBody>;
    const isOwn = rows.some(
      (row) => row.status === 201 && (row.response_body as Partial<UserBody>).userName === userName,
    );
    const email = { value: userName };
    const meta = { version: 0, created: LONG_AGO, lastModified: LONG_AGO };
    const known = { id: `namesake-${index}`, meta, userName, origin, name: {}, emails: [email], groups: [] };
    if (!isOwn) plantUser({ ...known, verified: true, active: true, passwordLastModified: LONG_AGO });
  }

  function plantUser(user: UserBody): void {
    for (const { value, display } of user.groups ?? []) plantGroup(value, display);
    if (made.includes(user.id) || store.user(REPLAY, user.id)) return;
    store.save({
      id: user.id,
      landscape: REPLAY,
      userName: user.userName,
      email: user.emails[0]?.value ?? '',
      ...user.name,
      origin: user.origin,
      verified: user.verified,
      active: user.active,
      version: user.meta.version,
      createdAt: Date.parse(user.meta.created),
      lastModifiedAt: Date.parse(user.meta.lastModified),
      passwordLastModifiedAt: Date.parse(user.passwordLastModified),
    });
  }

  /** The group with its recorded id, in place of ours of the same name. */
  function plantGroup(id: string, displayName: string): void {
    const known = findGroup(store, REPLAY, displayName);
    if (known?.id === id) return;
    if (known) store.groups.delete(keyIn(REPLAY, known.id));
    const times = { createdAt: 0, lastModifiedAt: 0 };
    store.groups.set(keyIn(REPLAY, id), { id, landscape: REPLAY, displayName, version: 0, ...times });
  }

  function plantMembers(group: GroupBody): void {
    plantGroup(group.id, group.displayName);
    const { id, displayName, description, meta } = group;
    store.groups.set(keyIn(REPLAY, id), {
      id,
      landscape: REPLAY,
      displayName,
      ...(description === undefined ? {} : { description }),
      version: meta.version,
      createdAt: Date.parse(meta.created),
      lastModifiedAt: Date.parse(meta.lastModified),
    });
    // Others changed the landscape meanwhile; only this cassette's own users are followed.
    const first = !seen.has(id);
    seen.add(id);
    for (const { value, type, origin } of group.members) {
      if (first || !followed.has(value)) {
        addMembership(store, { landscape: REPLAY, group: id, member: value, type, origin });
      }
    }
    const shown = new Set(group.members.map(({ value }) => value));
    for (const { member } of store.memberships.by('group', keyIn(REPLAY, id))) {
      if (!shown.has(member) && !followed.has(member)) store.memberships.delete(keyIn(REPLAY, `${id}/${member}`));
    }
  }

  // What a user's first answer shows beyond the defaults was there before, unless the cassette has a call for it.
  for (const group of shownGroups.filter((shown, at) => shownGroups.findIndex(({ id }) => id === shown.id) === at)) {
    plantMembers(group);
  }
  for (const row of rows) {
    const taken = row.status === 409 || /duplicate key/.test(textAt(row.response_body, 'message') ?? '');
    if (!taken) continue;
    if (new URL(row.url).pathname.startsWith('/Users')) {
      plantNamesake(row);
      continue;
    }
    const [group = '', member = ''] = [
      new URL(row.url).pathname.split('/')[2],
      (row.request_body as { value: string }).value,
    ];
    addMembership(store, { landscape: REPLAY, group, member, type: 'USER', origin: 'uaa' });
  }

  return async (row: Interaction): Promise<readonly string[]> => {
    const { pathname, search } = new URL(row.url);
    for (const group of listed(row.response_body).filter(isGroup)) plantMembers(group);
    const ifMatch = Object.entries(row.request_headers).find(([name]) => name.toLowerCase() === 'if-match')?.[1];
    const body = row.request_body === '' ? undefined : translate(JSON.stringify(row.request_body));
    const response = await emulators.fetch(`${UAA}${translate(pathname)}${search}`, {
      method: row.method,
      headers: {
        authorization: `Bearer ${(pathname.endsWith('/password') ? user : client).access_token}`,
        accept: 'application/json',
        ...(ifMatch === undefined ? {} : { 'if-match': String(ifMatch) }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    if (response.status !== row.status) return [`status ${response.status}, not ${row.status}: ${text.slice(0, 200)}`];
    const found: string[] = [];
    for (const header of ['content-type', 'etag']) {
      const [mine, theirs] = [response.headers.get(header) ?? undefined, recordedHeader(row, header)];
      if (mine !== theirs) found.push(`${header}: ${mine}, not ${theirs}`);
    }
    const answer = JSON.parse(text) as Record<string, unknown>;
    if (row.method === 'POST' && pathname === '/Users') ours.set((row.response_body as UserBody).id, String(answer.id));
    const recorded: unknown = JSON.parse(translate(JSON.stringify(row.response_body)));
    const own = ours.size > 0;
    if (!isDeepStrictEqual(comparable(answer, own), comparable(recorded, own))) {
      found.push(`${JSON.stringify(answer)}, not ${JSON.stringify(recorded)}`);
    }
    const [mine, theirs] = [Object.keys(answer).join(), Object.keys(recorded as object).join()];
    return mine === theirs ? found : [...found, `keys ${mine}, not ${theirs}`];
  };
}

const LONG_AGO = '2020-01-01T00:00:00.000Z';

type Listed = Partial<UserBody> & Partial<GroupBody>;

function listed(body: unknown): readonly Listed[] {
  return listAt(body, 'resources') as readonly Listed[];
}

function isGroup(row: Listed): row is GroupBody {
  return typeof row.displayName === 'string' && Array.isArray(row.members);
}

/** A list can be narrowed to some attributes; such users are not whole. */
function isUser(row: Listed): row is UserBody {
  return typeof row.userName === 'string' && row.meta !== undefined && Array.isArray(row.emails);
}

/** Without the order of groups and members, which is the database's, and without times of what was made just now. */
function comparable(body: unknown, own: boolean): unknown {
  const text = own
    ? JSON.stringify(body).replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'time')
    : JSON.stringify(body);
  const copy = JSON.parse(text) as { groups?: unknown[]; resources?: { members?: unknown[]; groups?: unknown[] }[] };
  const sorted = (list: unknown[]) => list.map((item) => JSON.stringify(item)).sort();
  if (copy.groups) copy.groups = sorted(copy.groups);
  for (const resource of copy.resources ?? []) {
    if (resource.members) resource.members = sorted(resource.members);
    if (resource.groups) resource.groups = sorted(resource.groups);
  }
  return copy;
}
