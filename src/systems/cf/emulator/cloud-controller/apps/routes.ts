import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { homeOf } from '../acting.ts';
import { accepted, json, type RouteOf } from '../asked.ts';
import { startJob } from '../jobs.ts';
import { listRoutes } from '../routing/app-routes.ts';
import { act, appOf, createApp, deleteApp, editable, listApps, showApp, updateApp } from './apps.ts';
import { assignedDroplet, changedApp, changedEnvironment, changedFeature, newApp } from './bodies.ts';
import { assignDroplet, currentDroplet, dropletRelation, dropletView, listBuilds, listDroplets } from './builds.ts';
import { fullEnvironment, readableEnvironment, updateEnvironment } from './environment.ts';
import { editableFeature, listFeatures, setFeature, showFeature, sshStatus } from './features.ts';
import { manifestOf } from './manifest.ts';
import { listPackages } from './packages.ts';
import { appView, environmentView } from './view.ts';

export function appRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/apps',
    route((asked) => json(listApps(asked, asked.query))),
  );
  app.post(
    '/v3/apps',
    route(async (asked) => json(appView(asked, createApp(asked, await asked.body(newApp))), 201)),
  );
  app.get(
    '/v3/apps/:guid',
    route((asked) => json(showApp(asked, asked.param(), asked.query))),
  );
  app.patch(
    '/v3/apps/:guid',
    route(async (asked) => json(appView(asked, updateApp(asked, asked.param(), await asked.body(changedApp))))),
  );
  app.delete(
    '/v3/apps/:guid',
    route((asked) => accepted(deleteApp(asked, asked.param()))),
  );
  for (const action of ['start', 'stop', 'restart'] as const) {
    app.post(
      `/v3/apps/:guid/actions/${action}`,
      route((asked) => json(appView(asked, act(asked, asked.param(), action)))),
    );
  }
  app.post(
    '/v3/apps/:guid/actions/clear_buildpack_cache',
    route((asked) => {
      editable(asked, asked.param(), 'managesApps');
      return accepted(startJob(asked, 'app.clear_buildpack_cache'));
    }),
  );
  app.get(
    '/v3/apps/:guid/env',
    route((asked) => json(fullEnvironment(asked, asked.param()))),
  );
  app.get(
    '/v3/apps/:guid/environment_variables',
    route((asked) => json(environmentView(asked, readableEnvironment(asked, asked.param())))),
  );
  app.patch(
    '/v3/apps/:guid/environment_variables',
    route(async (asked) => {
      const { var: sent } = await asked.body(changedEnvironment, () => editable(asked, asked.param(), 'managesApps'));
      return json(environmentView(asked, updateEnvironment(asked, asked.param(), sent)));
    }),
  );
  app.get(
    '/v3/apps/:guid/features',
    route((asked) => json(listFeatures(asked, asked.param()))),
  );
  app.get(
    '/v3/apps/:guid/features/:name',
    route((asked) => json(showFeature(asked, asked.param(), asked.param('name')))),
  );
  app.patch(
    '/v3/apps/:guid/features/:name',
    route(async (asked) => {
      const { enabled } = await asked.body(changedFeature, () =>
        editableFeature(asked, asked.param(), asked.param('name')),
      );
      return json(setFeature(asked, asked.param(), asked.param('name'), enabled));
    }),
  );
  app.get(
    '/v3/apps/:guid/ssh_enabled',
    route((asked) => json(sshStatus(asked, asked.param()))),
  );
  app.get(
    '/v3/apps/:guid/permissions',
    route((asked) => {
      const space = homeOf(asked, appOf(asked, asked.param()));
      return json({ read_basic_data: true, read_sensitive_data: asked.see.readsSecretsOf(space) });
    }),
  );
  app.get(
    '/v3/apps/:guid/manifest',
    route(
      (asked) =>
        new Response(manifestOf(asked, asked.param()), {
          headers: { 'content-type': 'application/x-yaml; charset=utf-8' },
        }),
    ),
  );
  app.get(
    '/v3/apps/:guid/routes',
    route((asked) => json(listRoutes(asked, asked.query, appOf(asked, asked.param())))),
  );
  app.get(
    '/v3/apps/:guid/packages',
    route((asked) => json(listPackages(asked, asked.query, appOf(asked, asked.param())))),
  );
  app.get(
    '/v3/apps/:guid/builds',
    route((asked) => json(listBuilds(asked, asked.query, appOf(asked, asked.param())))),
  );
  app.get(
    '/v3/apps/:guid/droplets',
    route((asked) => json(listDroplets(asked, asked.query, { app: appOf(asked, asked.param()) }))),
  );
  app.get(
    '/v3/apps/:guid/droplets/current',
    route((asked) => json(dropletView(asked, currentDroplet(asked, asked.param())))),
  );
  app.get(
    '/v3/apps/:guid/relationships/current_droplet',
    route((asked) => json(dropletRelation(asked, asked.param(), currentDroplet(asked, asked.param()).guid))),
  );
  app.patch(
    '/v3/apps/:guid/relationships/current_droplet',
    route(async (asked) => {
      const body = await asked.body(assignedDroplet);
      return json(assignDroplet(asked, asked.param(), body.data?.guid));
    }),
  );
}
