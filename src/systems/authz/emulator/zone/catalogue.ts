import type { Zone } from '../../../../emulation/world.ts';
import { scopesOfTemplate } from './role-scopes.ts';

export interface RoleReference {
  readonly appId: string;
  readonly template: string;
  readonly name: string;
}

export interface CatalogueRole extends RoleReference {
  readonly description: string;
  /** Whole names. */
  readonly scopes: readonly string[];
}

export interface PredefinedCollection {
  readonly name: string;
  readonly description: string;
  readonly roles: readonly RoleReference[];
}

type Level = Zone['kind'];

// Names, application ids and compositions as recorded in datasource_{globalaccount,directory,subaccount}_role_collections
// (eu12, July 2026); the numbers behind the `!` differ from landscape to landscape.
const CENTRAL = {
  auditManagement: role('auditlog-management!b3034', 'Auditlog_Auditor', 'Auditlog_Auditor', 'Reads audit logs'),
  auditViewer: role(
    'auditlog-viewer-initial-content!t3034',
    'Auditlog_Auditor',
    'Auditlog_Auditor',
    'Views audit logs',
  ),
  accountAdmin: role('cis-central!b13', 'GlobalAccount_Admin', 'Global Account Admin', 'Manages the global account'),
  accountViewer: role('cis-central!b13', 'GlobalAccount_Viewer', 'Global Account Viewer', 'Reads the global account'),
  directoryAdmin: role('cis-central!b13', 'Directory_Admin', 'Directory Admin', 'Manages the directory'),
  directoryViewer: role('cis-central!b13', 'Directory_Viewer', 'Directory Viewer', 'Reads the directory'),
  accountUsage: role(
    'uas!b10418',
    'GlobalAccount_Usage_Reporting_Viewer',
    'Global Account Usage Reporting Viewer',
    'Reads usage',
  ),
  directoryUsage: role(
    'uas!b10418',
    'Directory_Usage_Reporting_Viewer',
    'Directory Usage Reporting Viewer',
    'Reads usage',
  ),
  systemAdmin: role(
    'cmp!b17875',
    'GlobalAccount_System_Landscape_Administrator',
    'System Landscape Administrator',
    'Manages systems',
  ),
  systemViewer: role('cmp!b17875', 'GlobalAccount_System_Landscape_Viewer', 'System Landscape Viewer', 'Reads systems'),
  userAdmin: role('xsuaa!t2', 'xsuaa_admin', 'User and Role Administrator', 'Manages users, roles and trusts'),
  userAuditor: role('xsuaa!t2', 'xsuaa_auditor', 'User and Role Auditor', 'Reads users, roles and trusts'),
} as const;

const LOCAL = {
  auditManagement: role('auditlog-management!b49', 'Auditlog_Auditor', 'Auditlog_Auditor', 'Reads audit logs'),
  auditViewer: role('auditlog-viewer-initial-content!t49', 'Auditlog_Auditor', 'Auditlog_Auditor', 'Views audit logs'),
  recoveryAdmin: role(
    'cdr-services!b1591785',
    'Central_Disaster_Recovery_Administrator',
    'Central Disaster Recovery Administrator',
    'Manages disaster recovery',
  ),
  connectorAdmin: role(
    'connectivity!b10',
    'Cloud_Connector_Administrator',
    'Cloud Connector Administrator',
    'Operates tunnels',
  ),
  connectorAuditor: role('connectivity!b10', 'Cloud_Connector_Auditor', 'Cloud Connector Auditor', 'Views tunnels'),
  destinationAdmin: role(
    'destination-xsappname!b9',
    'Destination_Administrator',
    'Destination Administrator',
    'Manages destinations',
  ),
  destinationViewer: role('destination-xsappname!b9', 'Destination_Viewer', 'Destination Viewer', 'Views destinations'),
  fragmentAdmin: role(
    'destination-xsappname!b9',
    'Destination_Fragment_Administrator',
    'Destination Fragment Administrator',
    'Manages destination fragments',
  ),
  fragmentViewer: role(
    'destination-xsappname!b9',
    'Destination_Fragment_Viewer',
    'Destination Fragment Viewer',
    'Views destination fragments',
  ),
  subscriptionViewer: role(
    'cis-local!b2',
    'Application_Subscriptions_Viewer',
    'Application Subscriptions Viewer',
    'Views subscriptions',
  ),
  subaccountAdmin: role('cis-local!b2', 'Subaccount_Admin', 'Subaccount Admin', 'Manages the subaccount'),
  subaccountViewer: role('cis-local!b2', 'Subaccount_Viewer', 'Subaccount Viewer', 'Reads the subaccount'),
  serviceAdmin: role(
    'service-manager!b3',
    'Subaccount_Service_Administrator',
    'Subaccount Service Administrator',
    'Manages services',
  ),
  serviceAuditor: role(
    'service-manager!b3',
    'Subaccount_Service_Auditor',
    'Subaccount Service Auditor',
    'Views services',
  ),
  credentialsViewer: role(
    'service-manager!b3',
    'Service_Credentials_Viewer',
    'Service Credentials Viewer',
    'Reads service credentials',
  ),
  instancesViewer: role(
    'service-manager!b3',
    'Service_Instances_Viewer',
    'Service Instances Viewer',
    'Views service instances',
  ),
  userAdmin: role('xsuaa!t1', 'xsuaa_admin', 'User and Role Administrator', 'Manages users, roles and trusts'),
  userAuditor: role('xsuaa!t1', 'xsuaa_auditor', 'User and Role Auditor', 'Reads users, roles and trusts'),
} as const;

const C = CENTRAL;
const L = LOCAL;

/** Roles that exist in every zone of a level. */
export const ROLES: Readonly<Record<Level, readonly CatalogueRole[]>> = {
  'global-account': Object.values(C),
  directory: [
    C.directoryAdmin,
    C.directoryUsage,
    C.directoryViewer,
    C.accountAdmin,
    C.accountUsage,
    C.accountViewer,
    C.userAdmin,
    C.userAuditor,
  ],
  subaccount: Object.values(L),
};

/** Role collections that exist in every zone of a level and cannot be changed; users can be assigned to them. */
export const PREDEFINED: Readonly<Record<Level, readonly PredefinedCollection[]>> = {
  'global-account': [
    collection('Global Account Administrator', 'Administers the global account', [
      C.auditManagement,
      C.auditViewer,
      C.accountAdmin,
      C.accountUsage,
      C.systemAdmin,
      C.userAdmin,
    ]),
    collection('Global Account Viewer', 'Reads the global account', [
      C.auditManagement,
      C.auditViewer,
      C.accountUsage,
      C.accountViewer,
      C.systemViewer,
      C.userAuditor,
    ]),
  ],
  directory: [
    collection('Directory Administrator', 'Administers the directory', [
      C.directoryAdmin,
      C.directoryUsage,
      C.userAdmin,
    ]),
    collection('Directory Viewer', 'Reads the directory', [C.directoryUsage, C.directoryViewer, C.userAuditor]),
  ],
  subaccount: [
    collection('Cloud Connector Administrator', 'Operates the tunnels of the Cloud Connector', [L.connectorAdmin]),
    collection('Connectivity and Destination Administrator', 'Operates tunnels and manages destinations', [
      L.connectorAdmin,
      L.destinationAdmin,
    ]),
    collection('Destination Administrator', 'Manages destinations', [L.destinationAdmin]),
    collection('Destination Fragment Administrator', 'Manages destination fragments', [L.fragmentAdmin]),
    collection('Subaccount Administrator', 'Administers the subaccount', [
      L.auditManagement,
      L.auditViewer,
      L.recoveryAdmin,
      L.connectorAdmin,
      L.destinationAdmin,
      L.fragmentAdmin,
      L.subaccountAdmin,
      L.serviceAdmin,
      L.userAdmin,
    ]),
    collection('Subaccount Service Administrator', 'Manages service brokers and environments', [L.serviceAdmin]),
    collection('Subaccount Viewer', 'Reads the subaccount', [
      L.auditManagement,
      L.auditViewer,
      L.connectorAuditor,
      L.fragmentViewer,
      L.destinationViewer,
      L.serviceAuditor,
      L.subaccountViewer,
      L.userAuditor,
    ]),
  ],
};

function role(appId: string, template: string, name: string, description: string): CatalogueRole {
  return { appId, template, name, description, scopes: scopesOfTemplate(appId, template) };
}

function collection(name: string, description: string, roles: readonly CatalogueRole[]): PredefinedCollection {
  return { name, description, roles };
}
