import type { ZodType } from 'zod';
import { createBudget } from '../../../kernel/budget.ts';
import type { LoginOutcome } from '../../../kernel/doctor/logins.ts';
import { type LocumError, RemoteError } from '../../../kernel/errors.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { createHttp, type HttpCall } from '../http/client.ts';
import { btpConnectionOf } from './connection.ts';
import { errorOf, serviceCodeOf, unreadable, withCorrelation } from './errors.ts';
import { type Credentials, type Login, login } from './login.ts';
import { encodeParameters, type Parameter } from './parameters.ts';
import { BTP_CLI_HOST, HEADERS, PROTOCOL_VERSION } from './wire.ts';

/** Parameters that the reference client sends as they are; every other one is a string (notes §1.4). */
const RAW: Readonly<Record<string, readonly string[]>> = { 'connectivity/destination?list': ['namesOnly'] };

/** One command, e.g. `security/trust?list`. */
export interface Command {
  /** Group and object, e.g. `security/trust`. */
  readonly object: string;
  /** `list` and `get` read and may be repeated; everything else changes something. */
  readonly action: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Statuses of the service behind the server that are answers rather than errors. @default [200, 201, 202] */
  readonly expect?: readonly number[];
}

export interface CommandResult {
  /** What was done, e.g. `security/trust?list`. */
  readonly operation: string;
  /** Status of the service behind the server. */
  readonly status: number;
  /** Parsed JSON, a text, or undefined for an empty body. */
  readonly body: unknown;
  /** The correlation id that we sent; the services behind the server log it. */
  readonly correlationId: string;
}

/** A login at the BTP command-line server. Commands may run in parallel. */
export interface BtpSession {
  readonly globalAccount: string;
  readonly mail: string;
  /** Host of the identity provider that the login went to. */
  readonly issuer: string;
  /** Throws a RemoteError unless both the server and the service behind it answer as expected. */
  command(command: Command): Promise<CommandResult>;
  /** A command whose answer has this shape. */
  read<T>(command: Command, schema: ZodType<T>): Promise<T>;
  /** The same for what may not be there: undefined when the service answers 404. */
  find<T>(command: Command, schema: ZodType<T>): Promise<T | undefined>;
  /** Gives the session back: a user has ten at most. Never throws. */
  logout(): Promise<void>;
}

/** The body in this shape; a RemoteError when the service answered in one that we do not know. */
export function parseAnswer<T>(schema: ZodType<T>, { operation, status, body, correlationId }: CommandResult): T {
  const result = schema.safeParse(body);
  if (!result.success) throw unreadable(operation, status, correlationId, result.error);
  return result.data;
}

/** Server-side safety of more is not known; a session is not bound to one call at a time (notes §7). */
const CONCURRENCY = 6;
const READ_ATTEMPTS = 4;
/** Waits of 1, 2, 4, 8, 16 seconds while the account service is busy with the same account. */
const BUSY_ATTEMPTS = 6;
/** CIS: the account is locked by another operation of its own; nothing was done. */
const CIS_LOCKED = '30004';

type Http = (call: HttpCall) => Promise<Response>;

interface Opened {
  session: BtpSession | undefined;
}

/** The administrator's session of `connections.btp`: one login per engine serves all slices. */
export async function btpSession(ctx: SystemContext): Promise<BtpSession> {
  // A refused login is remembered too: each further slice would otherwise spend one more failed login.
  const opened = await ctx.memo('btp-cli/session', () => openAdministratorSession(ctx));
  if ('refused' in opened) throw opened.refused;
  return opened.session;
}

/** Logs out what {@link btpSession} opened; without a login it does nothing. */
export async function closeBtpSession(ctx: Pick<SystemContext, 'memo'>): Promise<void> {
  const opened = await openedSession(ctx);
  const { session } = opened;
  opened.session = undefined;
  await session?.logout();
}

/** Logs in as somebody else, without an administrator: how the doctor proves a technical user. */
export async function loginAs(
  ctx: SystemContext,
  credentials: Credentials,
): Promise<Exclude<LoginOutcome<BtpSession>, { status: 'spared' }>> {
  const http = await sharedHttp(ctx);
  const outcome = await login(http, ctx, ctx.manifest.globalAccount, credentials);
  if (outcome.status === 'refused') return outcome;
  return { status: 'accepted', value: createSession(http, ctx, outcome.value) };
}

async function openAdministratorSession(
  ctx: SystemContext,
): Promise<{ readonly session: BtpSession } | { readonly refused: LocumError }> {
  const connection = btpConnectionOf(ctx.manifest);
  const credentials: Credentials = {
    userName: connection.user,
    password: await ctx.secret(connection.password),
    ...(connection.identityProvider === undefined ? {} : { identityProvider: connection.identityProvider }),
  };
  const http = await sharedHttp(ctx);
  const enter = () => login(http, ctx, ctx.manifest.globalAccount, credentials);
  const outcome = await enter();
  if (outcome.status === 'refused') return { refused: refusedAdministrator(outcome.reason) };
  const session = createSession(http, ctx, outcome.value, async () => {
    const again = await enter();
    if (again.status === 'refused') throw refusedAdministrator(again.reason);
    return again.value;
  });
  (await openedSession(ctx)).session = session;
  return { session };
}

function refusedAdministrator(reason: string): RemoteError {
  return new RemoteError('ERR_REMOTE_CREDENTIALS', {
    system: 'btp-cli',
    operation: 'login',
    status: 401,
    serviceCode: reason,
    remedy:
      'check connections.btp: user, password, identityProvider; the server gives the same answer for a wrong password, a locked user and a second factor',
  });
}

function openedSession(ctx: Pick<SystemContext, 'memo'>): Promise<Opened> {
  return ctx.memo<Opened>('btp-cli/opened', async () => ({ session: undefined }));
}

function sharedHttp(ctx: SystemContext): Promise<Http> {
  return ctx.memo('btp-cli/http', async () =>
    createHttp({ system: 'btp-cli', ctx, budget: createBudget({ concurrency: CONCURRENCY }, ctx) }),
  );
}

function createSession(http: Http, ctx: SystemContext, first: Login, enterAgain?: () => Promise<Login>): BtpSession {
  const { globalAccount } = ctx.manifest;
  let latest = first;
  let renewing: Promise<Login> | undefined;
  let refused: unknown;

  /** One new login for all commands that found the old one expired. */
  async function renewed(expired: Login, enter: () => Promise<Login>): Promise<Login> {
    if (latest !== expired) return latest;
    if (refused !== undefined) throw refused;
    renewing ??= enter().finally(() => {
      renewing = undefined;
    });
    try {
      latest = await renewing;
      return latest;
    } catch (error) {
      // Remembered: every further command would otherwise spend one more failed login.
      if (error instanceof RemoteError && error.code === 'ERR_REMOTE_CREDENTIALS') refused = error;
      throw error;
    }
  }

  async function post(used: Login, path: string, body: string, call: Omit<HttpCall, 'url' | 'headers'>, empty = false) {
    const correlationId = ctx.id();
    try {
      const response = await http({
        ...call,
        method: 'POST',
        url: `https://${BTP_CLI_HOST}${path}`,
        headers: {
          'content-type': 'application/json',
          [HEADERS.correlation]: correlationId,
          [HEADERS.format]: 'json',
          [HEADERS.session]: used.sessionId.reveal(),
          [HEADERS.subdomain]: empty ? '' : globalAccount,
          [HEADERS.customIdp]: empty ? '' : used.customIdp,
        },
        body,
      });
      return { response, correlationId };
    } catch (error) {
      throw withCorrelation(error, correlationId);
    }
  }

  /** Makes the server load an account that this session has not touched; a cure for the bare 500. */
  async function preload(used: Login, guid: string): Promise<void> {
    const nodes = [{ entityGuid: guid, entityType: 'SUBACCOUNT' }];
    const path = `/client/${PROTOCOL_VERSION}/globalAccountHierarchyForNodes`;
    const call = { operation: 'globalAccountHierarchyForNodes', mutation: false };
    const { response } = await post(used, path, `${JSON.stringify({ nodes })}\n`, call, true);
    await response.body?.cancel();
  }

  async function send(command: Command): Promise<{ response: Response; correlationId: string }> {
    const operation = operationOf(command);
    const mutation = isMutation(command);
    const path = `/command/${PROTOCOL_VERSION}/${command.object}?${command.action}`;
    const body = `${JSON.stringify({ paramValues: encodeParameters(command.parameters, RAW[operation]) })}\n`;
    const call = {
      operation,
      mutation,
      expect: mutation ? [200, 400, 401, 403, 404, 412] : [200, 400, 401, 403, 404, 412, 500],
    };
    let used = latest;
    let replayed = false;
    for (let attempt = 1; ; attempt++) {
      const sent = await post(used, path, body, call);
      const { response, correlationId } = sent;
      if (response.status === 401 && enterAgain && !replayed) {
        replayed = true;
        used = await renewed(used, enterAgain);
        continue;
      }
      if (response.status === 500 && attempt < READ_ATTEMPTS) {
        const { subaccount } = command.parameters;
        if (isBare(response) && typeof subaccount === 'string') await preload(used, subaccount);
        else await ctx.sleep(250 * 2 ** attempt);
        continue;
      }
      if (response.status === 200) return sent;
      throw errorOf({ operation, status: response.status, correlationId, mutation });
    }
  }

  async function command(wanted: Command): Promise<CommandResult> {
    const operation = operationOf(wanted);
    for (let attempt = 1; ; attempt++) {
      const { response, correlationId } = await send(wanted);
      const status = Number(response.headers.get(HEADERS.backendStatus) ?? Number.NaN);
      if (!Number.isInteger(status)) throw unreadable(operation, response.status, correlationId);
      const body = parsed(await response.text());
      if ((wanted.expect ?? [200, 201, 202]).includes(status)) return { operation, status, body, correlationId };
      const busy = status === 429 || serviceCodeOf(body) === CIS_LOCKED;
      if (busy && attempt < BUSY_ATTEMPTS) {
        await ctx.sleep(1000 * 2 ** (attempt - 1));
        continue;
      }
      throw errorOf({ operation, status, body, correlationId, mutation: isMutation(wanted) });
    }
  }

  return {
    globalAccount,
    mail: first.mail,
    issuer: first.issuer,
    command,
    read: async (wanted, schema) => parseAnswer(schema, await command(wanted)),
    async find(wanted, schema) {
      const result = await command({ ...wanted, expect: [200, 404] });
      return result.status === 404 ? undefined : parseAnswer(schema, result);
    },
    async logout() {
      const used = latest;
      // The body of clients before 2023; no newer one logs out at all, so the answer means nothing.
      const body = { customIdp: used.customIdp, subdomain: globalAccount, refreshToken: '' };
      const path = `/logout/${PROTOCOL_VERSION}`;
      await post(used, path, `${JSON.stringify(body)}\n`, { operation: 'logout', mutation: true }).catch(
        () => undefined,
      );
    },
  };
}

function operationOf(command: Command): string {
  return `${command.object}?${command.action}`;
}

function isMutation(command: Command): boolean {
  return command.action !== 'list' && command.action !== 'get';
}

/** A 500 without a word of the server's own: the account is not loaded in this session. */
function isBare(response: Response): boolean {
  return ![...response.headers.keys()].some((name) => name.startsWith('x-cpcli-'));
}

/** Bodies are called JSON even when they are a plain text (notes §1.3). */
function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
