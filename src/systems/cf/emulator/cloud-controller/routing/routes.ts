import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { manyGuids, oneGuid } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { link } from '../acting.ts';
import { accepted, json, noContent, type RouteOf } from '../asked.ts';
import { createRoute, deleteRoute, listRoutes, routeOf, showRoute, updateRoute } from './app-routes.ts';
import { changedDestination, changedRoute, destinationsBody, newRoute } from './bodies.ts';
import { changeDestination, mapRoute, unmapRoute } from './destinations.ts';
import { shareable, sharedSpacesView, shareRoute, transferRoute, unshareRoute } from './sharing.ts';
import { destinationsView, destinationView, routeView } from './view.ts';

/** Routes of apps, not of this server. */
export function routingRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/routes',
    route((asked) => json(listRoutes(asked, asked.query))),
  );
  app.post(
    '/v3/routes',
    route(async (asked) => json(routeView(asked, createRoute(asked, await asked.body(newRoute))), 201)),
  );
  app.get(
    '/v3/routes/:guid',
    route((asked) => json(showRoute(asked, asked.param(), asked.query))),
  );
  app.patch(
    '/v3/routes/:guid',
    route(async (asked) => json(routeView(asked, updateRoute(asked, asked.param(), await asked.body(changedRoute))))),
  );
  app.delete(
    '/v3/routes/:guid',
    route((asked) => accepted(deleteRoute(asked, asked.param()))),
  );

  const destinations = '/v3/routes/:guid/destinations';
  app.get(
    destinations,
    route((asked) => json(destinationsView(asked, routeOf(asked, asked.param())))),
  );
  app.post(
    destinations,
    route(async (asked) => {
      const mapped = mapRoute(asked, asked.param(), await asked.body(destinationsBody), { replace: false });
      return json(destinationsView(asked, mapped));
    }),
  );
  app.patch(
    destinations,
    route(async (asked) => {
      const mapped = mapRoute(asked, asked.param(), await asked.body(destinationsBody), { replace: true });
      return json(destinationsView(asked, mapped));
    }),
  );
  app.patch(
    `${destinations}/:destination`,
    route(async (asked) => {
      const body = await asked.body(changedDestination);
      const changed = changeDestination(asked, asked.param(), asked.param('destination'), body);
      const of = `/v3/routes/${asked.param()}`;
      return json({
        ...destinationView(changed),
        links: { destinations: link(asked, `${of}/destinations`), route: link(asked, of) },
      });
    }),
  );
  app.delete(
    `${destinations}/:destination`,
    route((asked) => {
      unmapRoute(asked, asked.param(), asked.param('destination'));
      return noContent();
    }),
  );

  const sharedSpaces = '/v3/routes/:guid/relationships/shared_spaces';
  app.get(
    sharedSpaces,
    route((asked) => json(sharedSpacesView(asked, asked.param()))),
  );
  app.post(
    sharedSpaces,
    route(async (asked) =>
      json(shareRoute(asked, asked.param(), await asked.body(manyGuids, () => shareable(asked, asked.param())))),
    ),
  );
  app.delete(
    `${sharedSpaces}/:space`,
    route((asked) => {
      unshareRoute(asked, asked.param(), asked.param('space'));
      return noContent();
    }),
  );
  app.patch(
    '/v3/routes/:guid/relationships/space',
    route(async (asked) => {
      transferRoute(asked, asked.param(), await asked.body(oneGuid));
      return json({ status: 'ok' });
    }),
  );
}
