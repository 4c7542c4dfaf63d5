import type { JsonObject } from '../../../../src/kernel/json.ts';
import type {
  CfOrg,
  CfOrgQuota,
  CfRole,
  CfSpace,
  CfSpaceQuota,
} from '../../../../src/systems/cf/emulator/cloud-controller/rows/organizations.ts';
import type {
  CfBuildpack,
  CfIsolationSegment,
  CfSecurityGroup,
  CfStack,
} from '../../../../src/systems/cf/emulator/cloud-controller/rows/platform.ts';
import type { CfDomain } from '../../../../src/systems/cf/emulator/cloud-controller/rows/routing.ts';
import type { Row } from '../../../../src/systems/cf/emulator/cloud-controller/rows/row.ts';
import { at, given, listAt, metadataIn, objectAt, relatedTo, relatedToMany, textAt } from '../json.ts';
import { flag, name, numbers, type Plants, related } from './plant.ts';

/** Orgs, spaces, and what the platform has for them. */
export const PLACES: Plants = {
  organizations: (recorded, row, before) => {
    const quota = relatedTo(recorded, 'quota') ?? `quota of ${row.guid}`;
    const org: CfOrg = {
      ...(before as CfOrg | undefined),
      ...row,
      name: name(recorded, row),
      suspended: flag(recorded, 'suspended'),
      quota,
      metadata: metadataIn(recorded),
    };
    return { row: org, related: related(['organization_quotas', quota]) };
  },
  spaces: (recorded, row, before) => {
    const org = relatedTo(recorded, 'organization') ?? `org of ${row.guid}`;
    const quota = relatedTo(recorded, 'quota');
    const space: CfSpace = {
      ssh: true,
      ...(before as CfSpace | undefined),
      ...row,
      name: name(recorded, row),
      org,
      ...given('quota', quota),
      metadata: metadataIn(recorded),
    };
    return { row: space, related: related(['organizations', org], ['space_quotas', quota]) };
  },
  roles: (recorded, row) => {
    const [org, space] = [relatedTo(recorded, 'organization'), relatedTo(recorded, 'space')];
    const user = relatedTo(recorded, 'user') ?? '';
    const place = { ...given('org', org), ...given('space', space) };
    const role: CfRole = { ...row, type: textAt(recorded, 'type') ?? '', user, ...place };
    return { row: role, related: related(['organizations', org], ['spaces', space], ['users', user]) };
  },
  organization_quotas: (recorded, row) => {
    const quota: CfOrgQuota = {
      ...row,
      name: name(recorded, row),
      apps: numbers(recorded, 'apps'),
      services: objectAt(recorded, 'services') as CfOrgQuota['services'],
      routes: numbers(recorded, 'routes'),
      domains: numbers(recorded, 'domains'),
    };
    return { row: quota, related: [] };
  },
  space_quotas: (recorded, row) => {
    const org = relatedTo(recorded, 'organization') ?? `org of ${row.guid}`;
    const quota: CfSpaceQuota = {
      ...row,
      name: name(recorded, row),
      org,
      apps: numbers(recorded, 'apps'),
      services: objectAt(recorded, 'services') as CfSpaceQuota['services'],
      routes: numbers(recorded, 'routes'),
    };
    return { row: quota, related: related(['organizations', org]) };
  },
  domains: (recorded, row) => {
    const org = relatedTo(recorded, 'organization');
    const sharedOrgs = relatedToMany(recorded, 'shared_organizations');
    const domain: CfDomain = {
      ...row,
      name: name(recorded, row),
      internal: flag(recorded, 'internal'),
      ...given('org', org),
      sharedOrgs,
      ...given('routerGroup', textAt(recorded, 'router_group', 'guid')),
      metadata: metadataIn(recorded),
    };
    const orgs = [org, ...sharedOrgs].map((guid) => ['organizations', guid] as const);
    return { row: domain, related: related(...orgs) };
  },
  isolation_segments: (recorded, row, before) => {
    const orgs = (before as CfIsolationSegment | undefined)?.orgs ?? [];
    return { row: { ...row, name: name(recorded, row), orgs, metadata: metadataIn(recorded) } as Row, related: [] };
  },
  security_groups: (recorded, row) => {
    const running = relatedToMany(recorded, 'running_spaces');
    const staging = relatedToMany(recorded, 'staging_spaces');
    const group: CfSecurityGroup = {
      ...row,
      name: name(recorded, row),
      rules: listAt(recorded, 'rules') as readonly JsonObject[],
      running: flag(recorded, 'globally_enabled', 'running'),
      staging: flag(recorded, 'globally_enabled', 'staging'),
      runningSpaces: running,
      stagingSpaces: staging,
    };
    return { row: group, related: related(...[...running, ...staging].map((guid) => ['spaces', guid] as const)) };
  },
  stacks: (recorded, row) => {
    const stack: CfStack = {
      ...row,
      name: name(recorded, row),
      description: textAt(recorded, 'description') ?? null,
      default: flag(recorded, 'default'),
      runImage: textAt(recorded, 'run_rootfs_image') ?? '',
      buildImage: textAt(recorded, 'build_rootfs_image') ?? '',
      metadata: metadataIn(recorded),
    };
    return { row: stack, related: [] };
  },
  buildpacks: (recorded, row) => {
    const buildpack: CfBuildpack = {
      ...row,
      name: name(recorded, row),
      stack: textAt(recorded, 'stack') ?? null,
      state: textAt(recorded, 'state') ?? 'READY',
      filename: textAt(recorded, 'filename') ?? null,
      position: Number(at(recorded, 'position') ?? 1),
      enabled: at(recorded, 'enabled') !== false,
      locked: flag(recorded, 'locked'),
      metadata: metadataIn(recorded),
    };
    return { row: buildpack, related: [] };
  },
};
