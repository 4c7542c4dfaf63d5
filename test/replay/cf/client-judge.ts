import { z } from 'zod';
import { createMemo } from '../../../src/kernel/context.ts';
import { RemoteError } from '../../../src/kernel/errors.ts';
import { Secret } from '../../../src/kernel/secret.ts';
import { awaitJob, type CfContext, call, discover, list } from '../../../src/systems/protocols/cf-v3/client.ts';
import { logIn, renew } from '../../../src/systems/protocols/cf-v3/login.ts';
import * as wire from '../../../src/systems/protocols/cf-v3/wire.ts';
import { tokenResponse } from '../../../src/systems/protocols/oauth/wire.ts';
import { type Judgement, judged, judgeOne } from '../outcome.ts';
import { isObject } from './compare.ts';

import { type Interaction, isOfLandscape, recordedHeader, recordedResponse, routeOf } from './recorded.ts';

const NOW = Date.UTC(2026, 10, 21);

/** What our slices read more of than that it is an object. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  organizations: wire.organization,
  spaces: wire.space,
  roles: wire.role,
  users: wire.user,
  jobs: wire.job,
};

/** Has our client send each recorded call, answers it as it was recorded, and looks at what both sides make of it. */
export async function judgeByClient(rows: readonly Interaction[]): Promise<readonly Judgement[]> {
  const judgements: Judgement[] = [];
  for (const [index, row] of rows.entries()) {
    if (!isOfLandscape(row)) {
      judgements.push({ verdict: 'not emulated', because: [`${new URL(row.url).host} is not of Cloud Foundry`] });
      continue;
    }
    judgements.push(await judgeOne(async () => judged(await differencesOf(row, rows.slice(index + 1)))));
  }
  return judgements;
}

function differencesOf(row: Interaction, later: readonly Interaction[]): Promise<readonly string[]> {
  if (routeOf(row).endsWith('/oauth/token')) return tokenDifferences(row);
  return new URL(row.url).pathname === '/' ? rootDifferences(row) : callDifferences(row, later);
}

/** A context whose calls are answered by recordings, one after the other. */
function answeredBy(rows: readonly Interaction[]) {
  const sent: Request[] = [];
  const open = [...rows];
  const ctx: CfContext = {
    now: () => NOW,
    sleep: async () => {},
    memo: createMemo(),
    fetch: async (input, init) => {
      sent.push(new Request(input, init));
      const row = open.shift();
      if (!row) throw new Error('nothing more was recorded');
      return recordedResponse(row);
    },
  };
  return { ctx, sent };
}

/** The landscape as its own discovery would describe it, all of whose calls are answered by recordings. */
async function landscapeOf(row: Interaction, rows: readonly Interaction[]) {
  const domain = new URL(row.url).host.replace(/^[^.]+\./, '');
  const link = (service: string) => ({ href: `https://${service}.${domain}` });
  const body = {
    links: {
      self: link('api'),
      cloud_controller_v3: { ...link('api'), meta: { version: '3.188.0' } },
      // Recorded by go-cfclient, which asks the uaa link where the cf CLI asks the login link.
      login: link('uaa'),
      uaa: link('uaa'),
    },
  };
  const root: Interaction = { ...row, status: 200, response_headers: {}, response_body: body };
  const { ctx, sent } = answeredBy([root, ...rows]);
  const landscape = await discover(ctx, link('api').href);
  sent.shift();
  return { landscape, ctx, sent };
}

async function rootDifferences(row: Interaction): Promise<readonly string[]> {
  const { ctx, sent } = answeredBy([row]);
  const { links } = await discover(ctx, new URL(row.url).origin);
  const other = sent[0]?.url === row.url ? [] : [`url ${sent[0]?.url}`];
  return /^3\./.test(links.cloud_controller_v3.meta.version) ? other : [...other, 'version'];
}

async function tokenDifferences(row: Interaction): Promise<readonly string[]> {
  const { landscape, ctx, sent } = await landscapeOf(row, [row]);
  const form = new URLSearchParams(String(row.request_body));
  const grant = form.get('grant_type');
  if (grant === 'refresh_token') {
    const token = await renew(landscape, ctx.now, new Secret(form.get('refresh_token') ?? ''));
    const read = (row.status === 200) === (token !== undefined);
    return [...(await requestDifferences(row, sent[0])), ...(read ? [] : ['the answer was read otherwise'])];
  }
  if (grant === 'password') {
    const hint = new URL(row.url).searchParams.get('login_hint');
    const originKey = hint === null ? undefined : (JSON.parse(hint) as { origin: string }).origin;
    const user = { userName: form.get('username') ?? '', password: new Secret(form.get('password') ?? '') };
    // Without a hint UAA's default provider is asked; our own logins always name one.
    const outcome = await logIn(landscape, ctx.now, { ...user, originKey } as Parameters<typeof logIn>[2]);
    const read = (row.status === 200) === (outcome.status === 'accepted');
    return [...(await requestDifferences(row, sent[0])), ...(read ? [] : [`outcome ${outcome.status}`])];
  }
  // Grants that our slices do not use: their answers have to be readable all the same.
  const response = await landscape.http({
    operation: 'token',
    method: 'POST',
    url: row.url,
    headers: headersOf(row, ['authorization', 'content-type']),
    body: form,
  });
  const parsed = tokenResponse.safeParse(await response.json());
  return [...(await requestDifferences(row, sent[0])), ...(parsed.success ? [] : ['the answer is no token'])];
}

async function callDifferences(row: Interaction, later: readonly Interaction[]): Promise<readonly string[]> {
  const body = typeof row.request_body === 'string' ? row.request_body : JSON.stringify(row.request_body);
  const request = {
    operation: routeOf(row),
    url: row.url,
    method: row.method,
    headers: headersOf(row, ['content-type']),
    ...(row.method === 'GET' || body === '' ? {} : { body }),
  };
  const token = new Secret('token');
  if (row.status >= 400) {
    const { landscape, sent } = await landscapeOf(
      row,
      Array.from({ length: 8 }, () => row),
    );
    const refused = await call(landscape, token, request).catch((error: unknown) => error);
    if (!(refused instanceof RemoteError)) return ['was taken for a success'];
    const code = /"title":"([^"]+)"/.exec(textOf(row))?.[1];
    return [
      ...(await requestDifferences(row, sent[0])),
      ...(refused.status === row.status ? [] : [`status ${refused.status}`]),
      ...(refused.serviceCode === code || isBroken(row) ? [] : [`service code ${refused.serviceCode}, not ${code}`]),
    ];
  }
  const { landscape, sent } = await landscapeOf(row, [row]);
  const response = await call(landscape, token, { ...request, expect: [row.status] });
  return [...(await requestDifferences(row, sent[0])), ...(await answerDifferences(row, response, later))];
}

/** Whether our code can read an answer: pages by their links, jobs by their address, rows of our slices by their schema. */
async function answerDifferences(
  row: Interaction,
  response: Response,
  later: readonly Interaction[],
): Promise<readonly string[]> {
  const [, , collection = '', , part] = new URL(row.url).pathname.split('/');
  const schema = part === undefined ? (SCHEMAS[collection] ?? resource) : part === 'users' ? wire.user : resource;
  const recorded = row.response_body;
  if (row.status === 202) return jobDifferences(row, response, later);
  if (isObject(recorded) && Array.isArray(recorded.resources) && recorded.pagination !== undefined) {
    // The next page is an exchange of its own.
    const pagination = { ...(recorded.pagination as object), next: null };
    const { ctx } = answeredBy([{ ...row, response_body: { ...recorded, pagination } }]);
    const page = { operation: 'list', url: new URL(row.url) };
    const listing = await list((request) => ctx.fetch(request.url), page, schema);
    return listing.resources.length === recorded.resources.length ? [] : ['rows were lost'];
  }
  if (!isObject(recorded) || row.status === 204) return [];
  const parsed = (typeof recorded.guid === 'string' ? schema : z.looseObject({})).safeParse(await response.json());
  return parsed.success ? [] : parsed.error.issues.map((issue) => `unreadable at ${issue.path.join('.')}`);
}

const resource = z.looseObject({ guid: z.string() });

/** Waits for the job as it was recorded. */
async function jobDifferences(
  row: Interaction,
  response: Response,
  later: readonly Interaction[],
): Promise<readonly string[]> {
  const location = recordedHeader(row, 'location');
  const polls = later.filter((other) => other.url === location);
  if (location === undefined || polls.length === 0) return location === undefined ? ['no job'] : [];
  const { ctx } = answeredBy(polls);
  const failed = polls.some((poll) => isObject(poll.response_body) && poll.response_body.state === 'FAILED');
  const waited = await awaitJob((request) => ctx.fetch(request.url), response, 'job', ctx).then(
    () => 'done',
    (error: unknown) => (error instanceof RemoteError ? 'refused' : String(error)),
  );
  const open = polls.every((poll) => isObject(poll.response_body) && /ING$/.test(String(poll.response_body.state)));
  return open || waited === (failed ? 'refused' : 'done') ? [] : [`the job was taken for ${waited}`];
}

/** Our request beside the recorded one: address, method, fields and body. */
async function requestDifferences(row: Interaction, sent: Request | undefined): Promise<readonly string[]> {
  if (!sent) return ['nothing was sent'];
  const found: string[] = [];
  if (sent.url !== row.url) found.push(`url ${sent.url}`);
  if (sent.method !== row.method) found.push(`method ${sent.method}`);
  const text = await sent.text();
  if (row.request_form && text !== '') {
    const fields = namesGiven([...new URLSearchParams(text)]);
    const recorded = namesGiven(Object.entries(row.request_form));
    if (fields !== recorded) found.push(`fields ${fields}, not ${recorded}`);
    const [ours, theirs] = [sent.headers.get('authorization'), headersOf(row, ['authorization']).authorization];
    if (theirs !== undefined && ours !== theirs) found.push('authorization');
  } else if (isObject(row.request_body) && JSON.stringify(JSON.parse(text)) !== JSON.stringify(row.request_body)) {
    found.push('body');
  }
  return found;
}

/** Names of a form's fields; one without a value says the same as one that is not sent (`scope=`). */
function namesGiven(fields: readonly (readonly [string, string | readonly string[]])[]): string {
  const given = fields.filter(([, value]) => [value].flat().some((one) => one !== ''));
  return given
    .map(([name]) => name)
    .sort()
    .join();
}

function headersOf(row: Interaction, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(row.request_headers).flatMap(([name, value]) =>
      names.includes(name.toLowerCase()) && typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
    ),
  );
}

function textOf(row: Interaction): string {
  return typeof row.response_body === 'string' ? row.response_body : JSON.stringify(row.response_body);
}

/** Errors whose text was lost when personal data was removed are no JSON any more. */
function isBroken(row: Interaction): boolean {
  return typeof row.response_body === 'string';
}
