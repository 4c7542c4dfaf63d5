import { SCIM_SCHEMA } from '../../../protocols/scim/wire.ts';
import type { Described } from './attributes.ts';

/** Schemas of the protocol itself (RFC 7643; recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export const PROTOCOL_SCHEMAS: Readonly<Record<string, Described>> = {
  [SCIM_SCHEMA.serviceProviderConfig]: {
    name: 'ServiceProviderConfig',
    description: "Schema for representing the service provider's configuration",
    attributes: [
      {
        name: 'changePassword',
        is: 'complex required readOnly',
        inner: [{ name: 'supported', is: 'boolean required readOnly' }],
      },
      {
        name: 'sort',
        is: 'complex required readOnly',
        inner: [{ name: 'supported', is: 'boolean required readOnly' }],
      },
      {
        name: 'authenticationSchemes',
        is: 'complex list required readOnly',
        inner: [
          { name: 'documentationUri', is: 'reference', refers: ['external'] },
          { name: 'specUri', is: 'reference', refers: ['external'] },
          { name: 'name', is: 'required readOnly' },
          { name: 'description', is: 'required readOnly' },
        ],
      },
      {
        name: 'bulk',
        is: 'complex required readOnly',
        inner: [
          { name: 'maxPayloadSize', is: 'integer required readOnly' },
          { name: 'maxOperations', is: 'integer required readOnly' },
          { name: 'supported', is: 'boolean required readOnly' },
        ],
      },
      { name: 'documentationUri', is: 'reference required readOnly', refers: ['external'] },
      {
        name: 'patch',
        is: 'complex required readOnly',
        inner: [{ name: 'supported', is: 'boolean required readOnly' }],
      },
      {
        name: 'filter',
        is: 'complex required readOnly',
        inner: [
          { name: 'maxResults', is: 'integer required readOnly' },
          { name: 'supported', is: 'boolean required readOnly' },
        ],
      },
    ],
  },
  [SCIM_SCHEMA.resourceType]: {
    name: 'ResourceType',
    description: 'Specifies the schema that describes a SCIM resource type',
    attributes: [
      { name: 'endpoint', is: 'reference required exact readOnly', refers: ['uri'] },
      { name: 'schema', is: 'reference required exact readOnly', refers: ['uri'] },
      { name: 'description', is: 'exact readOnly' },
      {
        name: 'schemaExtensions',
        is: 'complex readOnly',
        inner: [
          { name: 'schema', is: 'reference required exact readOnly', refers: ['uri'] },
          { name: 'required', is: 'boolean required readOnly' },
        ],
      },
      { name: 'id', is: 'exact readOnly' },
      { name: 'name', is: 'required exact readOnly' },
    ],
  },
  [SCIM_SCHEMA.schema]: {
    name: 'Schema',
    description: 'Specifies the schema that describes a SCIM schema',
    attributes: [
      { name: 'name', is: 'required exact readOnly' },
      {
        name: 'attributes',
        is: 'complex list required readOnly',
        inner: [
          { name: 'uniqueness', is: 'exact readOnly', values: ['none', 'server', 'global'] },
          { name: 'referenceTypes', is: 'list exact readOnly' },
          { name: 'required', is: 'boolean readOnly' },
          { name: 'caseExact', is: 'boolean readOnly' },
          { name: 'subAttributes', is: 'complex list readOnly' },
          { name: 'canonicalValues', is: 'exact readOnly' },
          { name: 'mutability', is: 'exact readOnly', values: ['readOnly', 'readWrite', 'immutable', 'writeOnly'] },
          { name: 'multiValued', is: 'boolean required readOnly' },
          { name: 'name', is: 'required exact readOnly' },
          { name: 'returned', is: 'exact readOnly', values: ['always', 'never', 'default', 'request'] },
          { name: 'description', is: 'exact readOnly' },
          {
            name: 'type',
            is: 'required readOnly',
            values: ['string', 'complex', 'boolean', 'decimal', 'integer', 'dateTime', 'reference'],
          },
        ],
      },
      { name: 'description', is: 'exact readOnly' },
      { name: 'id', is: 'required exact readOnly' },
    ],
  },
};
