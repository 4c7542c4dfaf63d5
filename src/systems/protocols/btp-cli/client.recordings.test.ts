import { expect, test } from 'vitest';
import type { ZodType } from 'zod';
import type { Context } from '../../../kernel/context.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import { readHierarchy } from '../../accounts/client.ts';
import { environmentLabels, globalAccountResponse, subaccountResponse } from '../../accounts/wire.ts';
import {
  assignRoleCollection,
  listAssignedUsers,
  listRoleCollections,
  unassignRoleCollection,
} from '../../authz/client.ts';
import { assignmentPage, roleCollectionList, userView } from '../../authz/wire.ts';
import { listPlatformTrusts } from '../../trust/client.ts';
import { platformRecord, trustListResponse, trustView } from '../../trust/wire.ts';
import { type BtpSession, btpSession } from './client.ts';
import { manifestOf, sliceContext } from './testing.ts';
import { bodyOf, headerOf, noRecordings, operationOf, type Recording, readRecordings } from './testing-recordings.ts';
import { CIS_CODE, errorBody } from './wire.ts';

/** Commands of the main job, and reads next to them. */
const JOB =
  /^(login|security\/(trust|user|role-collection)\?.*|accounts\/(subaccount|global-account|directory|environment-instance)\?(list|get))$/;

const recordings = readRecordings().filter((recording) => JOB.test(operationOf(recording)));
const logins = recordings.filter((recording) => recording.command === null);
const commands = recordings.filter((recording) => recording.command !== null);

interface Sent {
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

const LOGIN_HEADERS = { 'content-type': 'application/json', 'x-cpcli-sessionid': 'redacted' };

/** A session whose server answers with the recording, and what it was sent. */
async function replay(
  recording: Recording,
): Promise<{ readonly open: () => Promise<BtpSession>; readonly sent: Sent[] }> {
  const sent: Sent[] = [];
  const recordedLogin = recording.command === null;
  const impure: Context = {
    now: () => 0,
    id: () => '00000000-0000-4000-8000-000000000000',
    sleep: async () => undefined,
    random: (bytes) => new Uint8Array(bytes),
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      if (pathname.startsWith('/login/') && !recordedLogin) {
        return Response.json(
          { issuer: 'identity.provider.test', mail: 'john.doe@int.test' },
          { headers: LOGIN_HEADERS },
        );
      }
      sent.push({ path: `${pathname}${search}`, headers: request.headers, body: await request.text() });
      const body = bodyOf(recording);
      const headers = new Headers(recording.responseHeaders as Record<string, string>);
      headers.delete('content-length');
      return new Response(body === '' ? null : body, { status: recording.status, headers });
    },
  };
  const manifest = {
    ...manifestOf([]),
    globalAccount: 'terraformintcanary',
    connections: { btp: { user: 'john.doe@int.test', password: 'env:P', identityProvider: 'identityProvider' } },
  };
  return { open: () => btpSession(sliceContext(impure, manifest, { P: 'testUserPassword' })), sent };
}

/** What a caller would have passed: booleans and page numbers instead of their texts. */
function typed(params: Readonly<Record<string, string>>): Record<string, string | boolean | number> {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      if (value === 'true' || value === 'false') return [key, value === 'true'];
      return [key, key === 'page' ? Number(value) : value];
    }),
  );
}

/** Headers of the recording that depend on the client's own name and on redaction. */
const OWN = new Set(['user-agent', 'x-correlationid', 'content-length']);

function differences(recording: Recording, sent: Sent | undefined): readonly string[] {
  if (!sent) return ['nothing was sent'];
  const found: string[] = [];
  const url = new URL(recording.url);
  if (sent.path !== `${url.pathname}${url.search}`) found.push(`path ${sent.path}`);
  if (sent.body !== `${JSON.stringify(recording.requestBody)}\n`) found.push(`body ${sent.body}`);
  for (const [name, value] of Object.entries(recording.requestHeaders)) {
    if (OWN.has(name.toLowerCase())) continue;
    if (sent.headers.get(name) !== value) found.push(`header ${name}: ${sent.headers.get(name)}`);
  }
  for (const name of sent.headers.keys()) {
    if (name.startsWith('x-') && headerOf(recording.requestHeaders, name) === undefined) found.push(`header ${name}`);
  }
  if (sent.headers.get('x-correlationid') === null) found.push('no correlation id');
  return found;
}

const label = (recording: Recording) => `${recording.cassette}#${recording.index} ${operationOf(recording)}`;

test.skipIf(noRecordings)(`sends and reads ${logins.length} recorded logins`, async () => {
  const wrong: string[] = [];
  for (const recording of logins) {
    const { open, sent } = await replay(recording);
    const outcome = await open().then(
      (session) => session.mail,
      (error: unknown) => (error instanceof RemoteError ? error.status : String(error)),
    );
    const expected = recording.status === 200 ? (recording.responseBody as { mail: string }).mail : recording.status;
    const found = [...differences(recording, sent[0]), ...(outcome === expected ? [] : [`outcome ${outcome}`])];
    wrong.push(...found.map((what) => `${label(recording)}: ${what}`));
  }
  expect(wrong).toEqual([]);
});

test.skipIf(noRecordings)(
  `sends ${commands.length} recorded commands byte by byte, and judges both layers of status`,
  async () => {
    const wrong: string[] = [];
    for (const recording of commands) {
      const { open, sent } = await replay(recording);
      const session = await open();
      const command = {
        object: recording.command ?? '',
        action: recording.action ?? '',
        parameters: typed(recording.requestBody.paramValues ?? {}),
      };
      const backend = Number(headerOf(recording.responseHeaders, 'x-cpcli-backend-status') ?? Number.NaN);
      const refused = recording.status !== 200 || backend >= 400;
      const found: string[] = [];
      try {
        const result = await session.command(command);
        if (refused) found.push('was taken for a success');
        if (result.status !== backend) found.push(`status ${result.status}`);
        const body = result.body === undefined ? '' : result.body;
        if (JSON.stringify(body) !== JSON.stringify(recording.responseBody)) found.push('another body');
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        if (!refused) found.push(`was refused: ${error.message}`);
        const status = recording.status === 200 ? backend : recording.status;
        if (error.status !== status) found.push(`error status ${error.status}`);
        const prose = errorBody.safeParse(recording.responseBody);
        const code = prose.success ? CIS_CODE.exec(prose.data.error ?? '')?.[1] : undefined;
        if (error.serviceCode !== code) found.push(`service code ${error.serviceCode}`);
      }
      found.push(...differences(recording, sent[0]));
      wrong.push(...found.map((what) => `${label(recording)}: ${what}`));
    }
    expect(wrong).toEqual([]);
  },
);

/** Schema of the answer to what our slices send. */
const SCHEMAS: readonly (readonly [RegExp, (params: Readonly<Record<string, string>>) => boolean, ZodType])[] = [
  [/^security\/trust\?list$/, () => true, trustListResponse],
  [/^security\/trust\?get$/, () => true, trustView],
  [/^security\/trust\?create$/, (params) => 'globalAccount' in params, platformRecord],
  [/^security\/user\?get$/, () => true, userView],
  [/^security\/role-collection\?(assign|unassign)$/, (params) => 'userName' in params, userView],
  [/^security\/role-collection\?list$/, () => true, roleCollectionList],
  [/^security\/role-collection\?get$/, (params) => params.showUserAssignments === 'true', assignmentPage],
  [/^accounts\/global-account\?get$/, (params) => params.showHierarchy === 'true', globalAccountResponse],
  [/^accounts\/subaccount\?get$/, () => true, subaccountResponse],
];

const successes = commands.filter(
  (recording) =>
    recording.status === 200 && Number(headerOf(recording.responseHeaders, 'x-cpcli-backend-status')) < 400,
);
const readable = successes.flatMap((recording) => {
  const params = recording.requestBody.paramValues ?? {};
  const entry = SCHEMAS.find(([operation, applies]) => operation.test(operationOf(recording)) && applies(params));
  return entry ? [{ recording, schema: entry[2] }] : [];
});

test.skipIf(noRecordings)(`reads ${readable.length} recorded answers of the commands that the slices send`, () => {
  const wrong = readable.filter(({ recording, schema }) => !schema.safeParse(recording.responseBody).success);
  expect(wrong.map(({ recording }) => label(recording))).toEqual([]);
});

const environments = successes.filter((recording) => operationOf(recording) === 'accounts/environment-instance?get');

test.skipIf(noRecordings)(`finds the org in ${environments.length} recorded environment instances`, () => {
  for (const { responseBody } of environments) {
    const labels = environmentLabels.parse(JSON.parse((responseBody as { labels: string }).labels));
    expect(labels['API Endpoint']).toMatch(/^https:\/\/api\.cf\./);
  }
});

/** The calls of our slices, and the recordings that they have to equal. */
const SLICES: Readonly<
  Record<string, (session: BtpSession, params: Readonly<Record<string, string>>) => Promise<unknown>>
> = {
  'accounts/global-account?get': (session) => readHierarchy(session),
  'security/trust?list': (session) => listPlatformTrusts(session),
  'security/role-collection?list': (session, params) => listRoleCollections(session, zoneOf(params)),
  'security/role-collection?get': (session, params) =>
    listAssignedUsers(session, zoneOf(params), params.roleCollectionName ?? ''),
  'security/role-collection?assign': (session, params) => assignRoleCollection(session, assignmentOf(params)),
  'security/role-collection?unassign': (session, params) => unassignRoleCollection(session, assignmentOf(params)),
};

function zoneOf({ directory, subaccount }: Readonly<Record<string, string>>) {
  if (subaccount !== undefined) return { kind: 'subaccount', name: '', guid: subaccount } as const;
  return directory === undefined
    ? ({ kind: 'global-account', name: '-' } as const)
    : ({ kind: 'directory', name: '', guid: directory } as const);
}

function assignmentOf(params: Readonly<Record<string, string>>) {
  const { userName = '', origin = '', roleCollectionName = '' } = params;
  return { zone: zoneOf(params), userName, originKey: origin, roleCollection: roleCollectionName };
}

const ours = successes.filter((recording) => {
  const params = recording.requestBody.paramValues ?? {};
  if (!(operationOf(recording) in SLICES)) return false;
  if (recording.command === 'accounts/global-account') return params.showHierarchy === 'true';
  if (recording.command === 'security/trust') return 'globalAccount' in params;
  if (recording.action === 'get') return params.showUserAssignments === 'true';
  return recording.action === 'list' || 'userName' in params;
});

test.skipIf(noRecordings)(`the slices send ${ours.length} recorded commands as the reference client does`, async () => {
  const wrong: string[] = [];
  for (const recording of ours) {
    const { open, sent } = await replay(recording);
    await SLICES[operationOf(recording)]?.(await open(), recording.requestBody.paramValues ?? {});
    wrong.push(...differences(recording, sent[0]).map((what) => `${label(recording)}: ${what}`));
  }
  expect(wrong).toEqual([]);
});
