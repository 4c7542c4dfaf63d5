import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { manyGuids } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { homeOf } from '../acting.ts';
import { accepted, json, noContent, type RouteOf } from '../asked.ts';
import type { CfJob } from '../rows.ts';
import {
  changedBinding,
  changedManaged,
  changedUserProvided,
  instanceKind,
  newManaged,
  newUserProvided,
  visibilityBody,
} from './bodies.ts';
import {
  createManaged,
  createUserProvided,
  credentialsOfInstance,
  deleteInstance,
  editable,
  instanceOf,
  listInstances,
  parametersOfInstance,
  showInstance,
  updateManaged,
  updateUserProvided,
} from './instances.ts';
import {
  brokerOf,
  listBrokers,
  listOfferings,
  listPlans,
  planOf,
  removeVisibility,
  setVisibility,
  showOffering,
  showPlan,
  updateOffering,
  updatePlan,
  visibilityView,
} from './offerings.ts';
import { sharedSpaces, shareInstance, unshareInstance, usageOfSharedSpaces } from './sharing.ts';
import { brokerView, instanceView, offeringView, planView } from './view.ts';

/** The marketplace: brokers, offerings and plans. */
export function marketplaceRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/service_brokers',
    route((asked) => json(listBrokers(asked, asked.query))),
  );
  app.get(
    '/v3/service_brokers/:guid',
    route((asked) => json(brokerView(asked, brokerOf(asked, asked.param())))),
  );
  app.get(
    '/v3/service_offerings',
    route((asked) => json(listOfferings(asked, asked.query)), { open: true }),
  );
  app.get(
    '/v3/service_offerings/:guid',
    route((asked) => json(showOffering(asked, asked.param(), asked.query)), { open: true }),
  );
  app.patch(
    '/v3/service_offerings/:guid',
    route(async (asked) =>
      json(offeringView(asked, updateOffering(asked, asked.param(), await asked.body(changedBinding)))),
    ),
  );
  app.get(
    '/v3/service_plans',
    route((asked) => json(listPlans(asked, asked.query)), { open: true }),
  );
  app.get(
    '/v3/service_plans/:guid',
    route((asked) => json(showPlan(asked, asked.param(), asked.query)), { open: true }),
  );
  app.patch(
    '/v3/service_plans/:guid',
    route(async (asked) => json(planView(asked, updatePlan(asked, asked.param(), await asked.body(changedBinding))))),
  );
  const visibility = '/v3/service_plans/:guid/visibility';
  app.get(
    visibility,
    route((asked) => json(visibilityView(asked, planOf(asked, asked.param())))),
  );
  app.patch(
    visibility,
    route(async (asked) => {
      const body = await asked.body(visibilityBody);
      return json(visibilityView(asked, setVisibility(asked, asked.param(), body, { add: false })));
    }),
  );
  app.post(
    visibility,
    route(async (asked) => {
      const plan = setVisibility(asked, asked.param(), await asked.body(visibilityBody), { add: true });
      return json({ type: plan.visibility });
    }),
  );
  app.delete(
    `${visibility}/:org`,
    route((asked) => {
      removeVisibility(asked, asked.param(), asked.param('org'));
      return noContent();
    }),
  );
}

export function instanceRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  const one = '/v3/service_instances/:guid';
  app.get(
    '/v3/service_instances',
    route((asked) => json(listInstances(asked, asked.query))),
  );
  app.post(
    '/v3/service_instances',
    route(async (asked) => {
      const { type } = await asked.body(instanceKind);
      if (type === 'managed') return accepted(createManaged(asked, await asked.body(newManaged)));
      return json(instanceView(asked, createUserProvided(asked, await asked.body(newUserProvided))), 201);
    }),
  );
  app.get(
    one,
    route((asked) => json(showInstance(asked, asked.param(), asked.query))),
  );
  app.patch(
    one,
    route(async (asked) => {
      const instance = editable(asked, asked.param());
      if (instance.plan === undefined) {
        return json(instanceView(asked, updateUserProvided(asked, instance, await asked.body(changedUserProvided))));
      }
      const result = updateManaged(asked, instance, await asked.body(changedManaged));
      return isJob(result) ? accepted(result) : json(instanceView(asked, result));
    }),
  );
  app.delete(
    one,
    route((asked) => {
      const job = deleteInstance(asked, asked.param(), { purge: asked.query.get('purge') === 'true' });
      return job ? accepted(job) : noContent();
    }),
  );
  app.get(
    `${one}/credentials`,
    route((asked) => json(credentialsOfInstance(asked, asked.param()))),
  );
  app.get(
    `${one}/parameters`,
    route((asked) => json(parametersOfInstance(asked, asked.param()))),
  );
  app.get(
    `${one}/permissions`,
    route((asked) => {
      const space = homeOf(asked, instanceOf(asked, asked.param()));
      return json({ manage: asked.see.develops(space), read: true });
    }),
  );
  app.get(
    `${one}/relationships/shared_spaces`,
    route((asked) => json(sharedSpaces(asked, asked.param(), asked.query))),
  );
  app.get(
    `${one}/relationships/shared_spaces/usage_summary`,
    route((asked) => json(usageOfSharedSpaces(asked, asked.param()))),
  );
  app.post(
    `${one}/relationships/shared_spaces`,
    route(async (asked) => json(shareInstance(asked, asked.param(), await asked.body(manyGuids)))),
  );
  app.delete(
    `${one}/relationships/shared_spaces/:space`,
    route((asked) => {
      unshareInstance(asked, asked.param(), asked.param('space'));
      return noContent();
    }),
  );
}

export function isJob(result: object): result is CfJob {
  return 'operation' in result;
}
