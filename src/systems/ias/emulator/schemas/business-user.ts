import { IAS_SCHEMA } from '../../wire.ts';
import type { Described } from './attributes.ts';

/** What SAP's One Domain Model adds to a user (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export const BUSINESS_USER_SCHEMAS: Readonly<Record<string, Described>> = {
  [IAS_SCHEMA.odm]: {
    name: 'User',
    attributes: [
      {
        name: 'generalLedgerAccounts',
        is: 'complex list',
        inner: [
          'name',
          { name: 'primary', is: 'boolean' },
          'oId',
          'externalNumber',
          'source',
          'displayId',
          'companyCodeId',
        ],
      },
      {
        name: 'purchasingOrganizations',
        is: 'complex list',
        inner: ['companyCodeId', { name: 'primary', is: 'boolean' }, 'plantId', 'name', 'oId', 'displayId'],
      },
      {
        name: 'costCenters',
        is: 'complex list',
        inner: [
          'organizationalUnitId',
          'logicalSystem',
          'workAssignmentId',
          'costCenterId',
          { name: 'primary', is: 'boolean' },
          'displayName',
          'oId',
          'legacyId',
          'companyCodeId',
          'controllingArea',
        ],
      },
      {
        name: 'jobClassifications',
        is: 'complex list',
        inner: ['description', 'oId', 'externalId', 'workAssignmentId', 'name', 'source'],
      },
      {
        name: 'jobDetails',
        is: 'complex list',
        inner: [
          'jobClassification',
          'jobTitle',
          'country',
          { name: 'endDate', is: 'dateTime' },
          { name: 'startDate', is: 'dateTime' },
          'superOrdinateOrgUnit2',
          'legalEntity',
          'workAssignmentId',
          'superOrdinateOrgUnit1',
          'costCenter',
          { name: 'primary', is: 'boolean' },
          'orgUnit',
        ],
      },
      {
        name: 'purchasingGroups',
        is: 'complex list',
        inner: ['displayId', 'oId', 'description', { name: 'primary', is: 'boolean' }],
      },
      {
        name: 'workAssignments',
        is: 'complex list',
        inner: [
          { name: 'isContingentWorker', is: 'boolean' },
          'externalId',
          { name: 'startDate', is: 'dateTime' },
          'id',
          { name: 'primary', is: 'boolean' },
          { name: 'endDate', is: 'dateTime' },
        ],
      },
      {
        name: 'companyCodes',
        is: 'complex list',
        inner: [
          'source',
          'country',
          'oId',
          'workAssignmentId',
          'company',
          { name: 'primary', is: 'boolean' },
          'language',
          'name',
          'displayId',
        ],
      },
      { name: 'workforcePersonId', is: 'global' },
      {
        name: 'plants',
        is: 'complex list',
        inner: ['companyCodeId', 'oId', 'displayId', { name: 'primary', is: 'boolean' }, 'name'],
      },
      {
        name: 'organizationalUnits',
        is: 'complex list',
        inner: [
          'externalId',
          'source',
          { name: 'primary', is: 'boolean' },
          'oId',
          'name',
          'description',
          { name: 'isActive', is: 'boolean' },
          { name: 'category', values: ['Department', 'Division', 'Business Unit'] },
        ],
      },
    ],
  },
};
