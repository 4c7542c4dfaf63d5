import { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { readTokenRequest } from '../../../../protocols/oauth/emulator.ts';
import { authenticateCaller, bearerOf, mayAny, requireOwnScope } from '../callers.ts';
import { loginInfo, openIdConfiguration, userInfo } from '../documents.ts';
import { accessDenied, invalidScope, methodNotAllowed, UaaError, Unhandled } from '../errors.ts';
import {
  answering,
  type Call,
  callerAt,
  clientAt,
  JSON_UTF8,
  JSON_VIEW,
  NO_STORE,
  pathPart,
  queryOf,
  type UaaOf,
  uaaAt,
} from '../requests.ts';
import { grant } from './grants.ts';
import { listNothing, listTokens, revokeClient, revokeToken, revokeUser, revokeUserAtClient } from './revocation.ts';
import { checkToken } from './token-check.ts';
import { grantUserToken } from './user-token.ts';

/** The token endpoint and what is around it: keys, inspection, revocation, discovery. */
export function tokenRoutes(uaaOf: UaaOf): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  const token = answering(async (c) => {
    if (!['GET', 'POST'].includes(c.req.method)) throw methodNotAllowed(c.req.method);
    const answer = (await userToken(uaaOf, c)) ?? (await clientToken(uaaOf, c));
    return c.json(answer, 200, { ...NO_STORE, ...JSON_UTF8 });
  });
  app.all('/oauth/token', token).all('/oauth/token/', token);

  const info = (c: Call) => {
    const hint = queryOf(c).get('login_hint');
    const origins = [
      'uaa',
      ...uaaAt(uaaOf, c)
        .providers()
        .map((provider) => provider.originKey),
    ];
    return c.json(loginInfo(c.env.landscape ?? '', { hint, origins }), 200, {
      ...JSON_VIEW,
      'cache-control': 'no-store',
    });
  };
  app.get('/info', info);
  app.get('/login', (c, next) =>
    c.req.header('accept')?.includes('application/json') ? Promise.resolve(info(c)) : next(),
  );

  const discovery = (c: Call) => c.json(openIdConfiguration(new URL(c.req.url).origin, c.env.landscape ?? ''));
  app.get('/.well-known/openid-configuration', discovery);
  app.get('/oauth/token/.well-known/openid-configuration', discovery);

  // Anonymous callers see the keys too, but credentials that are sent must be right.
  const keyed = (respond: (list: readonly object[]) => object) =>
    answering(async (c) => {
      const { keys } = uaaAt(uaaOf, c).tokens;
      if (/^basic /i.test(c.req.header('authorization') ?? '')) await clientAt(uaaOf, c);
      const etag = `"${await keys.etag()}"`;
      if (c.req.header('if-none-match') === etag) return c.body(null, 304, { etag });
      return c.json(respond(await keys.list()), 200, { etag });
    });
  app.get(
    '/token_keys',
    keyed((keys) => ({ keys })),
  );
  app.get(
    '/token_key',
    keyed((keys) => keys[0] ?? {}),
  );

  const onlyRead = answering(async () => {
    throw new Unhandled(405);
  });
  for (const path of ['/token_keys', '/token_key']) app.all(path, onlyRead);
  app.get('/healthz', (c) => c.text('ok\n', 200, { 'content-type': 'text/plain;charset=ISO-8859-1' }));

  app.all(
    '/check_token',
    answering(async (c) => {
      const { client, params } = await clientAt(uaaOf, c);
      if (!client.authorities.includes('uaa.resource')) throw accessDenied();
      return c.json(await inspected(uaaOf, c, params));
    }),
  );

  app.post(
    '/introspect',
    answering(async (c) => {
      const uaa = uaaAt(uaaOf, c);
      const params = await inspector(uaaOf, c);
      const text = params.get('token');
      if (text === null) throw new Unhandled(400);
      const checked = await checkToken(uaa, text).catch((error: unknown) => {
        if (error instanceof UaaError) return undefined;
        throw error;
      });
      return c.json({
        revocable: false,
        ...(checked && !checked.expired ? { ...checked.claims, active: true } : { active: false }),
      });
    }),
  );
  app.all(
    '/introspect',
    answering(async (c) => {
      await inspector(uaaOf, c);
      throw methodNotAllowed(c.req.method);
    }),
  );

  const userinfo = answering(async (c) => {
    const caller = await callerAt(uaaOf, c);
    requireOwnScope(caller, 'openid');
    if (!caller.user) throw accessDenied();
    return c.json(userInfo(uaaAt(uaaOf, c), caller.user, caller.scopes));
  });
  app.get('/userinfo', userinfo).post('/userinfo', userinfo);

  const ending = (act: (uaa: ReturnType<UaaOf>, caller: Awaited<ReturnType<typeof callerAt>>, c: Call) => void) =>
    answering(async (c) => {
      act(uaaAt(uaaOf, c), await callerAt(uaaOf, c), c);
      return c.body(null, 200);
    });
  const revocation = '/oauth/token/revoke';
  app.on(
    ['GET', 'DELETE', 'POST'],
    `${revocation}/user/:user/client/:client`,
    ending((uaa, caller, c) => revokeUserAtClient(uaa, caller, pathPart(c, 'user'), pathPart(c, 'client'))),
  );
  app.on(
    ['GET', 'DELETE', 'POST'],
    `${revocation}/user/:user`,
    ending((uaa, caller, c) => revokeUser(uaa, caller, pathPart(c, 'user'))),
  );
  app.on(
    ['GET', 'DELETE', 'POST'],
    `${revocation}/client/:client`,
    ending((uaa, caller, c) => revokeClient(uaa, caller, pathPart(c, 'client'))),
  );
  app.delete(
    `${revocation}/:token`,
    ending((uaa, caller, c) => revokeToken(uaa, caller, pathPart(c, 'token'))),
  );

  app.all(
    `${revocation}/*`,
    answering(async (c) => {
      await callerAt(uaaOf, c);
      throw accessDenied();
    }),
  );

  app.get(
    '/oauth/token/list/user/:user',
    answering(async (c) =>
      c.json(listTokens(uaaAt(uaaOf, c), await callerAt(uaaOf, c), { user: pathPart(c, 'user') })),
    ),
  );
  app.get(
    '/oauth/token/list/client/:client',
    answering(async (c) =>
      c.json(listTokens(uaaAt(uaaOf, c), await callerAt(uaaOf, c), { client: pathPart(c, 'client') })),
    ),
  );
  app.get(
    '/oauth/token/list',
    answering(async (c) => {
      await callerAt(uaaOf, c);
      return listNothing();
    }),
  );
  return app;
}

async function clientToken(uaaOf: UaaOf, c: Call) {
  const { params, ...authenticated } = await clientAt(uaaOf, c);
  return grant(uaaAt(uaaOf, c), authenticated, params);
}

/** A request with an access token instead of client credentials; undefined when it is none. */
async function userToken(uaaOf: UaaOf, c: Call) {
  const header = c.req.header('authorization');
  if (bearerOf(header) === undefined) return undefined;
  const { params } = await readTokenRequest(c.req.raw.clone());
  if (params.get('grant_type') !== 'user_token' || !params.has('client_id')) return undefined;
  const uaa = uaaAt(uaaOf, c);
  return grantUserToken(uaa, await authenticateCaller(uaa, header), params);
}

/** Claims of a token for who may look; every refusal is a 400 here (UAA CheckTokenEndpoint). */
async function inspected(uaaOf: UaaOf, c: Call, params: URLSearchParams) {
  const refused = (text: string) => new UaaError(400, 'invalid_token', text);
  const text = params.get('token');
  if (!text) throw refused('Token parameter must be set');
  const { claims, expired, scopes } = await checkToken(uaaAt(uaaOf, c), text).catch((error: unknown) => {
    throw error instanceof UaaError ? refused(error.message) : error;
  });
  if (expired) throw refused('Token has expired');
  // An id token has the form of an access token, but not its claims.
  if ('email_verified' in claims) throw refused(`Invalid token (could not decode): ${text}`);
  const held = scopes.map((scope) => scope.toLowerCase());
  const missing = (params.get('scopes') ?? '')
    .split(',')
    .filter((scope) => scope !== '' && !held.includes(scope.toLowerCase()));
  if (missing.length > 0) throw invalidScope(`Some requested scopes are missing: ${missing.join(',')}`);
  return { revocable: false, ...claims };
}

/** Parameters of an introspection, by a client or a bearer that may look into tokens of others. */
async function inspector(uaaOf: UaaOf, c: Call): Promise<URLSearchParams> {
  if (bearerOf(c.req.header('authorization')) === undefined) {
    const { client, params } = await clientAt(uaaOf, c);
    if (!client.authorities.includes('uaa.resource')) throw accessDenied();
    return params;
  }
  const { params } = await readTokenRequest(c.req.raw.clone());
  if (!mayAny(await callerAt(uaaOf, c), 'uaa.resource')) throw accessDenied();
  return params;
}
