import { Hono } from 'hono';
import { html } from 'hono/html';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { tenantOf } from '../hosts.ts';
import type { Services } from '../services.ts';
import { stopPage } from '../sign-in/pages.ts';
import { cardDocument } from '../web/document.ts';
import { pageResponse, redirect, sessionAt } from '../web/visits.ts';
import { UnsafeRequest } from './authorization-request.ts';
import { type Logout, logOut } from './logout.ts';

/** Seconds that the other applications' pages have to load (ias 3d6abcc). */
const WAIT_SECONDS = 3;

/** `/oauth2/logout` (ias ec674f4). */
export function logoutRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });
  app.on(['GET', 'POST'], '/oauth2/logout', async (c) => {
    const tenant = tenantOf(services, c);
    const params = new URL(c.req.url).searchParams;
    if (c.req.method === 'POST') {
      for (const [name, value] of new URLSearchParams(await c.req.text())) params.set(name, value);
    }
    try {
      const logout = await logOut(services, tenant, sessionAt(services, c, tenant), params);
      return logout.frontChannel.length === 0 ? redirect(logout.location) : frontChannelPage(tenant.host, logout);
    } catch (error) {
      if (!(error instanceof UnsafeRequest)) throw error;
      const page = stopPage({ host: tenant.host, title: 'Request Refused', text: error.message });
      return pageResponse(page, { status: 400 });
    }
  });
  return app;
}

/** Loads the other applications' logout pages unseen, then goes on; without frames the link does. */
async function frontChannelPage(host: string, { location, frontChannel }: Logout): Promise<Response> {
  const page = cardDocument({
    title: 'Signing Out',
    host,
    body: html`<p>Signing out of all applications.</p>
${frontChannel.map(
  (uri) => html`<iframe src="${uri}" title="Sign-out of an application" hidden></iframe>
`,
)}
<p><a href="${location}">Continue</a></p>`,
  });
  const response = await pageResponse(page, { frames: [...new Set(frontChannel.map((uri) => new URL(uri).origin))] });
  response.headers.set('refresh', `${WAIT_SECONDS}; url=${location}`);
  return response;
}
