import type { ZodType } from 'zod';
import type { Context } from '../../../src/kernel/context.ts';
import { RemoteError } from '../../../src/kernel/errors.ts';
import { globalAccountResponse, subaccountResponse } from '../../../src/systems/accounts/wire.ts';
import { assignmentPage, roleCollectionList, userView } from '../../../src/systems/authz/wire.ts';
import { type BtpSession, btpSession } from '../../../src/systems/protocols/btp-cli/client.ts';
import { manifestOf, sliceContext } from '../../../src/systems/protocols/btp-cli/testing.ts';
import { CIS_CODE, errorBody, PROTOCOL_VERSION } from '../../../src/systems/protocols/btp-cli/wire.ts';
import { platformRecord, trustListResponse, trustView } from '../../../src/systems/trust/wire.ts';
import { type Judgement, judged, judgeOne } from '../outcome.ts';
import { backendOf, bodyOf, headerOf, operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';
import { foreignHeaders, GONE, isGone } from './times.ts';

/** Has our client send each recorded exchange, answers it as it was recorded, and looks at what both sides make of it. */
export async function judgeByClient(cassette: readonly Recording[]): Promise<readonly Judgement[]> {
  const login = cassette.find((one) => one.command === null);
  const judgements: Judgement[] = [];
  for (const recorded of cassette) {
    const differences = () =>
      recorded.command === null ? loginDifferences(recorded) : commandDifferences(recorded, login);
    if (isGone(recorded)) judgements.push(GONE);
    else judgements.push(await judgeOne(async () => judged(await differences())));
  }
  return judgements;
}

export interface Sent {
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

const LOGIN_HEADERS = { 'content-type': 'application/json', 'x-cpcli-sessionid': 'redacted' };

/** A session whose server answers with the recording, and what it was sent; logins are as `login` was recorded. */
export function answeredBy(
  recorded: Recording,
  login: Recording = recorded,
): { readonly open: () => Promise<BtpSession>; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const impure: Context = {
    now: () => 0,
    id: () => '00000000-0000-4000-8000-000000000000',
    sleep: async () => undefined,
    random: (bytes) => new Uint8Array(bytes),
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      if (pathname.startsWith('/login/') && recorded.command !== null) {
        return Response.json({ issuer: 'identity.provider.test', mail: user }, { headers: LOGIN_HEADERS });
      }
      sent.push({ path: `${pathname}${search}`, headers: request.headers, body: await request.text() });
      const body = bodyOf(recorded);
      const headers = new Headers(recorded.responseHeaders);
      headers.delete('content-length');
      return new Response(body === '' ? null : body, { status: recorded.status, headers });
    },
  };
  const { userName, subdomain, customIdp, password } = login.requestBody as Readonly<
    Record<string, string | undefined>
  >;
  const user = userName ?? 'user@example.com';
  const globalAccount =
    subdomain ?? headerOf(recorded.requestHeaders, 'x-cpcli-subdomain') ?? paramsOf(recorded).globalAccount ?? '';
  const identityProvider = customIdp ?? headerOf(recorded.requestHeaders, 'x-cpcli-customidp') ?? '';
  const manifest = {
    ...manifestOf([]),
    globalAccount,
    connections: { btp: { user, password: 'env:P', ...(identityProvider === '' ? {} : { identityProvider }) } },
  };
  return { open: () => btpSession(sliceContext(impure, manifest, { P: password ?? 'password' })), sent };
}

/** Headers of the recording that depend on the client's own name and on redaction. */
const OWN = new Set(['user-agent', 'x-correlationid', 'content-length']);

/** Our request beside the recorded one, byte by byte. The version of the protocol is our own. */
export function requestDifferences(recorded: Recording, sent: Sent | undefined): readonly string[] {
  if (!sent) return ['nothing was sent'];
  const found: string[] = [];
  const url = new URL(recorded.url);
  const path = `${url.pathname}${url.search}`.replace(/\/v\d+\.\d+\.\d+/, `/${PROTOCOL_VERSION}`);
  if (sent.path !== path) found.push(`path ${sent.path}`);
  if (sent.body !== `${JSON.stringify(recorded.requestBody)}\n`) found.push(`body ${sent.body}`);
  const foreign = foreignHeaders(recorded);
  for (const [name, value] of Object.entries(recorded.requestHeaders)) {
    if (OWN.has(name.toLowerCase()) || foreign.includes(name.toLowerCase())) continue;
    if (sent.headers.get(name) !== value) found.push(`header ${name}: ${sent.headers.get(name)}`);
  }
  for (const name of sent.headers.keys()) {
    if (name.startsWith('x-') && headerOf(recorded.requestHeaders, name) === undefined && foreign.length === 0)
      found.push(`header ${name}`);
  }
  if (sent.headers.get('x-correlationid') === null) found.push('no correlation id');
  return found;
}

async function loginDifferences(recorded: Recording): Promise<readonly string[]> {
  const { open, sent } = answeredBy(recorded);
  const outcome = await open().then(
    (session) => session.mail,
    (error: unknown) => (error instanceof RemoteError ? error.status : String(error)),
  );
  const expected = recorded.status === 200 ? (recorded.responseBody as { mail: string }).mail : recorded.status;
  return [...requestDifferences(recorded, sent[0]), ...(outcome === expected ? [] : [`outcome ${outcome}`])];
}

async function commandDifferences(recorded: Recording, login: Recording | undefined): Promise<readonly string[]> {
  const { open, sent } = answeredBy(recorded, login);
  const session = await open();
  const command = {
    object: recorded.command ?? '',
    action: recorded.action ?? '',
    parameters: typed(recorded.requestBody.paramValues ?? {}),
  };
  const backend = backendOf(recorded) ?? Number.NaN;
  const refused = recorded.status !== 200 || backend >= 400;
  const found: string[] = [];
  try {
    const result = await session.command(command);
    if (refused) found.push('was taken for a success');
    if (result.status !== backend) found.push(`status ${result.status}`);
    const body = result.body === undefined ? '' : result.body;
    if (JSON.stringify(body) !== JSON.stringify(recorded.responseBody)) found.push('another body');
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    if (!refused) found.push(`was refused: ${error.message}`);
    const status = recorded.status === 200 ? backend : recorded.status;
    if (error.status !== status) found.push(`error status ${error.status}`);
    const prose = errorBody.safeParse(recorded.responseBody);
    const code = prose.success ? CIS_CODE.exec(prose.data.error ?? '')?.[1] : undefined;
    if (error.serviceCode !== code) found.push(`service code ${error.serviceCode}`);
  }
  return [...found, ...requestDifferences(recorded, sent[0]), ...schemaDifferences(recorded)];
}

/** What a caller would have passed: booleans and page numbers instead of their texts. */
function typed(params: Readonly<Record<string, unknown>>): Record<string, string | boolean | number> {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      if (value === 'true' || value === 'false') return [key, value === 'true'];
      if (typeof value === 'boolean') return [key, value];
      return [key, key === 'page' ? Number(value) : String(value)];
    }),
  );
}

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

/** The schema by which our slices read an answer; undefined for answers that they do not ask for. */
export function schemaOf(recorded: Recording): ZodType | undefined {
  if (!succeeded(recorded)) return undefined;
  return SCHEMAS.find(
    ([operation, applies]) => operation.test(operationOf(recorded)) && applies(paramsOf(recorded)),
  )?.[2];
}

function schemaDifferences(recorded: Recording): readonly string[] {
  const parsed = schemaOf(recorded)?.safeParse(recorded.responseBody);
  return (parsed?.error?.issues ?? []).map((issue) => `unreadable at ${issue.path.join('.')}: ${issue.message}`);
}
