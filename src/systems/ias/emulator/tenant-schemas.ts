import { z } from 'zod';
import type { JsonObject } from '../../../kernel/json.ts';
import { ScimError } from '../../protocols/scim/emulator/errors.ts';
import type { PatchOptions } from '../../protocols/scim/emulator/patch.ts';
import { SCIM_SCHEMA } from '../../protocols/scim/wire.ts';
import { scimTime } from './resource.ts';
import { SCIM_OPTIONS, schemas } from './schemas.ts';
import type { Services } from './services.ts';
import { keyIn, type Store, type StoredSchema, type Tenant } from './store.ts';

/** SAP's Terraform provider writes `multivalued` (recorded); names of attributes have no case in SCIM. */
const attribute = z
  .looseObject({
    name: z.string().regex(/^[A-Za-z$][\w$-]*$/),
    type: z.enum(['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex']),
    multiValued: z.boolean().optional(),
    multivalued: z.boolean().optional(),
    description: z.string().optional(),
    required: z.boolean().optional(),
    canonicalValues: z.array(z.string()).optional(),
    caseExact: z.boolean().optional(),
    mutability: z.enum(['readOnly', 'readWrite', 'immutable', 'writeOnly']).optional(),
    returned: z.enum(['always', 'never', 'default', 'request']).optional(),
    uniqueness: z.enum(['none', 'server', 'global']).optional(),
  })
  .transform(({ multivalued, multiValued, canonicalValues, ...rest }) => ({
    name: rest.name,
    type: rest.type,
    multiValued: multiValued ?? multivalued ?? false,
    ...(rest.description === undefined ? {} : { description: rest.description }),
    required: rest.required ?? false,
    ...(canonicalValues === undefined ? {} : { canonicalValues }),
    caseExact: rest.caseExact ?? false,
    mutability: rest.mutability ?? 'readWrite',
    returned: rest.returned ?? 'default',
    uniqueness: rest.uniqueness ?? 'none',
    ...(Array.isArray(rest.subAttributes) ? { subAttributes: rest.subAttributes } : {}),
  }));

const requested = z.looseObject({
  id: z.string().regex(/^urn:[\w:.-]+$/i, 'is no URN'),
  name: z.string(),
  description: z.string().optional(),
  attributes: z.array(attribute).min(1),
});

/** A schema of the tenant's own, to extend its users with (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export function createSchema({ ctx, store }: Services, tenant: Tenant, document: JsonObject): StoredSchema {
  const parsed = requested.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ScimError(400, `${issue?.path.join('.')} ${issue?.message}`, 'invalidValue');
  }
  const { id, name, description, attributes } = parsed.data;
  // That a URN can be taken once is assumed to be answered as for users and groups.
  if (isKnown(store, tenant, id)) throw new ScimError(409, `Schema ${id} already exists`, 'uniqueness');
  const schema: StoredSchema = {
    tenant: tenant.id,
    id,
    version: ctx.id(),
    createdAt: ctx.now(),
    name,
    ...(description === undefined ? {} : { description }),
    attributes: attributes as readonly JsonObject[],
  };
  store.schemas.set(keyIn(tenant.id, id), schema);
  return schema;
}

/** SAP's own schemas stay (the answer is assumed). */
export function deleteSchema({ store }: Services, tenant: Tenant, id: string): void {
  if (store.schemas.delete(keyIn(tenant.id, id))) return;
  if (isKnown(store, tenant, id)) throw new ScimError(403, `Schema ${id} cannot be deleted`, 'mutability');
  throw new ScimError(404, `Schema ${id} not found`);
}

export function schemasOf(store: Store, tenant: Tenant): readonly (JsonObject & { readonly id: string })[] {
  return [...schemas(tenant.host), ...store.schemas.by('tenant', tenant.id).map((own) => renderSchema(tenant, own))];
}

export function renderSchema({ host }: Tenant, schema: StoredSchema): JsonObject & { readonly id: string } {
  const { id, version, createdAt, name, description, attributes } = schema;
  return {
    id,
    meta: {
      created: scimTime(createdAt),
      lastModified: scimTime(createdAt),
      location: `https://${host}/scim/Schemas/${encodeURIComponent(id)}`,
      version,
      resourceType: 'Schema',
    },
    schemas: [SCIM_SCHEMA.schema],
    name,
    ...(description === undefined ? {} : { description }),
    attributes,
  };
}

/** How filters, paths and projections see the schemas of a tenant. */
export function scimOptions(store: Store, tenant: Tenant): PatchOptions {
  const own = store.schemas.by('tenant', tenant.id);
  if (own.length === 0) return SCIM_OPTIONS;
  const lists = own.flatMap(({ attributes }) => attributes.filter((one) => one.multiValued === true));
  return {
    extensions: [...SCIM_OPTIONS.extensions, ...own.map(({ id }) => id)],
    multiValued: new Set([...SCIM_OPTIONS.multiValued, ...lists.map(({ name }) => String(name).toLowerCase())]),
  };
}

/** @throws ScimError 400 for an extension that nobody has defined (assumed) */
export function refuseUnknownSchemas(store: Store, tenant: Tenant, document: JsonObject): void {
  const unknown = Object.keys(document).find((key) => /^urn:/i.test(key) && !isKnown(store, tenant, key));
  if (unknown !== undefined) throw new ScimError(400, `Schema ${unknown} does not exist`, 'invalidSyntax');
}

function isKnown(store: Store, tenant: Tenant, urn: string): boolean {
  const wanted = urn.toLowerCase();
  return (
    scimOptions(store, tenant).extensions.some((known) => known.toLowerCase() === wanted) ||
    /:core:2\.0:\w+$/i.test(urn)
  );
}
