import { notFound } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type Acting, link, requireAdmin, type Shape, time } from '../acting.ts';
import { environmentOf } from '../apps/environment-rules.ts';
import type { CfEnvironmentGroup } from '../rows/platform.ts';

/** Variables that all apps find while they run, or are staged. */
export type GroupName = 'running' | 'staging';

/** A group as it is set, or empty. */
export function groupNamed({ store, caller }: Pick<Acting, 'store' | 'caller'>, name: GroupName): CfEnvironmentGroup {
  const { landscape } = caller;
  return store.environmentGroups.get(`${landscape}/${name}`) ?? { landscape, name, variables: {}, updatedAt: 0 };
}

export function shownGroup(acting: Acting, name: string): CfEnvironmentGroup {
  if (name !== 'running' && name !== 'staging') throw notFound('Environment variable group');
  return groupNamed(acting, name);
}

/** `PATCH /v3/environment_variable_groups/{name}`: for administrators, and only once the body is right. */
export function updateGroup(acting: Acting, name: string, sent: unknown): CfEnvironmentGroup {
  environmentOf(sent, {}, 'Var');
  requireAdmin(acting);
  const group = shownGroup(acting, name);
  const variables = environmentOf(sent, group.variables, 'Var');
  const changed: CfEnvironmentGroup = { ...group, variables, updatedAt: acting.ctx.now() };
  acting.store.environmentGroups.set(`${group.landscape}/${name}`, changed);
  return changed;
}

export function groupView(acting: Acting, group: CfEnvironmentGroup): Shape {
  return {
    updated_at: group.updatedAt === 0 ? null : time(group.updatedAt),
    name: group.name,
    var: group.variables,
    links: { self: link(acting, `/v3/environment_variable_groups/${group.name}`) },
  };
}
