import { IAS_SCHEMA } from '../../wire.ts';
import type { Described } from './attributes.ts';

/** Schemas of a group (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export const GROUP_SCHEMAS: Readonly<Record<string, Described>> = {
  [IAS_SCHEMA.group]: {
    name: 'Group',
    description: 'Group',
    attributes: [
      { name: 'externalId', is: 'exact' },
      {
        name: 'members',
        is: 'complex list',
        inner: [
          { name: 'type', is: 'exact immutable', values: ['User', 'Group'] },
          { name: '$ref', is: 'reference exact immutable', refers: ['User', 'Group'] },
          { name: 'value', is: 'exact immutable' },
          { name: 'display', is: 'exact' },
        ],
      },
      { name: 'displayName', is: 'required exact' },
    ],
  },
  [IAS_SCHEMA.sapGroup]: {
    name: 'Group',
    attributes: [
      {
        name: 'supportedOperations',
        is: 'exact',
        values: ['readOnly', 'readWrite', 'userOnlyMembership', 'membership'],
      },
      { name: 'applicationId', is: 'exact' },
      { name: 'type', is: 'exact', values: ['userGroup', 'authorization', 'deepLinkActivationPermission'] },
    ],
  },
  [IAS_SCHEMA.customGroup]: {
    name: 'Group',
    attributes: [
      'description',
      { name: 'additionalId', is: 'exact readOnly server' },
      { name: 'name', is: 'exact immutable server' },
    ],
  },
  [IAS_SCHEMA.authorization]: {
    name: 'Authorization',
    attributes: [
      'description',
      { name: 'zoneId', is: 'server' },
      { name: 'type', is: 'server', values: ['policy'] },
      { name: 'applicationId', is: 'server' },
      { name: 'state', values: ['ams-push-notification-error', 'ams-push-notification-success'] },
      { name: 'authorizationId', is: 'required server' },
    ],
  },
};
