import { type Context, Hono } from 'hono';
import type { EmulatorContext, HostMount } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { readTokenRequest } from '../../../protocols/oauth/emulator.ts';
import { type Limits, limitedText } from '../limits.ts';
import type { AuthzStore, OAuthClient } from '../store.ts';
import { certificateDomain, uaaDomain } from './addresses.ts';
import { authenticateClient } from './clients.ts';
import { openIdConfiguration } from './documents.ts';
import {
  insufficientScope,
  invalidRequest,
  invalidScope,
  methodNotAllowed,
  noZone,
  OAuthError,
  refusedBearer,
} from './errors.ts';
import type { Grants } from './grants.ts';
import type { TokenAnswer, Tokens } from './tokens.ts';

export type Call = Context<HostEnv>;

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

export interface XsuaaParts {
  readonly store: AuthzStore;
  readonly tokens: Tokens;
  readonly grants: Grants;
  readonly limits: Limits;
}

/** Zone of a request: the header switches the tenant (R3), the query does so for the keys (R4), else it is the host's. */
export function zoneOf(ctx: Pick<EmulatorContext, 'world'>, c: Call): Zone {
  const accounts = ctx.world.use('accounts');
  const { subdomain, region = '' } = c.env;
  const zid = c.req.header('x-zid') ?? c.req.query('zid');
  const named = zid === undefined ? undefined : accounts.zone(zid);
  const own = subdomain === undefined ? undefined : accounts.zoneBySubdomain(subdomain, region);
  const zone = zid === undefined ? own : named?.authorizations && named.region === region ? named : undefined;
  if (!zone) throw noZone();
  return zone;
}

/** An answer, or what became of it when XSUAA refuses. */
function answering(respond: (c: Call) => Promise<Response> | Response): (c: Call) => Promise<Response> {
  return async (c) => {
    try {
      return await respond(c);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return c.json(error.body(), error.status, { ...NO_STORE, ...error.headers() });
    }
  };
}

/** XSUAA for programs: tokens, keys, discovery, and looking into tokens. */
export function tokenRoutes(ctx: EmulatorContext, { store, tokens, grants, limits }: XsuaaParts): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  async function clientOf(c: Call, zone: Zone): Promise<{ client: OAuthClient; params: URLSearchParams }> {
    const request = await readTokenRequest(c.req.raw, limitedText);
    return { client: authenticateClient(ctx, store, zone, { request, raw: c.req.raw }), params: request.params };
  }

  /** A request with an access token instead of client credentials; undefined when it is none. */
  async function handedOver(c: Call, zone: Zone): Promise<TokenAnswer | undefined> {
    const bearer = bearerOf(c);
    if (bearer === undefined) return undefined;
    const { params } = await readTokenRequest(c.req.raw.clone(), limitedText);
    if (params.get('grant_type') !== 'user_token') return undefined;
    return grants.handOver(zone, await tokens.read(zone, bearer), params);
  }

  const token = answering(async (c) => {
    if (c.req.method !== 'POST') throw methodNotAllowed(c.req.method);
    const zone = zoneOf(ctx, c);
    await limits.admit(c.req.raw, zone.guid, 'token');
    const handed = await handedOver(c, zone);
    if (handed) return c.json(handed, 200, NO_STORE);
    const { client, params } = await clientOf(c, zone);
    return c.json(await grants.grant(zone, client, params), 200, NO_STORE);
  });
  app.all('/oauth/token', token).all('/oauth/token/', token);

  app.get(
    '/token_keys',
    answering(async (c) => c.json({ keys: await tokens.keys(zoneOf(ctx, c)).list() })),
  );
  // One of them, as UAA TokenKeyEndpoint does.
  app.get(
    '/token_key',
    answering(async (c) => c.json((await tokens.keys(zoneOf(ctx, c)).list())[0] ?? {})),
  );

  const discovery = answering((c) => c.json(openIdConfiguration(zoneOf(ctx, c), new URL(c.req.url).origin)));
  app.get('/.well-known/openid-configuration', discovery);
  app.get('/oauth/token/.well-known/openid-configuration', discovery);

  // UAA asks for `uaa.resource` here. XSUAA gives it to its clients by itself (btp:764abf2), so that every one may. What the answers
  // look like, and that GET is taken, is UAA's (recorded of the open-source one); that XSUAA has it so is assumed.
  app.on(
    ['GET', 'POST'],
    '/check_token',
    answering(async (c) => {
      const zone = zoneOf(ctx, c);
      const { params } = await clientOf(c, zone);
      const text = params.get('token');
      if (!text) throw new OAuthError(400, 'invalid_token', 'Token parameter must be set');
      const claims = await tokens.read(zone, text).catch((error: unknown) => {
        throw error instanceof OAuthError ? new OAuthError(400, error.error, error.message) : error;
      });
      const held = Array.isArray(claims.scope) ? claims.scope : [];
      const missing = params
        .get('scopes')
        ?.split(',')
        .find((scope) => !held.includes(scope));
      if (missing !== undefined) throw invalidScope(`Some requested scopes are missing: ${missing}`);
      return c.json({ revocable: false, ...claims });
    }),
  );

  // UAA IntrospectEndpoint: whatever is wrong with the token, it is not active.
  app.post(
    '/introspect',
    answering(async (c) => {
      const zone = zoneOf(ctx, c);
      const text = (await clientOf(c, zone)).params.get('token');
      if (text === null) throw invalidRequest('Token parameter must be set');
      const claims = await tokens.read(zone, text).catch(() => undefined);
      return c.json({ revocable: false, ...(claims ? { ...claims, active: true } : { active: false }) });
    }),
  );

  // UAA UserInfoEndpoint takes every method.
  const userInfo = answering(async (c) => {
    const text = bearerOf(c);
    if (text === undefined) throw refusedBearer('Full authentication is required to access this resource');
    const zone = zoneOf(ctx, c);
    const claims = await tokens.read(zone, text);
    if (!Array.isArray(claims.scope) || !claims.scope.includes('openid')) {
      throw insufficientScope('openid');
    }
    return c.json({
      user_id: claims.user_id,
      user_name: claims.user_name,
      name: [claims.given_name, claims.family_name].filter(Boolean).join(' '),
      ...(claims.given_name === undefined ? {} : { given_name: claims.given_name }),
      ...(claims.family_name === undefined ? {} : { family_name: claims.family_name }),
      email: claims.email,
      email_verified: true,
      sub: claims.sub,
    });
  });
  app.get('/userinfo', userInfo).post('/userinfo', userInfo);
  return app;
}

function bearerOf(c: Call): string | undefined {
  return /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

/** One host per tenant, one per region where the header `x-zid` names the tenant, and those for certificates. */
export function mountXsuaa(ctx: EmulatorContext, routes: () => Hono<HostEnv>): readonly HostMount[] {
  const tenants = () =>
    ctx.world
      .use('accounts')
      .zones()
      .filter((zone) => zone.authorizations);
  const regions = () => [...new Set(tenants().map((zone) => zone.region))];
  return [uaaDomain, certificateDomain].flatMap((domain) => [
    mount(
      `{subdomain}.${domain('{region}')}`,
      () => tenants().map((zone) => `${zone.subdomain}.${domain(zone.region)}`),
      routes(),
      (_host, { subdomain = '', region = '' }) =>
        ctx.world.use('accounts').zoneBySubdomain(subdomain, region)?.authorizations === true,
    ),
    mount(domain('{region}'), () => regions().map(domain), routes()),
  ]);
}
