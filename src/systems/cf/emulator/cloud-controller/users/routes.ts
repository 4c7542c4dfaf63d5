import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { accepted, json, type RouteOf } from '../asked.ts';
import {
  changedUser,
  createUser,
  deleteUser,
  editable,
  listUsers,
  newUser,
  requireCreator,
  updateUser,
  userOf,
} from './users.ts';
import { userView } from './view.ts';

export function userRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/users',
    route((asked) => json(listUsers(asked, asked.query))),
  );
  app.post(
    '/v3/users',
    route(async (asked) =>
      json(userView(asked, createUser(asked, await asked.body(newUser, () => requireCreator(asked)))), 201),
    ),
  );
  app.get(
    '/v3/users/:guid',
    route((asked) => json(userView(asked, userOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/users/:guid',
    route(async (asked) =>
      json(
        userView(
          asked,
          updateUser(asked, asked.param(), await asked.body(changedUser, () => editable(asked, asked.param()))),
        ),
      ),
    ),
  );
  app.delete(
    '/v3/users/:guid',
    route((asked) => accepted(deleteUser(asked, asked.param()))),
  );
}
