import { z } from 'zod';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { changedText, text } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { notAuthorized, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { ListRules } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import {
  type manyGuids,
  relationships,
  toMany as toManyOf,
} from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { anything, isArray, isHash, isObject, optional } from '../../../../protocols/cf-v3/emulator/rules.ts';
import {
  type Acting,
  head,
  inLandscape,
  link,
  newRow,
  requireAdmin,
  requireWritable,
  type Shape,
  toMany,
} from '../acting.ts';
import { deletionJob } from '../jobs.ts';
import { list } from '../listing.ts';
import { rubyList } from '../quotas/org-quotas.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfJob, CfSecurityGroup } from '../rows/platform.ts';
import { complaintsOfRules } from './group-rules.ts';

const enabled = optional<{ readonly running?: boolean; readonly staging?: boolean }>(isObject, (value) => {
  if (!isHash(value)) return undefined;
  if (Object.keys(value).some((key) => key !== 'running' && key !== 'staging')) {
    return "only allows keys 'running' or 'staging'";
  }
  return Object.values(value).every((one) => typeof one === 'boolean') ? undefined : 'values must be booleans';
});
/** What is null is no rule (recording resource_security_group_crud). */
const rules = anything.transform((value, ctx): readonly JsonObject[] | undefined => {
  if (value === undefined) return undefined;
  const wrong = isArray(value);
  if (wrong !== undefined) ctx.addIssue({ code: 'custom', message: wrong });
  const all = Array.isArray(value) ? value.filter((rule) => rule !== null) : [];
  for (const message of complaintsOfRules(all)) ctx.addIssue({ code: 'custom', message });
  return all;
});
export const newGroup = z.strictObject({
  name: text({ max: 250 }),
  globally_enabled: enabled,
  rules,
  relationships: relationships({
    running_spaces: toManyOf('running_spaces'),
    staging_spaces: toManyOf('staging_spaces'),
  }).optional(),
});
export const changedGroup = z.strictObject({ name: changedText({ max: 250 }), globally_enabled: enabled, rules });
export type Phase = 'running' | 'staging';

const SPACES = { running: 'runningSpaces', staging: 'stagingSpaces' } as const;

const GROUP_QUERY: ListRules = {
  filters: [
    'names',
    'running_space_guids',
    'staging_space_guids',
    'globally_enabled_running',
    'globally_enabled_staging',
  ],
  choices: { globally_enabled_running: ['true', 'false'], globally_enabled_staging: ['true', 'false'] },
  refuse: unprocessable,
};

const FILTERS = {
  names: (group: CfSecurityGroup, has: (value: string) => boolean) => has(group.name),
  running_space_guids: (group: CfSecurityGroup, has: (value: string) => boolean) => group.runningSpaces.some(has),
  staging_space_guids: (group: CfSecurityGroup, has: (value: string) => boolean) => group.stagingSpaces.some(has),
  globally_enabled_running: (group: CfSecurityGroup, has: (value: string) => boolean) => has(String(group.running)),
  globally_enabled_staging: (group: CfSecurityGroup, has: (value: string) => boolean) => has(String(group.staging)),
};

/** Groups that hold everywhere, and those of spaces that the caller sees. */
function sees({ store, see, caller }: Acting, group: CfSecurityGroup): boolean {
  if (caller.globalRead || group.running || group.staging) return true;
  return [...group.runningSpaces, ...group.stagingSpaces].some((guid) => {
    const space = store.spaces.get(guid);
    return space !== undefined && see.seesSpace(space);
  });
}

export function listGroups(acting: Acting, params: URLSearchParams): Shape {
  return list(acting, params, {
    path: '/v3/security_groups',
    rules: GROUP_QUERY,
    rows: acting.store.securityGroups.by('landscape', acting.caller.landscape).filter((group) => sees(acting, group)),
    where: FILTERS,
    show: (group) => groupView(acting, group),
  });
}

/** `GET /v3/spaces/{guid}/running_security_groups` and its neighbour. */
export function listSpaceGroups(acting: Acting, params: URLSearchParams, space: CfSpace, phase: Phase): Shape {
  const rows = acting.store.securityGroups
    .by('landscape', space.landscape)
    .filter((group) => group[phase] || group[SPACES[phase]].includes(space.guid));
  return list(acting, params, {
    path: `/v3/spaces/${space.guid}/${phase}_security_groups`,
    rules: { filters: ['names'], refuse: unprocessable },
    rows,
    where: { names: FILTERS.names },
    show: (group) => groupView(acting, group, space),
  });
}

/** Spaces in it are those that the caller sees, or the one that is looked at. */
export function groupView(acting: Acting, group: CfSecurityGroup, only?: CfSpace): Shape {
  const visible = (guids: readonly string[]) =>
    guids.filter((guid) => {
      const space = acting.store.spaces.get(guid);
      return space !== undefined && (only ? only.guid === guid : acting.see.seesSpace(space));
    });
  return {
    ...head(group),
    name: group.name,
    rules: group.rules,
    globally_enabled: { running: group.running, staging: group.staging },
    relationships: {
      running_spaces: toMany(visible(group.runningSpaces)),
      staging_spaces: toMany(visible(group.stagingSpaces)),
    },
    links: { self: link(acting, `/v3/security_groups/${group.guid}`) },
  };
}

export function groupOf(acting: Acting, guid: string): CfSecurityGroup {
  const group = inLandscape(acting, acting.store.securityGroups.get(guid));
  if (!group || !sees(acting, group)) throw notFound('Security group');
  return group;
}

/** A group that the caller may change: as administrator. */
export function editable(acting: Acting, guid: string): CfSecurityGroup {
  const group = groupOf(acting, guid);
  requireAdmin(acting);
  return group;
}

function refuseTaken({ store, caller }: Acting, name: string, except?: string): void {
  const same = store.securityGroups
    .by('landscape', caller.landscape)
    .some((one) => one.guid !== except && one.name === name);
  if (same) throw unprocessable(`Security group with name '${name}' already exists.`);
}

export function createGroup(acting: Acting, body: z.infer<typeof newGroup>): CfSecurityGroup {
  requireAdmin(acting);
  refuseTaken(acting, body.name);
  const spaces = (phase: Phase) => (body.relationships?.[`${phase}_spaces`]?.data ?? []).map((space) => space.guid);
  const missing = [...spaces('running'), ...spaces('staging')].filter((guid) => !acting.store.spaces.get(guid));
  if (missing.length > 0) throw unprocessable(`Spaces with guids ${rubyList(missing)} do not exist.`);
  const group: CfSecurityGroup = {
    ...newRow(acting),
    name: body.name,
    rules: body.rules ?? [],
    running: body.globally_enabled?.running ?? false,
    staging: body.globally_enabled?.staging ?? false,
    runningSpaces: spaces('running'),
    stagingSpaces: spaces('staging'),
  };
  acting.store.securityGroups.set(group.guid, group);
  return group;
}

export function updateGroup(acting: Acting, guid: string, body: z.infer<typeof changedGroup>): CfSecurityGroup {
  const group = editable(acting, guid);
  const name = body.name ?? group.name;
  refuseTaken(acting, name, guid);
  const changed: CfSecurityGroup = {
    ...group,
    name,
    rules: body.rules ?? group.rules,
    running: body.globally_enabled?.running ?? group.running,
    staging: body.globally_enabled?.staging ?? group.staging,
    updatedAt: acting.ctx.now(),
  };
  acting.store.securityGroups.set(guid, changed);
  return changed;
}

export function deleteGroup(acting: Acting, guid: string): CfJob {
  editable(acting, guid);
  acting.store.securityGroups.delete(guid);
  return deletionJob(acting, 'security_group', guid);
}

/** `POST /v3/security_groups/{guid}/relationships/running_spaces`, for managers of every space. */
export function bindSpaces(acting: Acting, guid: string, phase: Phase, body: z.infer<typeof manyGuids>): Shape {
  const { store, see } = acting;
  const group = groupOf(acting, guid);
  const wanted = body.data.map((space) => space.guid);
  const spaces = wanted.flatMap((one) => inLandscape(acting, store.spaces.get(one)) ?? []);
  for (const space of spaces) {
    if (!see.managesSpace(space)) throw notAuthorized();
    requireWritable(acting, space.org);
  }
  const missing = wanted.filter((one) => !spaces.some((space) => space.guid === one && see.seesSpace(space)));
  if (missing.length > 0) {
    throw unprocessable(`Spaces with guids ${rubyList(missing)} do not exist, or you do not have access to them.`);
  }
  const bound = [...new Set([...group[SPACES[phase]], ...wanted])];
  store.securityGroups.set(guid, { ...group, [SPACES[phase]]: bound });
  const visible = bound.filter((one) => {
    const space = store.spaces.get(one);
    return space !== undefined && see.seesSpace(space);
  });
  return {
    ...toMany(visible),
    links: { self: link(acting, `/v3/security_groups/${guid}/relationships/${phase}_spaces`) },
  };
}

export function unbindSpace(acting: Acting, guid: string, phase: Phase, spaceGuid: string): void {
  const { store, see } = acting;
  const group = groupOf(acting, guid);
  const space = inLandscape(acting, store.spaces.get(spaceGuid));
  const unbound = () =>
    unprocessable(
      `Unable to unbind security group from space with guid '${spaceGuid}'. Ensure the space is bound to this security group.`,
    );
  if (!space) throw unbound();
  if (!see.managesSpace(space)) throw notAuthorized();
  requireWritable(acting, space.org);
  if (!group[SPACES[phase]].includes(spaceGuid)) throw unbound();
  const bound = group[SPACES[phase]].filter((one) => one !== spaceGuid);
  store.securityGroups.set(guid, { ...group, [SPACES[phase]]: bound });
}
