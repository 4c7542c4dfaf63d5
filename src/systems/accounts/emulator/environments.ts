import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import { accountDate } from '../../protocols/btp-cli/emulator/dates.ts';
import type { EnvironmentInstance } from './store.ts';

/** A CF org as the Cloud Foundry emulator knows it. */
interface Org {
  readonly guid: string;
  readonly name: string;
  readonly landscape: string;
}

/** The environment behind an org that a seed brought: provisioned long ago. */
export function seededEnvironment(subaccount: Zone, org: Org, createdAt: number): EnvironmentInstance {
  return {
    id: seedId('environment-instance', subaccount.guid).toUpperCase(),
    subaccount: subaccount.guid,
    name: org.name,
    org,
    parameters: { instance_name: org.name },
    operation: 'provision',
    since: createdAt,
    createdAt,
  };
}

/** How far an environment is. */
export type EnvironmentStage = 'requested' | 'creating' | 'ready' | 'deleting';

const TYPES = { provision: 'Provision', update: 'Update', deprovision: 'Deprovision' } as const;
const STATES = { requested: 'CREATING', creating: 'CREATING', ready: 'OK', deleting: 'DELETING' } as const;

/**
 * `environment-instance?get`; parameters and labels are JSON inside of texts. The org's id is in the labels from the
 * first answer on, everything else that comes of the org follows (recording resource_subaccount_environment_instance).
 */
export function environmentView(subaccount: Zone, instance: EnvironmentInstance, stage: EnvironmentStage) {
  const { id, org, operation, createdAt } = instance;
  const requested = stage === 'requested';
  return {
    id,
    name: instance.name,
    brokerId: seedId('environment-broker', subaccount.region).toUpperCase(),
    globalAccountGUID: subaccount.globalAccount,
    subaccountGUID: subaccount.guid,
    tenantId: subaccount.guid,
    serviceId: seedId('environment-service', 'cloudfoundry'),
    planId: seedId('environment-plan', 'cloudfoundry', 'standard'),
    operation,
    parameters: JSON.stringify({
      ...instance.parameters,
      ...(requested ? {} : { status: 'ACTIVE' }),
      ...(stage === 'deleting' ? { purge: false } : {}),
    }),
    labels: JSON.stringify({
      'API Endpoint': `https://api.cf.${org.landscape}.hana.ondemand.com`,
      'Org Name': org.name,
      'Org ID': org.guid,
      ...(requested ? {} : { 'Org Memory Limit': '204,800MB' }),
    }),
    customLabels: {},
    type: TYPES[operation],
    status: requested || stage === 'deleting' ? 'Processing' : 'Processed',
    environmentType: 'cloudfoundry',
    landscapeLabel: `cf-${org.landscape}`,
    ...(requested ? {} : { platformId: org.guid }),
    createdDate: accountDate(createdAt),
    modifiedDate: accountDate(instance.since),
    state: STATES[stage],
    stateMessage: messageOf(instance, stage),
    serviceName: 'cloudfoundry',
    planName: 'standard',
  };
}

function messageOf({ id, org, operation }: EnvironmentInstance, stage: EnvironmentStage): string {
  if (stage === 'requested') return 'Creating environment instance.';
  if (stage === 'creating') return `Org [${org.name}] was created. Instance ID: [${id}].`;
  if (stage === 'deleting') return `Deleting org ID:[${org.guid}]. Instance ID:[${id}].`;
  return operation === 'update' ? 'Environment instance updated.' : 'Environment instance created.';
}

/** `available-environment?list`: Cloud Foundry in each landscape of the subaccount's region. */
export function availableEnvironmentView(landscape: string) {
  return {
    serviceName: 'cloudfoundry',
    serviceDisplayName: 'Cloud Foundry Runtime',
    serviceImageUrl: '',
    serviceDescription: 'Runs applications',
    serviceLongDescription: 'Runs applications in many languages',
    serviceDocumentationUrl: 'https://help.sap.com/docs/btp',
    serviceSupportUrl: 'https://help.sap.com/docs/btp',
    planName: 'standard',
    planUpdatable: true,
    description: 'Creates an org in the Cloud Foundry environment',
    environmentType: 'cloudfoundry',
    availabilityLevel: 'ACTIVE',
    landscapeLabel: `cf-${landscape}`,
    createSchema: JSON.stringify({
      parameters: { type: 'object', properties: { instance_name: { type: 'string', minLength: 1 } } },
    }),
    allowAdditionalEnvironmentInstance: false,
  };
}

/** `available-region?list`: the regions in which the landscape has subaccounts. */
export function regionView(region: string) {
  return {
    name: `cf-${region}`,
    displayName: region,
    region,
    environment: 'cloudfoundry',
    iaasProvider: 'AWS',
    supportsTrial: false,
    provisioningServiceUrl: `https://provisioning-service.cfapps.${region}.hana.ondemand.com`,
    saasRegistryServiceUrl: `https://saas-manager.cfapps.${region}.hana.ondemand.com`,
    domain: `${region}.hana.ondemand.com`,
    isMainDataCenter: true,
    geoAccess: 'STANDARD',
    restricted: false,
  };
}
