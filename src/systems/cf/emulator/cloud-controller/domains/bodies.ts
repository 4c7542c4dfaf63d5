import { z } from 'zod';
import { flag, metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { relationships, toMany, toOneOrNone } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { anything, isBlank, isHash } from '../../../../protocols/cf-v3/emulator/rules.ts';

/** Body of `POST /v3/domains`. */
export const newDomain = z.strictObject({
  // What is wrong with the name is told by `complaintsOf`, among the rest.
  name: anything,
  internal: flag,
  router_group: anything,
  relationships: relationships({
    organization: toOneOrNone('organization'),
    shared_organizations: toMany('shared_organizations'),
  }).optional(),
  metadata,
});
export const changedDomain = z.strictObject({ metadata });
export const sharedOrgs = z.looseObject({ data: anything }).transform(({ data }, ctx) => {
  const rows: readonly unknown[] = Array.isArray(data) ? data : [undefined];
  const guids = rows.flatMap((one) => (isHash(one) && typeof one.guid === 'string' ? [{ guid: one.guid }] : []));
  if (guids.length === rows.length && guids.every(({ guid }) => guid.length >= 1 && guid.length <= 200)) {
    return { data: guids };
  }
  const message = 'Data must have the structure "data": [{"guid": shared_org_guid_1}, {"guid": shared_org_guid_2}]';
  ctx.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const RFC_1035 = /^(([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])\.)+([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])$/i;

function complaintsOfRouterGroup(group: unknown): readonly string[] {
  if (group == null) return [];
  if (!isHash(group)) return ['Router group must be an object'];
  const strange = Object.keys(group).filter((key) => key !== 'guid');
  return [
    ...(strange.length > 0 ? [`Router group Unknown field(s): ${strange.map((key) => `'${key}'`).join(', ')}`] : []),
    ...(typeof group.guid === 'string' ? [] : ['Router group guid must be a string']),
  ];
}

/** What is wrong with a body that has the right form (cloud_controller_ng, DomainCreateMessage). */
export function complaintsOf(body: z.infer<typeof newDomain>): readonly string[] {
  const name = body.name ?? '';
  const text = String(name);
  const when = (condition: boolean, complaint: string) => (condition ? [complaint] : []);
  const inOrg = body.relationships !== undefined;
  const shares = (body.relationships?.shared_organizations?.data.length ?? 0) > 0;
  return [
    ...when(
      shares && !body.relationships?.organization,
      'Relationships cannot contain shared_organizations without an owning organization.',
    ),
    ...when(isBlank(name), "Name can't be blank"),
    ...when(typeof body.name !== 'string', 'Name must be a string'),
    ...when(text.length < 3, 'Name is too short (minimum is 3 characters)'),
    ...when(text.length > 253, 'Name is too long (maximum is 253 characters)'),
    ...when(!RFC_1035.test(text), 'Name does not comply with RFC 1035 standards'),
    ...when(!text.includes('.'), 'Name must contain at least one "."'),
    ...when(
      text.split('.').some((label) => label.length > 63),
      'Name subdomains must each be at most 63 characters',
    ),
    ...when(/[^a-z0-9\-.]/i.test(text), 'Name must consist of alphanumeric characters and hyphens'),
    ...complaintsOfRouterGroup(body.router_group),
    ...when(body.internal === true && inOrg, 'Cannot associate an internal domain with an organization'),
    ...when(
      body.internal === true && body.router_group != null,
      'Internal domains cannot be associated to a router group.',
    ),
    ...when(
      inOrg && body.router_group != null,
      'Domains scoped to an organization cannot be associated to a router group.',
    ),
  ];
}
