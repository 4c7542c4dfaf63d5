import { z } from 'zod';
import { required } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { badQuery, notFound } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { atLeast, atMost, isText, optional } from '../../../../protocols/cf-v3/emulator/rules.ts';
import { type Acting, link, requireAdmin, type Shape, time } from '../acting.ts';
import { list } from '../listing.ts';
import type { CfFeatureFlag } from '../rows/platform.ts';

/** cloud_controller_ng, FeatureFlag; SAP's own setting of `service_instance_sharing` is recorded: sharing works. */
const DEFAULTS: Readonly<Record<string, boolean>> = {
  user_org_creation: false,
  private_domain_creation: true,
  app_bits_upload: true,
  app_scaling: true,
  route_creation: true,
  service_instance_creation: true,
  // Recorded: docker apps and apps of Cloud Native Buildpacks were pushed to the landscape.
  diego_docker: true,
  diego_cnb: true,
  set_roles_by_username: true,
  unset_roles_by_username: true,
  task_creation: true,
  env_var_visibility: true,
  space_scoped_private_broker_creation: true,
  space_developer_env_var_visibility: true,
  service_instance_sharing: true,
  hide_marketplace_from_unauthenticated_users: false,
  resource_matching: true,
  route_sharing: false,
};

export const changedFlag = z.strictObject({
  enabled: required,
  custom_error_message: optional<string>(isText, atLeast(1), atMost(250)),
});

/** A flag as it is set, or as it is by default. */
export function flagOf({ store, caller }: Pick<Acting, 'store' | 'caller'>, name: string): CfFeatureFlag {
  const { landscape } = caller;
  const set = store.flags.get(`${landscape}/${name}`);
  return set ?? { landscape, name, enabled: DEFAULTS[name] ?? false, updatedAt: 0, message: null };
}

export function listFlags(acting: Acting, params: URLSearchParams): Shape {
  const flags = Object.keys(DEFAULTS)
    .sort()
    .map((name) => flagOf(acting, name));
  return list(acting, params, {
    path: '/v3/feature_flags',
    rules: { filters: [], onlyOrders: ['name'], refuse: badQuery },
    rows: flags.map((flag) => ({ ...flag, guid: flag.name, createdAt: 0 })),
    show: (flag) => flagView(acting, flag),
  });
}

export function shownFlag(acting: Acting, name: string): CfFeatureFlag {
  if (!Object.hasOwn(DEFAULTS, name)) throw notFound('Feature flag');
  return flagOf(acting, name);
}

export function editableFlag(acting: Acting, name: string): CfFeatureFlag {
  const flag = shownFlag(acting, name);
  requireAdmin(acting);
  return flag;
}

export function setFlag(acting: Acting, name: string, body: z.infer<typeof changedFlag>): CfFeatureFlag {
  const flag = editableFlag(acting, name);
  const message = body.custom_error_message === undefined ? flag.message : body.custom_error_message;
  const changed: CfFeatureFlag = { ...flag, enabled: body.enabled, message, updatedAt: acting.ctx.now() };
  acting.store.flags.set(`${flag.landscape}/${name}`, changed);
  return changed;
}

export function flagView(acting: Acting, flag: CfFeatureFlag): Shape {
  return {
    name: flag.name,
    enabled: flag.enabled,
    updated_at: flag.updatedAt === 0 ? null : time(flag.updatedAt),
    custom_error_message: flag.message,
    links: { self: link(acting, `/v3/feature_flags/${flag.name}`) },
  };
}
