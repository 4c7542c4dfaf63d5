import type { Hono } from 'hono';
import type { z } from 'zod';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { ApiError, badRequest } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { manyGuids } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { type Asked, accepted, json, noContent, type RouteOf } from '../asked.ts';
import type { CfJob } from '../rows/platform.ts';
import {
  changedBinding,
  changedManaged,
  changedUserProvided,
  instanceKind,
  newManaged,
  newUserProvided,
  visibilityBody,
} from './bodies.ts';
import { deleteInstance, updateManaged, updateUserProvided } from './instance-changes.ts';
import { createManaged, createUserProvided, requireCreation } from './instance-creation.ts';
import {
  credentialsOfInstance,
  editable,
  instancePermissions,
  listInstances,
  parametersOfInstance,
  showInstance,
} from './instances.ts';
import {
  brokerOf,
  editableOffering,
  editablePlan,
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
import { shareable, sharedSpaces, shareInstance, unshareInstance, usageOfSharedSpaces } from './sharing.ts';
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
      json(
        offeringView(
          asked,
          updateOffering(
            asked,
            asked.param(),
            await asked.body(changedBinding, () => editableOffering(asked, asked.param())),
          ),
        ),
      ),
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
    route(async (asked) =>
      json(
        planView(
          asked,
          updatePlan(asked, asked.param(), await asked.body(changedBinding, () => editablePlan(asked, asked.param()))),
        ),
      ),
    ),
  );
  const visibility = '/v3/service_plans/:guid/visibility';
  app.get(
    visibility,
    route((asked) => json(visibilityView(asked, planOf(asked, asked.param())))),
  );
  app.patch(
    visibility,
    route(async (asked) => {
      const body = await visibilityOf(asked);
      return json(visibilityView(asked, setVisibility(asked, asked.param(), body, { add: false })));
    }),
  );
  app.post(
    visibility,
    route(async (asked) => {
      const plan = setVisibility(asked, asked.param(), await visibilityOf(asked), { add: true });
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
      const { type } = await asked.body(instanceKind, () => requireCreation(asked));
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
    route((asked) => json(instancePermissions(asked, asked.param()))),
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
    route(async (asked) =>
      json(shareInstance(asked, asked.param(), await asked.body(manyGuids, () => shareable(asked, asked.param())))),
    ),
  );
  app.delete(
    `${one}/relationships/shared_spaces/:space`,
    route((asked) => {
      unshareInstance(asked, asked.param(), asked.param('space'));
      return noContent();
    }),
  );
}

/** A wrong body of a visibility is a bad request, not an unprocessable one. */
async function visibilityOf(asked: Asked): Promise<z.infer<typeof visibilityBody>> {
  try {
    return await asked.body(visibilityBody, () => editablePlan(asked, asked.param()));
  } catch (error) {
    if (error instanceof ApiError && error.status === 422) throw badRequest(error.message);
    throw error;
  }
}

export function isJob(result: object): result is CfJob {
  return 'operation' in result;
}
