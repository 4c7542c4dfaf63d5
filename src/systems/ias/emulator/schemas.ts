import { seedId } from '../../../emulation/seed-id.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { PatchOptions } from '../../protocols/scim/emulator/patch.ts';
import { SCIM_SCHEMA } from '../../protocols/scim/wire.ts';
import { IAS_SCHEMA } from '../wire.ts';
import { attributeDocument, type Described, listsAmong } from './schemas/attributes.ts';
import { BUSINESS_USER_SCHEMAS } from './schemas/business-user.ts';
import { GROUP_SCHEMAS } from './schemas/group.ts';
import { PROTOCOL_SCHEMAS } from './schemas/protocol.ts';
import { USER_SCHEMAS } from './schemas/user.ts';

/** Extensions of users and groups, as a real tenant lists them. */
const EXTENSIONS = {
  user: [IAS_SCHEMA.sap, IAS_SCHEMA.custom, IAS_SCHEMA.enterprise, IAS_SCHEMA.odm],
  group: [IAS_SCHEMA.sapGroup, IAS_SCHEMA.customGroup, IAS_SCHEMA.authorization],
};

const SCHEMAS: Readonly<Record<string, Described>> = {
  ...PROTOCOL_SCHEMAS,
  ...USER_SCHEMAS,
  ...BUSINESS_USER_SCHEMAS,
  ...GROUP_SCHEMAS,
};

/** How the SCIM parser and patcher see the schemas of IAS. */
export const SCIM_OPTIONS: PatchOptions = {
  extensions: [...EXTENSIONS.user, ...EXTENSIONS.group],
  multiValued: new Set(
    ['schemas', ...Object.values(SCHEMAS).flatMap(({ attributes }) => listsAmong(attributes))].map((name) =>
      name.toLowerCase(),
    ),
  ),
};

/** What every tenant has; the time and the version are those of the service (recorded). */
export function schemas(host: string): readonly (JsonObject & { readonly id: string })[] {
  return Object.entries(SCHEMAS).map(([id, { name, description, attributes }]) => ({
    id,
    meta: {
      created: '2025-01-14T13:56:26Z',
      lastModified: '2025-01-14T13:56:26Z',
      location: `https://${host}/scim/Schemas/${encodeURIComponent(id)}`,
      version: seedId('ias', 'schema', id),
      resourceType: 'Schema',
    },
    schemas: [SCIM_SCHEMA.schema],
    name,
    ...(description === undefined ? {} : { description }),
    attributes: attributes.map(attributeDocument),
  }));
}

/**
 * RFC 7643 §5, with what IAS documents of its own: pages of 100, PATCH; no bulk, no sort. Its schema, as recorded, has no `etag`, although the RFC wants it.
 */
export function serviceProviderConfig(host: string): JsonObject {
  return {
    schemas: [SCIM_SCHEMA.serviceProviderConfig],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 100 },
    changePassword: { supported: true },
    sort: { supported: false },
    authenticationSchemes: [
      { type: 'httpbasic', name: 'HTTP Basic', description: 'Client id and secret of a system administrator' },
      { type: 'oauthbearertoken', name: 'OAuth Bearer Token', description: 'Token of a system administrator' },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `https://${host}/scim/ServiceProviderConfig` },
  };
}

export function resourceTypes(host: string): readonly (JsonObject & { readonly id: string })[] {
  const type = (id: string, endpoint: string, schema: string, extensions: readonly string[]) => ({
    schemas: [SCIM_SCHEMA.resourceType],
    id,
    name: id,
    endpoint,
    schema,
    schemaExtensions: extensions.map((urn) => ({ schema: urn, required: false })),
    meta: { resourceType: 'ResourceType', location: `https://${host}/scim/ResourceTypes/${id}` },
  });
  return [
    type('User', '/Users', IAS_SCHEMA.user, EXTENSIONS.user),
    type('Group', '/Groups', IAS_SCHEMA.group, EXTENSIONS.group),
  ];
}
