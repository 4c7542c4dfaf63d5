import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import type { HostEnv } from '../../../emulation/mount.ts';
import { errorPage } from './errors.ts';
import type { Presented, Runtime } from './semantics.ts';
import type { IntegrationStore, Session } from './store.ts';

const COOKIE = 'JSESSIONID';
const CHALLENGE = { 'www-authenticate': 'Basic realm="Cloud Integration"' };
const READING = ['GET', 'HEAD', 'OPTIONS'];

/** `/http/<path>` of a runtime: the HTTPS sender of an integration flow, which tells what it received. */
export function runtimeRoutes(store: IntegrationStore, runtime: Runtime): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  app.all('/http/:path{.+}', async (c) => {
    const tenant = store.tenants.get(new URL(c.req.url).host);
    const flow = tenant?.flows.find((one) => one.path === c.req.param('path'));
    // assumed: an address that no flow has is told after the sender is known, as every servlet filter does.
    const asked = flow ?? { path: '', role: 'ESBMessaging.send', csrfProtected: false };
    if (!tenant) return errorPage(404);
    const access = await runtime.enter(tenant, asked, presentedBy(c));
    if (access.status === 'unauthenticated') return errorPage(401, CHALLENGE);
    if (access.status === 'unavailable') return errorPage(503);
    const cookie = setCookie(access.session);
    if (access.status === 'forbidden') return errorPage(403, cookie);
    if (!flow) return errorPage(404, cookie);
    const token = c.req.header('x-csrf-token');
    if (flow.csrfProtected && !READING.includes(c.req.method) && token !== access.session.csrfToken) {
      return errorPage(403, { ...cookie, 'x-csrf-token': 'required' });
    }
    return c.json(
      { integrationFlow: flow.path, sender: access.session.principal, received: (await c.req.text()).length },
      200,
      { ...cookie, ...(token?.toLowerCase() === 'fetch' ? { 'x-csrf-token': access.session.csrfToken } : {}) },
    );
  });
  return app;
}

function presentedBy(c: Context<HostEnv>): Presented {
  const [, scheme = '', value = ''] = /^(\w+) (.*)$/.exec(c.req.header('authorization') ?? '') ?? [];
  const session = getCookie(c, COOKIE);
  const shown = session === undefined ? {} : { session };
  if (scheme.toLowerCase() === 'bearer') return { ...shown, bearer: value };
  if (scheme.toLowerCase() !== 'basic') return shown;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return shown;
  return { ...shown, basic: { name: text.slice(0, colon), password: text.slice(colon + 1) } };
}

function setCookie(session: Session): Record<string, string> {
  return { 'set-cookie': `${COOKIE}=${session.id}; Path=/; Secure; HttpOnly` };
}
