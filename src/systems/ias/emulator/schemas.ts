import type { JsonObject } from '../../../kernel/json.ts';
import type { PatchOptions } from '../../protocols/scim/emulator/patch.ts';
import { SCIM_SCHEMA } from '../../protocols/scim/wire.ts';
import { IAS_SCHEMA, USER_TYPES } from '../wire.ts';

/** How the SCIM parser and patcher see the schemas of IAS. */
export const SCIM_OPTIONS: PatchOptions = {
  extensions: [IAS_SCHEMA.sap, IAS_SCHEMA.custom, IAS_SCHEMA.enterprise, IAS_SCHEMA.sapGroup, IAS_SCHEMA.customGroup],
  multiValued: new Set(
    ['emails', 'phoneNumbers', 'addresses', 'members', 'attributes', 'entitlements', 'roles', 'schemas'].map((name) =>
      name.toLowerCase(),
    ),
  ),
};

/** RFC 7643 §5, with what IAS documents of its own: pages of 100, PATCH, ETag; no bulk, no sort. */
export function serviceProviderConfig(host: string): JsonObject {
  return {
    schemas: [SCIM_SCHEMA.serviceProviderConfig],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 100 },
    changePassword: { supported: true },
    sort: { supported: false },
    etag: { supported: true },
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
    type('User', '/Users', IAS_SCHEMA.user, [IAS_SCHEMA.sap, IAS_SCHEMA.custom, IAS_SCHEMA.enterprise]),
    type('Group', '/Groups', IAS_SCHEMA.group, [IAS_SCHEMA.sapGroup, IAS_SCHEMA.customGroup]),
  ];
}

interface Attribute {
  readonly name: string;
  readonly type?: 'string' | 'boolean' | 'dateTime' | 'complex' | 'integer';
  readonly multiValued?: true;
  readonly required?: true;
  readonly mutability?: 'readOnly' | 'writeOnly' | 'immutable';
  readonly unique?: true;
  readonly values?: readonly string[];
  readonly inner?: readonly Attribute[];
}

const plain = (...names: string[]): Attribute[] => names.map((name) => ({ name }));

/** The attributes that this tenant keeps (extract of a real tenant's /scim/Schemas). */
const SCHEMAS: Readonly<Record<string, readonly Attribute[]>> = {
  [IAS_SCHEMA.user]: [
    { name: 'userName', required: true, unique: true },
    { name: 'name', type: 'complex', inner: plain('familyName', 'givenName', 'middleName', 'honorificPrefix') },
    ...plain('displayName', 'nickName', 'profileUrl', 'title', 'preferredLanguage', 'locale', 'timezone', 'externalId'),
    { name: 'userType', values: USER_TYPES },
    { name: 'active', type: 'boolean' },
    { name: 'password', mutability: 'writeOnly' },
    {
      name: 'emails',
      type: 'complex',
      multiValued: true,
      required: true,
      inner: [...plain('value', 'type', 'display'), { name: 'primary', type: 'boolean' }],
    },
    {
      name: 'groups',
      type: 'complex',
      multiValued: true,
      mutability: 'readOnly',
      inner: plain('value', 'display', 'type', '$ref'),
    },
  ],
  [IAS_SCHEMA.sap]: [
    { name: 'status', values: ['new', 'active', 'inactive'] },
    { name: 'mailVerified', type: 'boolean' },
    { name: 'sendMail', type: 'boolean', mutability: 'writeOnly' },
    { name: 'userUuid', unique: true },
    { name: 'userId', unique: true, mutability: 'readOnly' },
    { name: 'validFrom', type: 'dateTime' },
    { name: 'validTo', type: 'dateTime' },
    { name: 'loginTime', type: 'dateTime', mutability: 'readOnly' },
    {
      name: 'passwordDetails',
      type: 'complex',
      inner: [
        ...plain('status', 'policy'),
        { name: 'failedLoginAttempts', type: 'integer' },
        { name: 'setTime', type: 'dateTime', mutability: 'readOnly' },
        { name: 'loginTime', type: 'dateTime', mutability: 'readOnly' },
        { name: 'passwordLockedTime', type: 'dateTime', mutability: 'readOnly' },
      ],
    },
  ],
  [IAS_SCHEMA.custom]: [{ name: 'attributes', type: 'complex', multiValued: true, inner: plain('name', 'value') }],
  [IAS_SCHEMA.enterprise]: plain('employeeNumber', 'costCenter', 'organization', 'division', 'department'),
  [IAS_SCHEMA.group]: [
    { name: 'displayName', required: true },
    { name: 'members', type: 'complex', multiValued: true, inner: plain('value', 'type', 'display', '$ref') },
  ],
  [IAS_SCHEMA.customGroup]: [{ name: 'name', unique: true, mutability: 'immutable' }, ...plain('description')],
};

export function schemas(host: string): readonly (JsonObject & { readonly id: string })[] {
  return Object.entries(SCHEMAS).map(([id, attributes]) => ({
    schemas: [SCIM_SCHEMA.schema],
    id,
    name: id.slice(id.lastIndexOf(':') + 1),
    attributes: attributes.map(rendered),
    meta: { resourceType: 'Schema', location: `https://${host}/scim/Schemas/${id}` },
  }));
}

function rendered(attribute: Attribute): JsonObject {
  return {
    name: attribute.name,
    type: attribute.type ?? 'string',
    multiValued: attribute.multiValued ?? false,
    required: attribute.required ?? false,
    caseExact: false,
    mutability: attribute.mutability ?? 'readWrite',
    returned: attribute.mutability === 'writeOnly' ? 'never' : 'default',
    uniqueness: attribute.unique ? 'server' : 'none',
    ...(attribute.values ? { canonicalValues: attribute.values } : {}),
    ...(attribute.inner ? { subAttributes: attribute.inner.map(rendered) } : {}),
  };
}
