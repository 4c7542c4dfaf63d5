import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import { accountDate } from '../../protocols/btp-cli/emulator/dates.ts';

/** A CF org as the Cloud Foundry emulator knows it. */
interface Org {
  readonly guid: string;
  readonly name: string;
  readonly landscape: string;
}

/** Id of the environment instance behind an org: upper-case in every recording. */
export function environmentId(subaccount: Zone): string {
  return seedId('environment-instance', subaccount.guid).toUpperCase();
}

/** `environment-instance?get`; parameters and labels are JSON inside of texts (recording resource_subaccount_environment_instance). */
export function environmentView(subaccount: Zone, org: Org, createdAt: number): object {
  const id = environmentId(subaccount);
  return {
    id,
    name: org.name,
    brokerId: seedId('environment-broker', subaccount.region).toUpperCase(),
    globalAccountGUID: subaccount.globalAccount,
    subaccountGUID: subaccount.guid,
    tenantId: subaccount.guid,
    serviceId: seedId('environment-service', 'cloudfoundry'),
    planId: seedId('environment-plan', 'cloudfoundry', 'standard'),
    operation: 'provision',
    parameters: JSON.stringify({ instance_name: org.name, status: 'ACTIVE' }),
    labels: JSON.stringify({
      'API Endpoint': `https://api.cf.${org.landscape}.hana.ondemand.com`,
      'Org Name': org.name,
      'Org ID': org.guid,
      'Org Memory Limit': '204,800MB',
    }),
    customLabels: {},
    type: 'Provision',
    status: 'Processed',
    environmentType: 'cloudfoundry',
    landscapeLabel: `cf-${org.landscape}`,
    platformId: org.guid,
    createdDate: accountDate(createdAt),
    modifiedDate: accountDate(createdAt),
    state: 'OK',
    stateMessage: `Org [${org.name}] was created. Instance ID: [${id}].`,
    serviceName: 'cloudfoundry',
    planName: 'standard',
  };
}

/** `available-region?list`: the regions in which the landscape has subaccounts. */
export function regionView(region: string): object {
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
