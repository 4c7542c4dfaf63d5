import type { Budget } from '../../kernel/budget.ts';
import { createBudget } from '../../kernel/budget.ts';
import type { Tls } from '../../kernel/context.ts';
import { ConfigError, RemoteError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import type { Answer } from '../protocols/http/answer.ts';
import { createHttp, type HttpCall } from '../protocols/http/client.ts';
import { basic } from '../protocols/oauth/client.ts';
import { connectionsOf, type IasConnection } from './connections.ts';
import { readBundle } from './key-bundle.ts';
import { MESSAGE_CODE_HEADER } from './wire.ts';

/** IAS delays SCIM calls above 200 a minute and tenant and blocks above 280 (ias e22ee47): we leave room for others. */
const SCIM_BUDGET = { concurrency: 4, calls: 150 };

/** Of the Applications API no limit is documented. */
const APPLICATIONS_BUDGET = { concurrency: 4 };

/** The APIs of one tenant, called as the system administrator of its connection. */
export interface TenantApi {
  readonly host: string;
  /** Another number for another secret or certificate: what was made with the one before is made anew. */
  readonly login: number;
  /** Sends a call of the Identity Directory API (SCIM). */
  scim(call: HttpCall): Promise<Answer>;
  /** Sends a call of the Application Configurations API. */
  applications(call: HttpCall): Promise<Answer>;
}

/**
 * The APIs of a tenant. What the connection refers to is read each time: a rotation may have replaced the very secret or certificate
 * that Locum itself uses, and what comes after has to use the new one.
 * @throws ConfigError without a connection, or when what it refers to is not there
 */
export async function tenantApi(ctx: SystemContext, host: string): Promise<TenantApi> {
  const connections = connectionsOf(ctx.manifest);
  const provider = ctx.manifest.identityProviders.find(({ name, host: own }) => own === host && connections[name]);
  const connection = provider && connections[provider.name];
  if (!connection) {
    throw new ConfigError('ERR_CONFIG_CONNECTION', `no connection to the IAS tenant ${host}`, {
      remedy: 'add it under connections.ias, by the name of its identity provider',
    });
  }
  const door = await ctx.memo(`ias/api/${host}`, async () => newDoor(ctx));
  const login = await logInOf(connection, provider.name, ctx);
  if (!door.open || !sameLogin(door.open.login, login)) {
    door.open = {
      login,
      api: openWith(login, (door.open?.api.login ?? 0) + 1, door, { ctx, host, name: provider.name }),
    };
  }
  return door.open.api;
}

interface Door {
  /** They count the calls of a tenant, whatever they log in with. */
  readonly budgets: { readonly scim: Budget; readonly applications: Budget };
  open?: { readonly login: Login; readonly api: TenantApi };
}

function newDoor(ctx: SystemContext): Door {
  return { budgets: { scim: createBudget(SCIM_BUDGET, ctx), applications: createBudget(APPLICATIONS_BUDGET, ctx) } };
}

/** With a secret in each call, or with the certificate that the connection shows (ias 5be5692, 665b9e0). */
type Login =
  | { readonly by: 'secret'; readonly clientId: Secret; readonly clientSecret: Secret }
  | { readonly by: 'certificate'; readonly cert: string; readonly key: Secret };

async function logInOf(connection: IasConnection, name: string, ctx: SystemContext): Promise<Login> {
  const { clientId, clientSecret, certificate, key } = connection;
  if (certificate === undefined) {
    const id = clientId ?? '';
    return {
      by: 'secret',
      clientId: /^(env|file|vault):/.test(id) ? await ctx.secret(id) : new Secret(id),
      clientSecret: await ctx.secret(clientSecret ?? ''),
    };
  }
  const bundle = readBundle(await ctx.secret(certificate));
  const own = key === undefined ? bundle.key : readBundle(await ctx.secret(key)).key;
  const lacks = bundle.chain === '' ? 'certificate' : own ? undefined : 'private key';
  if (lacks === undefined && own) return { by: 'certificate', cert: bundle.chain, key: own };
  throw new ConfigError(
    'ERR_CONFIG_SECRET',
    `connections.ias.${name}.certificate: there is no ${lacks} in PEM format in it`,
    {
      remedy: 'let it refer to certificate, chain and key, one after the other; or to the key by `key`',
    },
  );
}

function sameLogin(one: Login, other: Login): boolean {
  if (one.by === 'secret' && other.by === 'secret') {
    return one.clientId.equals(other.clientId) && one.clientSecret.equals(other.clientSecret);
  }
  return one.by === 'certificate' && other.by === 'certificate' && one.cert === other.cert && one.key.equals(other.key);
}

interface Place {
  readonly ctx: SystemContext;
  readonly host: string;
  /** Of the connection. */
  readonly name: string;
}

function openWith(login: Login, number: number, { budgets }: Door, { ctx, host, name }: Place): TenantApi {
  const tls: Tls | undefined = login.by === 'certificate' ? { cert: login.cert, key: login.key } : undefined;
  const authorization = login.by === 'secret' ? basic(login.clientId.reveal(), login.clientSecret) : undefined;
  const sender = (budget: Budget) => {
    const http = createHttp({
      system: 'ias',
      ctx,
      budget,
      ...(tls ? { tls } : {}),
      correlationHeader: 'x-ids-id',
      serviceCodeOf: async (response) => response.headers.get(MESSAGE_CODE_HEADER) ?? undefined,
    });
    if (authorization === undefined) return http;
    return (call: HttpCall) => http({ ...call, headers: { ...call.headers, authorization } });
  };
  const guard = createGuard();
  const api = (budget: Budget, remedies: Remedies) => {
    const send = sender(budget);
    return guard(async (call) => {
      try {
        return await send(call);
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        const remedy = remedies[error.status ?? 0];
        throw remedy === undefined ? error : error.retold({ operation: `${error.operation} at ${host}`, remedy });
      }
    });
  };
  const refused = { 401: refusedRemedy(login, name) };
  return {
    host,
    login: number,
    scim: api(budgets.scim, {
      ...refused,
      403: `give the system administrator of ${host} the authorization Manage Users`,
      409: 'its login name or e-mail is taken by another user of the tenant: choose another',
    }),
    applications: api(budgets.applications, {
      ...refused,
      403: `give the system administrator of ${host} the authorization Manage Applications`,
    }),
  };
}

/** By status. */
type Remedies = Readonly<Record<number, string>>;

type Send = (call: HttpCall) => Promise<Answer>;

/**
 * Sends the first call alone and nothing more after a 401: five wrong secrets lock the client id for an hour
 * (ias 665b9e0), and a plan has more calls than that in flight.
 */
function createGuard(): (send: Send) => Send {
  let first: Promise<unknown> | undefined;
  let refused: RemoteError | undefined;
  return (send) => {
    async function noting(call: HttpCall): Promise<Answer> {
      try {
        return await send(call);
      } catch (error) {
        if (error instanceof RemoteError && error.status === 401) refused = error;
        throw error;
      }
    }
    return async (call) => {
      if (first) await first;
      if (refused) throw refused;
      const sent = noting(call);
      first ??= sent.catch(() => undefined);
      return sent;
    };
  };
}

function refusedRemedy(login: Login, name: string): string {
  return login.by === 'certificate'
    ? `check the certificate of connections.ias.${name}: the system administrator must have it, and it must not have ended`
    : `check clientId and clientSecret of connections.ias.${name}; after 5 failures the client is locked for an hour`;
}
