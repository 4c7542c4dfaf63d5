import { z } from 'zod';
import { guid, metadata, text, toMany, toOneOrNone } from '../../../../protocols/cf-v3/emulator/bodies.ts';

const routerGroup = z.strictObject(
  { guid: z.string({ error: 'guid must be a string' }) },
  { error: 'must be an object' },
);

/** Body of `POST /v3/domains`. */
export const newDomain = z.strictObject({
  name: text({ max: 253 }),
  internal: z.boolean({ error: 'must be a boolean' }).nullish(),
  router_group: routerGroup.nullish(),
  relationships: z
    .strictObject({
      organization: toOneOrNone('organization').optional(),
      shared_organizations: toMany('shared_organizations').nullish(),
    })
    .optional(),
  metadata,
});
export const changedDomain = z.strictObject({ metadata });
export const sharedOrgs = z.strictObject(
  { data: z.array(z.strictObject({ guid })) },
  {
    error: 'Data must have the structure "data": [{"guid": shared_org_guid_1}, {"guid": shared_org_guid_2}]',
  },
);

const RFC_1035 = /^(([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])\.)+([a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])$/i;

/** What is wrong with a body that has the right form (cloud_controller_ng, DomainCreateMessage). */
export function complaintsOf(body: z.infer<typeof newDomain>): readonly string[] {
  const { name } = body;
  const when = (condition: boolean, complaint: string) => (condition ? [complaint] : []);
  const inOrg = body.relationships !== undefined;
  const shares = (body.relationships?.shared_organizations?.data.length ?? 0) > 0;
  return [
    ...when(
      shares && !body.relationships?.organization,
      'Relationships cannot contain shared_organizations without an owning organization.',
    ),
    ...when(name.length < 3, 'Name is too short (minimum is 3 characters)'),
    ...when(!RFC_1035.test(name), 'Name does not comply with RFC 1035 standards'),
    ...when(!name.includes('.'), 'Name must contain at least one "."'),
    ...when(
      name.split('.').some((label) => label.length > 63),
      'Name subdomains must each be at most 63 characters',
    ),
    ...when(/[^a-z0-9\-.]/i.test(name), 'Name must consist of alphanumeric characters and hyphens'),
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
