import { type Context, Hono } from 'hono';
import type { HostEnv } from '../../../emulation/mount.ts';
import type { DemoApplication, IntegrationStore } from './store.ts';
import type { Claims, TokenValidator } from './tokens.ts';

/** An application that anybody could have written: it validates tokens as @sap/xssec does and shows what is in them. */
export function applicationRoutes(store: IntegrationStore, validate: TokenValidator): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  async function contextOf(c: Context<HostEnv>): Promise<{ application: DemoApplication; claims: Claims } | undefined> {
    const application = store.applications.get(new URL(c.req.url).host);
    const token = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const claims = application && token !== undefined ? await validate(token, application) : undefined;
    return application && claims && { application, claims };
  }

  app.get('/', (c) => c.text('This application wants a token: GET /security-context, GET /needs/<scope>\n'));

  app.get('/security-context', async (c) => {
    const context = await contextOf(c);
    return context ? c.json(securityContext(context.application, context.claims)) : unauthorized(c);
  });

  app.get('/needs/:scope', async (c) => {
    const context = await contextOf(c);
    if (!context) return unauthorized(c);
    const { application, claims } = context;
    if (!claims.scope.includes(`${application.appId}.${c.req.param('scope')}`)) return c.text('Forbidden', 403);
    return c.json(securityContext(application, claims));
  });
  return app;
}

function unauthorized(c: Context<HostEnv>): Response {
  return c.text('Unauthorized', 401, { 'www-authenticate': 'Bearer' });
}

/** What `createSecurityContext` gives an application. */
function securityContext({ appId }: DemoApplication, claims: Claims) {
  const { zid, cid, grant_type, scope, exp, user_name, email, origin } = claims;
  const local = scope.flatMap((name) => (name.startsWith(`${appId}.`) ? [name.slice(appId.length + 1)] : []));
  return {
    subaccount: zid,
    clientId: cid,
    grantType: grant_type,
    /** Without the application's name before them. */
    scopes: local,
    expiresAt: new Date(exp * 1000).toISOString(),
    ...(user_name === undefined ? {} : { user: { logonName: user_name, email, origin } }),
  };
}
