import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { type Asked, accepted, json, noContent, type RouteOf } from '../asked.ts';
import { uploadIn } from '../uploads.ts';
import { appOf } from './apps.ts';
import { changedProcess, newBuild, newPackage, scaledProcess } from './bodies.ts';
import { buildOf, buildView, createBuild, dropletOf, dropletView, listBuilds, listDroplets } from './builds.ts';
import { newDeployment } from './deployment-body.ts';
import { actOnDeployment, createDeployment, deploymentOf, deploymentView, listDeployments } from './deployments.ts';
import { createPackage, deletePackage, listPackages, packageOf, packageView, uploadPackage } from './packages.ts';
import {
  changedLabels,
  changedPackage,
  deleteDroplet,
  editableBuild,
  editableDeployment,
  editableDroplet,
  terminateInstance,
  updateBuild,
  updateDeployment,
  updateDroplet,
  updatePackage,
} from './part-changes.ts';
import {
  editable,
  listProcesses,
  processOf,
  processView,
  scalable,
  scaleProcess,
  statsView,
  updateProcess,
} from './processes.ts';

/** Processes, packages, builds, droplets and deployments. */
export function appPartRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/processes',
    route((asked) => json(listProcesses(asked, asked.query))),
  );
  app.get(
    '/v3/apps/:guid/processes',
    route((asked) => json(listProcesses(asked, asked.query, appOf(asked, asked.param())))),
  );
  // A process is named by its GUID, or by its app and type.
  const places = [
    ['/v3/processes/:guid', (asked: Asked) => ({ guid: asked.param() })],
    ['/v3/apps/:guid/processes/:type', (asked: Asked) => ({ app: asked.param(), type: asked.param('type') })],
  ] as const;
  for (const [path, place] of places) {
    app.get(
      path,
      route((asked) => json(processView(asked, processOf(asked, place(asked))))),
    );
    app.patch(
      path,
      route(async (asked) => {
        const body = await asked.body(changedProcess, () => editable(asked, processOf(asked, place(asked))));
        return json(processView(asked, updateProcess(asked, processOf(asked, place(asked)), body)));
      }),
    );
    app.get(
      `${path}/stats`,
      route((asked) => json(statsView(asked, processOf(asked, place(asked))))),
    );
    app.delete(
      `${path}/instances/:index`,
      route((asked) => {
        terminateInstance(asked, processOf(asked, place(asked)), asked.param('index'));
        return noContent();
      }),
    );
    app.post(
      `${path}/actions/scale`,
      route(async (asked) => {
        const body = await asked.body(scaledProcess, () => scalable(asked, processOf(asked, place(asked))));
        return json(processView(asked, scaleProcess(asked, processOf(asked, place(asked)), body)), 202);
      }),
    );
  }

  app.get(
    '/v3/packages',
    route((asked) => json(listPackages(asked, asked.query))),
  );
  app.post(
    '/v3/packages',
    route(async (asked) => json(packageView(asked, createPackage(asked, await asked.body(newPackage))), 201)),
  );
  app.get(
    '/v3/packages/:guid',
    route((asked) => json(packageView(asked, packageOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/packages/:guid',
    route(async (asked) =>
      json(packageView(asked, updatePackage(asked, asked.param(), await asked.body(changedPackage)))),
    ),
  );
  app.delete(
    '/v3/packages/:guid',
    route((asked) => accepted(deletePackage(asked, asked.param()))),
  );
  app.post(
    '/v3/packages/:guid/upload',
    route(async (asked) => {
      const uploaded = uploadPackage(asked, asked.param(), await bitsIn(asked.c.req.raw));
      return json(packageView(asked, uploaded, uploaded.state));
    }),
  );
  app.get(
    '/v3/packages/:guid/droplets',
    route((asked) => json(listDroplets(asked, asked.query, { package: asked.param() }))),
  );

  app.get(
    '/v3/builds',
    route((asked) => json(listBuilds(asked, asked.query))),
  );
  app.post(
    '/v3/builds',
    route(async (asked) => json(buildView(asked, createBuild(asked, await asked.body(newBuild)), 'STAGING'), 201)),
  );
  app.get(
    '/v3/builds/:guid',
    route((asked) => json(buildView(asked, buildOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/builds/:guid',
    route(async (asked) => {
      const body = await asked.body(changedLabels, () => editableBuild(asked, asked.param()));
      return json(buildView(asked, updateBuild(asked, asked.param(), body)));
    }),
  );
  app.get(
    '/v3/droplets',
    route((asked) => json(listDroplets(asked, asked.query, undefined))),
  );
  app.get(
    '/v3/droplets/:guid',
    route((asked) => json(dropletView(asked, dropletOf(asked, asked.param())))),
  );

  app.patch(
    '/v3/droplets/:guid',
    route(async (asked) => {
      const body = await asked.body(changedLabels, () => editableDroplet(asked, asked.param()));
      return json(dropletView(asked, updateDroplet(asked, asked.param(), body)));
    }),
  );
  app.delete(
    '/v3/droplets/:guid',
    route((asked) => accepted(deleteDroplet(asked, asked.param()))),
  );

  app.get(
    '/v3/deployments',
    route((asked) => json(listDeployments(asked, asked.query))),
  );
  app.post(
    '/v3/deployments',
    route(async (asked) => {
      return json(deploymentView(asked, createDeployment(asked, await asked.body(newDeployment))), 201);
    }),
  );
  app.get(
    '/v3/deployments/:guid',
    route((asked) => json(deploymentView(asked, deploymentOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/deployments/:guid',
    route(async (asked) => {
      const body = await asked.body(changedLabels, () => editableDeployment(asked, asked.param()));
      return json(deploymentView(asked, updateDeployment(asked, asked.param(), body)));
    }),
  );
  for (const action of ['cancel', 'continue'] as const) {
    app.post(
      `/v3/deployments/:guid/actions/${action}`,
      route((asked) => {
        actOnDeployment(asked, asked.param(), action);
        return new Response(null, { status: 200 });
      }),
    );
  }
}

/** The file in the field `bits` of a form; what is no form is taken as it is. */
async function bitsIn(request: Request): Promise<Uint8Array> {
  const upload = await uploadIn(request.clone());
  return upload?.bytes ?? new Uint8Array(await request.arrayBuffer());
}
