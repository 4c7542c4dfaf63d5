import { type Context, Hono } from 'hono';
import { decodeJwt } from 'jose';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import { createTokenKeys, readTokenRequest } from '../../../protocols/oauth/emulator.ts';

export interface Space {
  readonly guid: string;
  readonly name: string;
  readonly org: string;
}

/** A user of UAA: the password, and role types by space name. */
export interface CfUser {
  password: string;
  readonly roles: Record<string, string[]>;
}

export interface CloudFoundryDouble {
  readonly definition: EmulatorDefinition;
  /** By `<name>@<origin>`. */
  readonly users: Map<string, CfUser>;
  readonly orgs: readonly { readonly guid: string; readonly name: string; readonly landscape: string }[];
  readonly spaces: readonly Space[];
  /** Form and headers of every token request, in order. */
  readonly tokenRequests: { readonly params: URLSearchParams; readonly headers: Headers }[];
  failedLogins: number;
  /** Answers every token request instead, when set. */
  brokenWith: Response | undefined;
  /** Status with which the deploy service answers; undefined = as the roles are. */
  deployService: number | undefined;
}

/** Names that have to be encoded are among them. */
const ORGS = [
  { name: 'acme-dev', landscape: 'eu10-004', spaces: ['app', 'shared'] },
  { name: 'acme prod+1', landscape: 'us20', spaces: ['a,b', 'app'] },
];

/** Stands in for UAA and CF API of two landscapes: password grant with login_hint, spaces and roles. */
export function createCloudFoundryDouble(): CloudFoundryDouble {
  const orgs = ORGS.map(({ name, landscape }) => ({ guid: seedId('org', name), name, landscape }));
  const spaces = ORGS.flatMap(({ name: org, spaces: names }) =>
    names.map((name) => ({ guid: seedId('space', org, name), name, org: seedId('org', org) })),
  );
  const double: CloudFoundryDouble = {
    users: new Map(),
    orgs,
    spaces,
    tokenRequests: [],
    failedLogins: 0,
    brokenWith: undefined,
    deployService: undefined,
    definition: {
      id: 'cf-double',
      create(ctx) {
        const keys = createTokenKeys(ctx, 'cf-double');
        const uaa = new Hono<HostEnv>();
        uaa.post('/oauth/token', async (c) => {
          const request = await readTokenRequest(c.req.raw);
          double.tokenRequests.push({ params: request.params, headers: c.req.raw.headers });
          if (double.brokenWith) return double.brokenWith.clone();
          const refuse = (error: string, text: string) => c.json({ error, error_description: text }, 401);
          if (request.client?.id !== 'cf' || request.client.secret !== '')
            return refuse('invalid_client', 'Bad credentials');
          const name = request.params.get('username') ?? '';
          const origin = originOf(request.params.get('login_hint')) ?? 'sap.ids';
          if (origin !== 'sap.ids' && origin !== 'acme-platform') {
            return refuse(
              'unauthorized',
              'The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.',
            );
          }
          const user = double.users.get(`${name}@${origin}`);
          if (!user || user.password !== request.params.get('password')) {
            double.failedLogins++;
            return refuse('unauthorized', 'Bad credentials');
          }
          const access_token = await keys.sign({
            iss: `https://uaa.cf.${c.env.landscape}.hana.ondemand.com/oauth/token`,
            exp: Math.floor(ctx.now() / 1000) + 1199,
            user_id: seedId(name, origin),
            user_name: name,
            origin,
          });
          return c.json({ access_token, token_type: 'bearer', expires_in: 1199, refresh_token: 'r', scope: 'openid' });
        });

        const api = new Hono<HostEnv>();
        api.get('/', (c) => {
          const at = (name: string) => ({ href: `https://${name}.cf.${c.env.landscape}.hana.ondemand.com` });
          const v3 = { href: `${at('api').href}/v3`, meta: { version: '3.188.0' } };
          return c.json({ links: { self: at('api'), cloud_controller_v3: v3, login: at('login'), uaa: at('uaa') } });
        });
        api.get('/v3/organizations', (c) => {
          const user = userOf(c, double);
          const seen = spaces.filter((space) => user?.roles[space.name] !== undefined).map((space) => space.org);
          const names = listOf(c.req.query('names'));
          return c.json(page(orgs.filter((org) => seen.includes(org.guid) && (names?.includes(org.name) ?? true))));
        });
        api.get('/v3/spaces', (c) => {
          const user = userOf(c, double);
          const query = (name: string) => listOf(c.req.query(name));
          const found = spaces.filter(
            (space) =>
              user?.roles[space.name] !== undefined &&
              (query('names')?.includes(space.name) ?? true) &&
              (query('guids')?.includes(space.guid) ?? true) &&
              (query('organization_guids')?.includes(space.org) ?? true),
          );
          return c.json(
            page(found.map((space) => ({ ...space, relationships: { organization: { data: { guid: space.org } } } }))),
          );
        });
        api.get('/v3/roles', (c) => {
          const user = userOf(c, double);
          const space = spaces.find((one) => one.guid === c.req.query('space_guids'));
          const types = (user?.roles[space?.name ?? ''] ?? []).filter((type) =>
            c.req.query('types')?.split(',').includes(type),
          );
          const none = { data: null };
          const relationships = { user: none, organization: none, space: none };
          return c.json(page(types.map((type) => ({ guid: type, type, relationships }))));
        });

        // Lets in who has a role in the space; the paths of the tests name org and space.
        const deployService = new Hono<HostEnv>();
        deployService.get('/slprot/:org/:space/slp/metadata', (c) => {
          const status = userOf(c, double)?.roles[c.req.param('space')] === undefined ? 403 : 200;
          return c.body(null, (double.deployService ?? status) as 200);
        });

        const on = (name: string) => () => ORGS.map((org) => `${name}.cf.${org.landscape}.hana.ondemand.com`);
        return {
          mounts: [
            mount('login.cf.{landscape}.hana.ondemand.com', on('login'), uaa),
            mount('api.cf.{landscape}.hana.ondemand.com', on('api'), api),
            mount('deploy-service.cf.{landscape}.hana.ondemand.com', on('deploy-service'), deployService),
          ],
          seed: async () => undefined,
        };
      },
    },
  };
  return double;
}

function page(resources: readonly object[]) {
  return { pagination: { total_results: resources.length, total_pages: 1, next: null }, resources };
}

/** Values are decoded after the split at commas (cloud_controller_ng, list_message.rb). */
function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').map(decodeURIComponent);
}

/** UAA ignores a hint that it cannot parse. */
function originOf(hint: string | null): string | undefined {
  try {
    const { origin } = JSON.parse(hint ?? '') as { origin?: unknown };
    return typeof origin === 'string' ? origin : undefined;
  } catch {
    return;
  }
}

function userOf(c: Context<HostEnv>, double: CloudFoundryDouble): CfUser | undefined {
  const token = (c.req.header('authorization') ?? '').replace(/^bearer /i, '');
  const { user_name: name, origin } = decodeJwt(token);
  return double.users.get(`${name}@${origin}`);
}
