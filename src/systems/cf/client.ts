import { z } from 'zod';
import { ConfigError, RemoteError } from '../../kernel/errors.ts';
import type { SystemContext, Token } from '../../kernel/system.ts';
import { awaitJob, call, discover, type Landscape, type Listing, list, parsed } from '../protocols/cf-v3/client.ts';
import { logIn, renew } from '../protocols/cf-v3/login.ts';
import { explainRefusal } from '../protocols/cf-v3/refusal.ts';
import * as wire from '../protocols/cf-v3/wire.ts';
import type { HttpCall } from '../protocols/http/client.ts';
import { type CfConnection, connectionOf } from './connection.ts';
import type { CfIdentity } from './props.ts';

/** A role with the name of its user. */
export interface Role {
  readonly guid: string;
  readonly type: string;
  /** GUID of the user. */
  readonly user: string;
  /** Undefined when UAA does not know the user (a client, a deleted user). */
  readonly identity: CfIdentity | undefined;
  readonly org: string | undefined;
  readonly space: string | undefined;
}

export interface Space {
  readonly guid: string;
  readonly name: string;
  readonly org: string;
}

/** An app, or a service instance. */
export interface InSpace {
  readonly guid: string;
  readonly name: string;
  /** GUID of the space. */
  readonly space: string;
}

export interface NewRole extends CfIdentity {
  readonly type: string;
  /** GUID; exactly one of org and space. */
  readonly org?: string;
  readonly space?: string;
}

/** The Cloud Controller of a landscape, as the user of `connections.cf`. */
export interface CloudController {
  readonly landscape: Landscape;
  /** Any call of the CF API, with a valid token. */
  readonly send: Send;
  /** Spaces of orgs. */
  spaces(orgs: readonly string[]): Promise<readonly Space[]>;
  /** Roles in orgs, not those in their spaces. */
  orgRoles(orgs: readonly string[]): Promise<readonly Role[]>;
  spaceRoles(spaces: readonly string[]): Promise<readonly Role[]>;
  userProvidedServices(spaces: readonly string[]): Promise<readonly InSpace[]>;
  apps(spaces: readonly string[]): Promise<readonly InSpace[]>;
  /** GUIDs of those users that are visible: members of orgs in which we have a role. */
  users(identities: readonly CfIdentity[]): Promise<ReadonlyMap<CfIdentity, string>>;
  /** @returns GUID of the role */
  createRole(role: NewRole): Promise<string>;
  /** Waits until it is gone. */
  deleteRole(guid: string): Promise<void>;
}

const inSpace = z.looseObject({
  guid: z.string(),
  name: z.string(),
  relationships: z.looseObject({ space: z.looseObject({ data: z.looseObject({ guid: z.string() }) }) }),
});

/** GUIDs per request, and e-mails: an URL of some 3 kB stays far below every router's limit. */
const GUID_BATCH = 50;
const NAME_BATCH = 100;
/** A token is renewed this long before it expires, as the cf CLI does. */
const MARGIN_MS = 60_000;

/** The Cloud Controller behind a CF API endpoint; one object per engine and endpoint. */
export function cloudController(ctx: SystemContext, api: string): Promise<CloudController> {
  return ctx.memo(`cf/controller:${api}`, async () => {
    const connection = connectionOf(ctx.manifest);
    if (!connection) {
      throw new ConfigError('ERR_CONFIG_CONNECTION', 'the manifest grants Cloud Foundry roles without connections.cf', {
        remedy: 'add connections.cf with user and password of an Org Manager',
      });
    }
    const landscape = await discover(ctx, api);
    return createCloudController(landscape, adminSession(ctx, landscape, connection), ctx);
  });
}

type Send = (request: HttpCall) => Promise<Response>;

function createCloudController(landscape: Landscape, send: Send, ctx: SystemContext): CloudController {
  const underWay = new Map<string, Promise<unknown>>();

  /** Callers that want the same at the same time share one answer; nothing is kept once it is there. */
  function shared<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = underWay.get(key);
    if (known) return known as Promise<T>;
    const fresh = read().finally(() => underWay.delete(key));
    underWay.set(key, fresh);
    return fresh;
  }

  async function listAll<T extends z.ZodType>(
    operation: string,
    path: string,
    batched: readonly [name: string, values: readonly string[]],
    others: Readonly<Record<string, string>>,
    resource: T,
  ): Promise<Listing<z.infer<T>>> {
    const [name, values] = batched;
    const wanted = [...new Set(values)].sort();
    const listings = await Promise.all(
      batches(wanted, name === 'usernames' ? NAME_BATCH : GUID_BATCH).map((batch) => {
        const url = new URL(path, landscape.api);
        const query = { ...others, [name]: batch.map(wire.listValue).join(','), per_page: String(wire.MAX_PER_PAGE) };
        for (const key of Object.keys(query).sort()) url.searchParams.set(key, query[key] ?? '');
        return shared(url.href, () => list(send, { operation, url }, resource));
      }),
    );
    return { resources: listings.flatMap((l) => l.resources), users: listings.flatMap((l) => l.users) };
  }

  async function roles(filter: 'organization_guids' | 'space_guids', guids: readonly string[]) {
    const { resources, users } = await listAll(
      'list roles',
      '/v3/roles',
      [filter, guids],
      { include: 'user' },
      wire.role,
    );
    const identities = new Map(users.map((user) => [user.guid, identityOf(user)]));
    return resources.map((role): Role => {
      const { user, organization, space } = role.relationships;
      return {
        guid: role.guid,
        type: role.type,
        user: user.data?.guid ?? '',
        identity: identities.get(user.data?.guid ?? ''),
        org: organization.data?.guid,
        space: space.data?.guid,
      };
    });
  }

  async function listInSpaces(
    operation: string,
    path: string,
    guids: readonly string[],
    where: Readonly<Record<string, string>>,
  ): Promise<readonly InSpace[]> {
    const { resources } = await listAll(operation, path, ['space_guids', guids], where, inSpace);
    return resources.map(({ guid, name, relationships }) => ({ guid, name, space: relationships.space.data.guid }));
  }

  return {
    landscape,
    send,
    async spaces(orgs) {
      const { resources } = await listAll('list spaces', '/v3/spaces', ['organization_guids', orgs], {}, wire.space);
      return resources.map(({ guid, name, relationships }) => ({
        guid,
        name,
        org: relationships.organization.data?.guid ?? '',
      }));
    },
    orgRoles: (orgs) => roles('organization_guids', orgs),
    spaceRoles: (spaces) => roles('space_guids', spaces),
    userProvidedServices: (guids) =>
      listInSpaces('list user-provided services', '/v3/service_instances', guids, { type: 'user-provided' }),
    apps: (guids) => listInSpaces('list apps', '/v3/apps', guids, {}),
    async users(identities) {
      const origins = [...new Set(identities.map((identity) => identity.originKey))].sort().join(',');
      const names = identities.map((identity) => identity.email);
      const { resources } = await listAll('list users', '/v3/users', ['usernames', names], { origins }, wire.user);
      const found = new Map<CfIdentity, string>();
      for (const identity of identities) {
        const user = resources.find(
          (row) => row.origin === identity.originKey && row.username?.toLowerCase() === identity.email.toLowerCase(),
        );
        if (user) found.set(identity, user.guid);
      }
      return found;
    },
    async createRole({ type, email, originKey, org, space }) {
      const body: wire.NewRole = {
        type,
        relationships: {
          // The origin is always explicit: without it CF may find a human with the same e-mail.
          user: { data: { username: email, origin: originKey } },
          ...(org === undefined ? {} : { organization: { data: { guid: org } } }),
          ...(space === undefined ? {} : { space: { data: { guid: space } } }),
        },
      };
      const response = await send({
        operation: `create role ${type}`,
        method: 'POST',
        url: `${landscape.api}/v3/roles`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        expect: [201],
      });
      return parsed(wire.role, await response.json(), `create role ${type}`).guid;
    },
    async deleteRole(guid) {
      const operation = 'delete role';
      const url = `${landscape.api}/v3/roles/${guid}`;
      const response = await send({ operation, method: 'DELETE', url, expect: [202, 404] });
      if (response.status === 202) await awaitJob(send, response, operation, ctx);
    },
  };
}

function identityOf(user: z.infer<typeof wire.user>): CfIdentity | undefined {
  return user.username === null || user.origin === null ? undefined : { email: user.username, originKey: user.origin };
}

function batches(values: readonly string[], size: number): readonly (readonly string[])[] {
  const cut: (readonly string[])[] = [];
  for (let at = 0; at < values.length; at += size) cut.push(values.slice(at, at + size));
  return cut;
}

/** Sends with a valid token of the administrator; a token that is refused although it should hold is replaced once. */
function adminSession(ctx: SystemContext, landscape: Landscape, connection: CfConnection): Send {
  let current: Promise<Token> | undefined;

  async function token(): Promise<Token> {
    const known = await current?.catch(() => undefined);
    if (known && known.expiresAt - ctx.now() > MARGIN_MS) return known;
    // Whoever came first renews, the others wait for it.
    const fresh = known?.refresh
      ? renew(landscape, ctx.now, known.refresh).then((renewed) => renewed ?? logInAdmin(ctx, landscape, connection))
      : logInAdmin(ctx, landscape, connection);
    current = fresh;
    return fresh;
  }

  let turn: Promise<unknown> = Promise.resolve();
  function valid(): Promise<Token> {
    const mine = turn.then(token);
    turn = mine.catch(() => undefined);
    return mine;
  }

  return async (request) => {
    const held = await valid();
    try {
      return await call(landscape, held.value, request);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.status !== 401) throw error;
      // Not executed: UAA may have changed its keys, or the token was revoked.
      if ((await current?.catch(() => undefined)) === held) current = undefined;
      return call(landscape, (await valid()).value, request);
    }
  };
}

/** At most one refused login of the administrator per run, over all landscapes: five lock the account. */
async function logInAdmin(ctx: SystemContext, landscape: Landscape, connection: CfConnection): Promise<Token> {
  const password = await ctx.secret(connection.password);
  const originKey = connection.origin;
  const outcome = await ctx.logins.attempt('connections.cf', () =>
    logIn(landscape, ctx.now, { userName: connection.user, password, originKey }),
  );
  if (outcome.status === 'accepted') return outcome.value;
  const refusal = explainRefusal(outcome.reason, { user: connection.user, originKey, landscape: landscape.name });
  throw new RemoteError('ERR_REMOTE_CREDENTIALS', {
    system: 'cf',
    operation: `log in the user of connections.cf at ${landscape.name} (${refusal.because})`,
    serviceCode: refusal.code,
    status: 401,
    remedy: 'check user, password and origin of connections.cf by `cf login`; nothing more was tried with them',
  });
}
