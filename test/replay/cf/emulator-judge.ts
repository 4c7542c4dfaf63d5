import { parse } from 'yaml';
import { openLandscapes } from '../../../src/systems/cf/emulator/landscapes.ts';
import { passwordOf } from '../../../src/systems/cf/emulator/testing/landscape.ts';
import { type Judgement, judged, judgeOne } from '../outcome.ts';
import { plantAnswer } from './answers.ts';
import { standInBits } from './bits.ts';
import { type Comparison, differences, type Ids, isObject } from './compare.ts';
import { guidsIn, listAt, textAt } from './json.ts';
import { assertionFor, LOGIN_PASSWORD, OUR_DOMAIN, plantRefresh, startReplayLandscape, tokenFor } from './landscape.ts';
import { createPlanter, guidsOf, madeBy } from './planter.ts';
import { plantPreconditions } from './preconditions.ts';
import { createRecognition } from './recognition.ts';
import { domainOf, GUID, type Interaction, recordedHeader, routeOf, serviceOf } from './recorded.ts';
import { kindShown, partsOf } from './shown.ts';
import { openWorld, REPLAY } from './world.ts';

/** A little more than a job takes. */
const LATER_MS = 2500;

/** Plays a cassette on an emulator that knows what the cassette shows to have been there, and compares every answer. */
export async function judgeByEmulator(rows: readonly Interaction[]): Promise<readonly Judgement[]> {
  const emulators = await startReplayLandscape(rows);
  const domain = domainOf(rows) ?? OUR_DOMAIN;
  const world = openWorld(emulators);
  const made = madeBy(rows);
  const planter = createPlanter(world, rows, made);
  const admin = await tokenFor(emulators, 'admin');
  const reader = await tokenFor(emulators, 'reader');
  const recorder = await tokenFor(emulators, 'recorder');
  const ours = new Map<string, string>();
  const ids: Ids = {
    get: (recorded) => ours.get(recorded),
    isOpen: (recorded) => made.has(recorded) || !shownBefore.has(recorded),
    bind: (recorded, emulated) => {
      ours.set(recorded, emulated);
      world.touched.add(emulated);
    },
  };
  /** Recorded GUIDs that requests and answers have shown so far. */
  const shownBefore = new Set<string>();
  const recognition = createRecognition(world, (recorded, emulated) => ids.bind(recorded, emulated));
  const translate = (text: string) =>
    text.replaceAll(domain, OUR_DOMAIN).replace(GUID, (guid) => ours.get(guid) ?? guid);

  const judgements: Judgement[] = [];
  for (const [index, row] of rows.entries()) {
    const service = serviceOf(row);
    if (routeOf(row).endsWith('/oauth/token')) judgements.push(await judgeOne(() => token(row)));
    else if (service === 'api') judgements.push(await judgeOne(() => call(row, rows.slice(index + 1))));
    else judgements.push({ verdict: 'not emulated', because: [`calls of ${service} are judged elsewhere`] });
    for (const guid of [...guidsOf(row.url), ...guidsOf(row.request_body), ...guidsOf(row.response_body)]) {
      shownBefore.add(guid);
    }
  }
  return judgements;

  async function token(row: Interaction): Promise<Judgement> {
    const recorded = row.response_body as Record<string, string | number>;
    const landscape = { name: REPLAY, region: 'eu10', rateLimit: 20_000 };
    openLandscapes(emulators.state).set(REPLAY, {
      ...landscape,
      accessTokenValidity: Number(recorded.expires_in ?? 1199) + 1,
    });
    const form = new URLSearchParams(String(row.request_body));
    if (form.has('password')) form.set('password', passwordOf(emulators, row.status === 200 ? LOGIN_PASSWORD : 'none'));
    if (form.has('assertion')) form.set('assertion', await assertionFor(emulators));
    const refresh = form.get('refresh_token');
    if (refresh !== null) plantRefresh(emulators, refresh, String(recorded.scope).split(' '), recorder);
    const headers = Object.fromEntries(
      Object.entries(row.request_headers).filter(([, value]) => typeof value === 'string'),
    ) as Record<string, string>;
    const response = await emulators.fetch(translate(row.url), { method: 'POST', headers, body: form.toString() });
    const answer = (await response.json()) as Record<string, string | number>;
    if (response.status !== row.status) return judged([`status ${response.status}, not ${row.status}`]);
    const scopes = (body: typeof answer) => String(body.scope).split(' ').sort().join(' ');
    const said = (different: boolean, what: string) => (different ? [what] : []);
    return judged([
      ...said(!/^application\/json/.test(response.headers.get('content-type') ?? ''), 'content-type'),
      ...said(Object.keys(answer).join() !== Object.keys(recorded).join(), `keys ${Object.keys(answer).join()}`),
      ...said(scopes(answer) !== scopes(recorded), `scope ${answer.scope}`),
      ...said(answer.token_type !== recorded.token_type, `token_type ${answer.token_type}`),
      ...said(answer.expires_in !== recorded.expires_in, `expires_in ${answer.expires_in}`),
      ...said(refresh !== null && answer.refresh_token !== recorded.refresh_token, 'another refresh token'),
    ]);
  }

  async function call(row: Interaction, later: readonly Interaction[]): Promise<Judgement> {
    const reads = row.method === 'GET';
    const { pathname } = new URL(row.url);
    for (const guid of [...guidsOf(row.url), ...guidsOf(row.request_body)]) shownBefore.add(guid);
    // Time has passed before whatever was recorded as done; what was still in progress is so here too.
    if (!isUnderWay(row)) emulators.advance(LATER_MS);
    if (reads) {
      recognition.recognise(translated(row), (guid) => ours.has(guid) || shownBefore.has(guid));
      plantAnswer(world, planter, translated(row));
      for (const page of laterPages(row, later)) plantAnswer(world, planter, translated(page));
    } else plantPreconditions(world, planter, translated(row));
    const before = reads ? undefined : recognition.snapshot();
    let { response, text } = await send(row, standInBits(row, later));
    if (before) recognition.remember(before);
    if (response.status === 501) return { verdict: 'not emulated', because: [`${routeOf(row)} is not emulated`] };
    if (reads && response.status === 200 && forgetGone(row, text)) ({ response, text } = await send(row));
    if (response.status !== row.status) {
      return judged([`status ${response.status}, not ${row.status}: ${text.slice(0, 200)}`]);
    }
    if (!reads && response.status < 300) for (const guid of guidsOf(translate(pathname))) world.touched.add(guid);
    const own = `${translate(pathname)} ${text}`.match(GUID)?.some((guid) => world.touched.has(guid)) ?? false;
    const how: Comparison = {
      collection: partsOf(row)[0] ?? '',
      ids,
      translate,
      ownTimes: own || !reads || pathname.startsWith('/v3/jobs/'),
      recordedAt: Date.parse(recordedHeader(row, 'date') ?? '') || Number.POSITIVE_INFINITY,
    };
    return judged([...headerDifferences(row, response), ...bodyDifferences(row, text, how)]);
  }

  async function send(row: Interaction, form?: FormData): Promise<{ response: Response; text: string }> {
    const reads = row.method === 'GET';
    // Administrators' answers have no rate limit headers: that tells who recorded.
    const limited = recordedHeader(row, 'x-ratelimit-limit') !== undefined;
    const open = /^\/(v3(\/info)?)?$/.test(new URL(row.url).pathname);
    const bearer = (limited && reads) || row.status === 403 ? reader : admin;
    const sent = typeof row.request_body === 'string' ? row.request_body : JSON.stringify(row.request_body);
    const contentType = recordedRequestHeader(row, 'content-type') ?? 'application/json';
    const authorization = `bearer ${bearer}`;
    const response = await emulators.fetch(translate(row.url), {
      method: row.method,
      headers: open ? {} : { authorization, ...(form ? {} : { 'content-type': contentType }) },
      ...(form ? { body: form } : reads || row.method === 'DELETE' || sent === '' ? {} : { body: translate(sent) }),
    });
    return { response, text: await response.text() };
  }

  /** What the list has and the recorded one has not was deleted by others meanwhile, if it is not the cassette's own. */
  function forgetGone(row: Interaction, text: string): boolean {
    const kind = kindShown(row);
    const shown = listAt(row.response_body, 'resources');
    if (!kind || !isObject(row.response_body) || !Array.isArray(row.response_body.resources)) return false;
    const recorded = new Set(guidsIn(shown).map(translate));
    const gone = guidsIn(listAt(parsedJson(text), 'resources')).filter(
      (guid) => !recorded.has(guid) && !world.touched.has(guid),
    );
    if (kind === 'users') return false;
    for (const guid of gone) world.collections[kind].delete(guid);
    return gone.length > 0;
  }

  function headerDifferences(row: Interaction, response: Response): readonly string[] {
    const found: string[] = [];
    const compare = (name: string, expected: string | undefined) => {
      const actual = response.headers.get(name) ?? undefined;
      if (actual !== expected) found.push(`${name}: ${actual}, not ${expected}`);
    };
    if (row.status !== 204) compare('content-type', recordedHeader(row, 'content-type'));
    const { pathname } = new URL(row.url);
    if (row.method === 'GET' && pathname !== '/') {
      compare('x-ratelimit-limit', recordedHeader(row, 'x-ratelimit-limit'));
      compare('x-ratelimit-remaining', recordedHeader(row, 'x-ratelimit-remaining'));
    }
    if (!/::/.test(response.headers.get('x-vcap-request-id') ?? '')) found.push('x-vcap-request-id');
    const location = recordedHeader(row, 'location');
    if (location !== undefined) {
      const actual = response.headers.get('location') ?? '';
      if (actual.replace(GUID, '') !== translate(location).replace(GUID, '')) found.push(`location: ${actual}`);
      const [from, to] = [location.match(GUID)?.at(-1), actual.match(GUID)?.at(-1)];
      if (from !== undefined && to !== undefined) ids.bind(from, to);
    }
    return found;
  }

  function bodyDifferences(row: Interaction, text: string, how: Comparison): readonly string[] {
    const { pathname } = new URL(row.url);
    if (row.response_body === '' || row.response_body === null)
      return text === '' ? [] : [`body: ${text.slice(0, 100)}`];
    if (pathname === '/')
      return differences(rootShape(parsedJson(text), domain), rootShape(row.response_body, domain), how);
    if (typeof row.response_body !== 'string') return differences(parsedJson(text), row.response_body, how);
    if (pathname.endsWith('/manifest')) return differences(parse(text), parse(row.response_body), how);
    // A recorded text that is no JSON although it says so was broken when personal data was removed.
    return parsedJson(row.response_body) === undefined && /json/.test(recordedHeader(row, 'content-type') ?? '')
      ? []
      : differences(text, row.response_body, how);
  }

  /** The exchange with our ids and hosts, as planting needs it. */
  function translated(row: Interaction): Interaction {
    return {
      ...(JSON.parse(translate(JSON.stringify(row))) as Interaction),
      url: row.url.replace(GUID, (guid) => ours.get(guid) ?? guid),
    };
  }
}

/** Whether an answer shows something in progress. */
function isUnderWay(row: Interaction): boolean {
  const state = textAt(row.response_body, 'state');
  return row.method === 'GET' && /^(PROCESSING|POLLING|STAGING|PROCESSING_UPLOAD)$/.test(state ?? '');
}

/** The pages of a list that were read after this one. */
function laterPages(row: Interaction, later: readonly Interaction[]): readonly Interaction[] {
  const list = ({ method, url }: Interaction) => {
    const parsed = new URL(url);
    parsed.searchParams.delete('page');
    return `${method} ${parsed.href}`;
  };
  const next = textAt(row.response_body, 'pagination', 'next', 'href');
  return next === undefined ? [] : later.filter((other) => list(other) === list(row) && other.url !== row.url);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordedRequestHeader(row: Interaction, name: string): string | undefined {
  const found = Object.entries(row.request_headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found : undefined;
}

/** Host names are each landscape's own, and SAP has switched off version 2 of the API since. */
function rootShape(value: unknown, domain: string): unknown {
  const { links } = structuredClone(value) as { links: Record<string, unknown> };
  delete links.cloud_controller_v2;
  const text = JSON.stringify(links)
    .replaceAll(OUR_DOMAIN, 'D')
    .replaceAll(domain, 'D')
    .replace(/"(host_key_fingerprint|version)":"[^"]*"/g, '"$1":""');
  return JSON.parse(text);
}
