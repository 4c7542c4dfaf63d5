import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { accepted, json, type RouteOf } from '../asked.ts';
import { listRoles, showRole } from './lists.ts';
import { createRole, deleteRole, newRole } from './roles.ts';
import { roleView } from './view.ts';

export function roleRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/roles',
    route((asked) => json(listRoles(asked, asked.query))),
  );
  app.post(
    '/v3/roles',
    route(async (asked) => json(roleView(asked, createRole(asked, await asked.body(newRole))), 201)),
  );
  app.get(
    '/v3/roles/:guid',
    route((asked) => json(showRole(asked, asked.param(), asked.query))),
  );
  app.delete(
    '/v3/roles/:guid',
    route((asked) => accepted(deleteRole(asked, asked.param()))),
  );
}
