/**
 * Scopes of the predefined role templates, by application name and template, as recorded in security/role (eu12, July
 * 2026). A name without `xs_` or `uaa.` before it belongs to the template's own application.
 */
const SCOPES: Readonly<Record<string, string>> = {
  'auditlog-management/Auditlog_Auditor': 'ReadAuditLogs',
  'auditlog-viewer-initial-content/Auditlog_Auditor': 'ReadAuditLogs uaa.user',
  'cdr-services/Central_Disaster_Recovery_Administrator': [
    'instance-pair.create instance-pair.delete instance-pair.read instance-pair.update',
    'subaccount-pair.create subaccount-pair.delete subaccount-pair.read subaccount-pair.update',
    'subscription-pair.create subscription-pair.delete subscription-pair.read subscription-pair.update',
  ].join(' '),
  'cis-central/Directory_Admin': [
    'account-automation-request.read account-automation-request.update',
    'catalog.product.delete catalog.product.update directory.entitlement.read directory.entitlement.update',
    'global-account.account-directory.create global-account.account-directory.delete',
    'global-account.account-directory.read global-account.account-directory.update',
    'global-account.entitlement.read global-account.entitlement.subaccount.update global-account.read',
    'global-account.region.read global-account.subaccount.create global-account.subaccount.delete',
    'global-account.subaccount.read global-account.subaccount.update global-account.update job.read xs_account.access',
  ].join(' '),
  'cis-central/Directory_Viewer': [
    'global-account.account-directory.read global-account.entitlement.read global-account.read',
    'global-account.region.read global-account.subaccount.read job.read xs_account.access',
  ].join(' '),
  'cis-central/GlobalAccount_Admin': [
    'account-automation-request.read account-automation-request.update account-budget.create account-budget.delete',
    'account-budget.read account-budget.update catalog.product.delete catalog.product.update',
    'directory.entitlement.read directory.entitlement.update event.read global-account.account-context.read',
    'global-account.account-directory.create global-account.account-directory.delete',
    'global-account.account-directory.read global-account.account-directory.update',
    'global-account.entitlement.read global-account.entitlement.subaccount.update global-account.read',
    'global-account.region.read global-account.subaccount.create global-account.subaccount.delete',
    'global-account.subaccount.read global-account.subaccount.update global-account.update job.read xs_account.access',
  ].join(' '),
  'cis-central/GlobalAccount_Viewer': [
    'account-budget.read directory.entitlement.read event.read global-account.account-context.read',
    'global-account.account-directory.read global-account.entitlement.read global-account.read',
    'global-account.region.read global-account.subaccount.read job.read xs_account.access',
  ].join(' '),
  'cis-local/Application_Subscriptions_Viewer': [
    'event.read job.read subaccount.application.subscription.read subaccount.configuration.update',
    'subaccount.entitlement.read subaccount.environment.read',
  ].join(' '),
  'cis-local/Subaccount_Admin': [
    'event.read job.read subaccount.application.subscription.read subaccount.application.subscription.update',
    'subaccount.entitlement.read subaccount.environment.create subaccount.environment.delete',
    'subaccount.environment.read xs_account.access',
  ].join(' '),
  'cis-local/Subaccount_Viewer': [
    'event.read job.read subaccount.application.subscription.read subaccount.entitlement.read',
    'subaccount.environment.read xs_account.access',
  ].join(' '),
  'cmp/GlobalAccount_System_Landscape_Administrator': [
    'application.application_template:read application.auths:read application:read application:sync',
    'application_template:read application_template.webhooks:read application.webhooks:read application:write',
    'automatic_scenario_assignment:read automatic_scenario_assignment:write bundle.instance_auths:read consent:read',
    'consent.scopes:read consent.state:write consent:write facilitator_template:read formation:read',
    'formation.state:write formation_template:read formation_template:write formation:write',
    'integration_edge_template:read integration_edge_template:write operation:read operation:schedule product:delete',
    'product:read product:write runtime:read system_template_default:read tenant_registry:read tenant_set:read',
    'tenant_set.webhooks:read tenant_set:write webhook:write xs_account.access',
  ].join(' '),
  'cmp/GlobalAccount_System_Landscape_Viewer': [
    'application.application_template:read application.auths:read application:read application_template:read',
    'application_template.webhooks:read application.webhooks:read automatic_scenario_assignment:read',
    'bundle.instance_auths:read consent:read facilitator_template:read formation:read formation_template:read',
    'integration_edge_template:read operation:read product:read runtime:read tenant_registry:read tenant_set:read',
    'tenant_set.webhooks:read xs_account.access',
  ].join(' '),
  'connectivity/Cloud_Connector_Administrator':
    'manageSCCCertificates manageSCCTunnels readSCCCertificates readSCCTunnels',
  'connectivity/Cloud_Connector_Auditor': 'readSCCCertificates readSCCTunnels',
  'destination-xsappname/Destination_Administrator': [
    'instance.manageCertificate instance.manageDestination instance.readCertificate instance.readDestination',
    'manageSubaccountTrust readSubaccountTrust subaccount.manageCertificate subaccount.manageDestination',
    'subaccount.readCertificate subaccount.readDestination xs_account.access',
  ].join(' '),
  'destination-xsappname/Destination_Fragment_Administrator':
    'instance.manageFragment instance.readFragment subaccount.manageFragment subaccount.readFragment xs_account.access',
  'destination-xsappname/Destination_Fragment_Viewer':
    'instance.readFragment subaccount.readFragment xs_account.access',
  'destination-xsappname/Destination_Viewer': [
    'instance.readCertificate instance.readDestination readSubaccountTrust subaccount.readCertificate',
    'subaccount.readDestination xs_account.access',
  ].join(' '),
  'service-manager/Service_Credentials_Viewer': 'subaccount.service_binding.read',
  'service-manager/Service_Instances_Viewer': [
    'subaccount.platform.read subaccount.service_binding.view subaccount.service_instance.read',
    'subaccount.service_offering.read subaccount.service_plan.read',
  ].join(' '),
  'service-manager/Subaccount_Service_Administrator': [
    'subaccount.broker.manage subaccount.broker.read subaccount.platform.manage subaccount.platform.read',
    'subaccount.service_binding.manage subaccount.service_binding.read subaccount.service_instance.manage',
    'subaccount.service_instance.read subaccount.service_offering.read subaccount.service_plan.read xs_account.access',
  ].join(' '),
  'service-manager/Subaccount_Service_Auditor': [
    'subaccount.broker.read subaccount.platform.read subaccount.service_binding.view',
    'subaccount.service_instance.read subaccount.service_offering.read subaccount.service_plan.read xs_account.access',
  ].join(' '),
  'uas/Directory_Usage_Reporting_Viewer': 'UAS.reporting.directory.read xs_account.access',
  'uas/GlobalAccount_Usage_Reporting_Viewer': 'UAS.reporting.GA_Admin xs_account.access',
  'xsuaa/xsuaa_admin': [
    'xs_account.access xs_apicredential.read xs_apicredential.write xs_authorization.read xs_authorization.write',
    'xs_idp.read xs_idp.write xs_user.read xs_user.write',
  ].join(' '),
  'xsuaa/xsuaa_auditor': 'xs_account.access xs_apicredential.read xs_authorization.read xs_idp.read xs_user.read',
};

/** Whole names of the scopes of a predefined role template. */
export function scopesOfTemplate(appId: string, template: string): readonly string[] {
  const names = SCOPES[`${appId.split('!')[0]}/${template}`];
  if (names === undefined) return [];
  return names.split(' ').map((name) => (/^(?:xs_|uaa\.)/.test(name) ? name : `${appId}.${name}`));
}
