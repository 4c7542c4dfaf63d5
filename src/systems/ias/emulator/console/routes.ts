import { Hono } from 'hono';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { tenantOf } from '../hosts.ts';
import type { Services } from '../services.ts';
import { technicalUserRoutes } from '../technical-users/routes.ts';
import { seeOther } from '../web/visits.ts';
import { administratorRoutes } from './administrator-routes.ts';
import { applicationRoutes } from './application-pages.ts';
import { auditLogRoutes } from './audit-log-page.ts';
import { changeLogRoutes } from './change-log-page.ts';
import { consolePages } from './console-pages.ts';
import { CONSOLE_PATH, PLACES } from './frame.ts';
import { groupRoutes } from './group-pages.ts';
import { logonLogRoutes } from './logon-log-page.ts';
import { policyRoutes } from './policy-pages.ts';
import { settingsRoutes } from './settings-page.ts';
import { userRoutes } from './user-routes.ts';
import type { ConsolePages } from './visit.ts';

/**
 * The Administration Console, at the address where SAP's is. What an administrator can do there is SAP's; how its pages
 * look, their paths and forms are ours: SAP's is a program in JavaScript.
 */
export function consoleRoutes(services: Services): Hono<HostEnv> {
  const app = new Hono<HostEnv>({ strict: false });
  // The SAP ID service is SAP's own: no customer administers it.
  app.use(`${CONSOLE_PATH}/*`, async (c, next) => {
    if (tenantOf(services, c).kind === 'sap-id') return c.text('Not found', 404);
    return next();
  });
  const pages: ConsolePages = consolePages(services, app);
  pages.entrance('', (visit) => {
    const [first] = PLACES.filter(({ operation }) => visit.may(operation));
    return first && seeOther(CONSOLE_PATH + first.path);
  });
  for (const routes of [
    userRoutes,
    groupRoutes,
    technicalUserRoutes,
    administratorRoutes,
    applicationRoutes,
    policyRoutes,
    settingsRoutes,
    changeLogRoutes,
    logonLogRoutes,
    auditLogRoutes,
  ]) {
    routes(pages);
  }
  return app;
}
