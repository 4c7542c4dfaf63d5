import { type Context, Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { readTokenRequest } from '../../../protocols/oauth/emulator.ts';
import { authenticateClient, rawBasicOf } from './clients.ts';
import { loginInfo, openIdConfiguration } from './documents.ts';
import {
  accessDenied,
  insufficientScope,
  invalidRequest,
  invalidScope,
  methodNotAllowed,
  UaaError,
  unauthorized,
} from './errors.ts';
import type { Uaa } from './grants.ts';
import type { UaaStore } from './store.ts';

type Call = Context<HostEnv>;

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** Routes of a UAA; the same ones answer on the `uaa` and the `login` host. */
export function uaaRoutes(
  ctx: Pick<EmulatorContext, 'switched'>,
  store: UaaStore,
  uaaOf: (landscape: string) => Uaa,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const landscapeOf = (c: Call) => c.env.landscape ?? '';
  const failed = (c: Call, error: unknown) => {
    if (!(error instanceof UaaError)) throw error;
    return c.json(error.body(), error.status as 400, {
      ...NO_STORE,
      ...(error.challenge === undefined ? {} : { 'www-authenticate': headerSafe(error.challenge) }),
    });
  };
  const answering = (respond: (c: Call) => Promise<Response>) => (c: Call) =>
    respond(c).catch((error: unknown) => failed(c, error));

  /** Client of a request: Basic or body. */
  const clientOf = async (c: Call) => {
    const request = await readTokenRequest(c.req.raw);
    const header = c.req.header('authorization') ?? null;
    // Landscapes in URI-encoding compatibility mode decode only when the client says that it encoded.
    const raw =
      ctx.switched('cf.uaaUriEncodingCompatibility', false) && c.req.header('x-cf-encoded-credentials') !== 'true'
        ? rawBasicOf(header)
        : undefined;
    const client = await authenticateClient(store, landscapeOf(c), request, raw);
    return { client, params: request.params };
  };

  const token = answering(async (c) => {
    if (c.req.method !== 'POST') throw methodNotAllowed(c.req.method);
    const { client, params } = await clientOf(c);
    const answer = await uaaOf(landscapeOf(c)).grant(client, params);
    return c.json(answer, 200, { ...NO_STORE, 'content-type': 'application/json;charset=UTF-8' });
  });
  app.all('/oauth/token', token).all('/oauth/token/', token);

  const info = (c: Call) =>
    c.json(loginInfo(landscapeOf(c)), 200, { 'content-type': 'application/json;charset=UTF-8' });
  app.get('/info', info).get('/login', (c, next) => {
    // Without this header UAA sends its login page, which is not emulated.
    return c.req.header('accept')?.includes('application/json') ? Promise.resolve(info(c)) : next();
  });

  const discovery = (c: Call) => c.json(openIdConfiguration(new URL(c.req.url).origin, landscapeOf(c)));
  app.get('/.well-known/openid-configuration', discovery);
  app.get('/oauth/token/.well-known/openid-configuration', discovery);

  app.get('/token_keys', async (c) => c.json({ keys: await uaaOf(landscapeOf(c)).tokens.keys.list() }));
  app.get('/token_key', async (c) => c.json((await uaaOf(landscapeOf(c)).tokens.keys.list())[0] ?? {}));

  /** A client that may look into tokens of others. */
  const inspector = async (c: Call) => {
    const { client, params } = await clientOf(c);
    if (!client.authorities.includes('uaa.resource')) throw accessDenied('Access is denied');
    return params;
  };

  app.post(
    '/check_token',
    answering(async (c) => {
      const params = await inspector(c);
      const text = params.get('token');
      if (!text) throw new UaaError(400, 'invalid_token', 'Token parameter must be set');
      const claims = await uaaOf(landscapeOf(c))
        .tokens.read(text)
        .catch((error: unknown) => {
          throw error instanceof UaaError ? new UaaError(400, error.error, error.message) : error;
        });
      const held = Array.isArray(claims.scope) ? claims.scope : [];
      const missing = params
        .get('scopes')
        ?.split(',')
        .find((scope) => !held.includes(scope));
      if (missing !== undefined) throw invalidScope(`Some requested scopes are missing: ${missing}`);
      return c.json(claims);
    }),
  );

  app.post(
    '/introspect',
    answering(async (c) => {
      const text = (await inspector(c)).get('token');
      if (!text) throw invalidRequest('Token parameter must be set');
      const claims = await uaaOf(landscapeOf(c))
        .tokens.read(text)
        .catch(() => undefined);
      return c.json(claims ? { ...claims, active: true } : { active: false });
    }),
  );

  app.get(
    '/userinfo',
    answering(async (c) => {
      const text = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
      if (text === undefined) throw unauthorized('Full authentication is required to access this resource');
      const claims = await uaaOf(landscapeOf(c)).tokens.read(text);
      if (!Array.isArray(claims.scope) || !claims.scope.includes('openid')) throw insufficientScope('openid');
      const user = store.user(landscapeOf(c), String(claims.user_id));
      if (!user) throw new UaaError(401, 'invalid_token', `Token bears a non-existent user ID: ${claims.user_id}`);
      const { givenName, familyName } = user;
      return c.json({
        user_id: user.id,
        user_name: user.userName,
        name: [givenName, familyName].filter(Boolean).join(' '),
        ...(givenName === undefined ? {} : { given_name: givenName }),
        ...(familyName === undefined ? {} : { family_name: familyName }),
        email: user.email,
        email_verified: user.verified,
        ...(user.previousLogonAt === undefined ? {} : { previous_logon_time: user.previousLogonAt }),
        sub: user.id,
      });
    }),
  );

  return app;
}

/** Header values are one line of Latin letters; bodies of identity providers may be anything. */
function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, ' ');
}
