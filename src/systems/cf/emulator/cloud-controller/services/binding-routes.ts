import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { accepted, json, noContent, type RouteOf } from '../asked.ts';
import { createBinding } from './bind.ts';
import {
  deleteBinding,
  detailsOf,
  listBindings,
  parametersOf,
  showBinding,
  updateBinding,
  writable,
} from './bindings.ts';
import { bindingKind, changedBinding, newAppBinding, newKey, newRouteBinding } from './bodies.ts';
import {
  createRouteBinding,
  deleteRouteBinding,
  editable as editableRouteBinding,
  listRouteBindings,
  parametersOfRouteBinding,
  routeBindingView,
  showRouteBinding,
  updateRouteBinding,
} from './route-bindings.ts';
import { isJob } from './routes.ts';
import { bindingView } from './view.ts';

/** Credential bindings and keys, and bindings of routes. */
export function bindingRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  const one = '/v3/service_credential_bindings/:guid';
  app.get(
    '/v3/service_credential_bindings',
    route((asked) => json(listBindings(asked, asked.query))),
  );
  app.post(
    '/v3/service_credential_bindings',
    route(async (asked) => {
      const kind = await asked.body(bindingKind);
      const { relationships } = await asked.body(kind.type === 'app' ? newAppBinding : newKey);
      const result = await createBinding(asked, { ...kind, relationships });
      return isJob(result) ? accepted(result) : json(bindingView(asked, result), 201);
    }),
  );
  app.get(
    one,
    route((asked) => json(showBinding(asked, asked.param(), asked.query))),
  );
  app.patch(
    one,
    route(async (asked) =>
      json(
        bindingView(
          asked,
          updateBinding(asked, asked.param(), await asked.body(changedBinding, () => writable(asked, asked.param()))),
        ),
      ),
    ),
  );
  app.delete(
    one,
    route((asked) => {
      const job = deleteBinding(asked, asked.param());
      return job ? accepted(job) : noContent();
    }),
  );
  app.get(
    `${one}/details`,
    route((asked) => json(detailsOf(asked, asked.param()))),
  );
  app.get(
    `${one}/parameters`,
    route((asked) => json(parametersOf(asked, asked.param()))),
  );

  const ofRoute = '/v3/service_route_bindings/:guid';
  app.get(
    '/v3/service_route_bindings',
    route((asked) => json(listRouteBindings(asked, asked.query))),
  );
  app.post(
    '/v3/service_route_bindings',
    route(async (asked) => {
      const result = createRouteBinding(asked, await asked.body(newRouteBinding));
      return isJob(result) ? accepted(result) : json(routeBindingView(asked, result), 201);
    }),
  );
  app.get(
    ofRoute,
    route((asked) => json(showRouteBinding(asked, asked.param(), asked.query))),
  );
  app.patch(
    ofRoute,
    route(async (asked) =>
      json(
        routeBindingView(
          asked,
          updateRouteBinding(
            asked,
            asked.param(),
            await asked.body(changedBinding, () => editableRouteBinding(asked, asked.param())),
          ),
        ),
      ),
    ),
  );
  app.delete(
    ofRoute,
    route((asked) => {
      const job = deleteRouteBinding(asked, asked.param());
      return job ? accepted(job) : noContent();
    }),
  );
  app.get(
    `${ofRoute}/parameters`,
    route((asked) => parametersOfRouteBinding(asked, asked.param())),
  );
}
