import { seedId } from '../../../../emulation/seed-id.ts';
import { NO_METADATA } from '../../../protocols/cf-v3/emulator/metadata.ts';
import { SHARED_SEGMENT } from './platform/isolation-segments.ts';
import type { CfServiceOffering, CfServicePlan } from './rows/services.ts';
import type { CloudControllerStore } from './store.ts';

/** Stacks of SAP's landscapes (recorded). */
const STACKS = [{ name: 'cflinuxfs4', description: 'Cloud Foundry Linux-based filesystem (Ubuntu 22.04)' }];

/** Buildpacks in their order (recorded; SAP help, "Buildpacks"), with the version of December 2024 where it was recorded. */
const BUILDPACKS: readonly (readonly [name: string, version?: string])[] = [
  ['staticfile_buildpack', '1.6.18'],
  ['java_buildpack', '4.71.0'],
  ['ruby_buildpack'],
  ['dotnet_core_buildpack'],
  ['nodejs_buildpack', '1.8.30'],
  ['go_buildpack', '1.10.24'],
  ['python_buildpack', '1.8.30'],
  ['php_buildpack', '4.6.25'],
  ['binary_buildpack', '1.1.15'],
  ['nginx_buildpack', '1.2.20'],
  ['sap_java_buildpack'],
  ['sap_java_buildpack_jakarta'],
];

/** Services that technical users have to do with, and their plans (SAP Discovery Center). */
const SERVICES: readonly { readonly name: string; readonly description: string; readonly plans: readonly string[] }[] =
  [
    {
      name: 'xsuaa',
      description: 'Manage application authorizations and trust to identity providers.',
      plans: ['application', 'broker', 'space', 'apiaccess'],
    },
    {
      name: 'destination',
      description: 'Provides a secure and reliable access to destination and certificate configurations',
      plans: ['lite'],
    },
    {
      name: 'auditlog-management',
      description: 'Retrieve logs and change retention',
      plans: ['default'],
    },
    { name: 'credstore', description: 'Securely store passwords and keys', plans: ['standard', 'free'] },
    { name: 'identity', description: 'Cloud Identity Services', plans: ['application', 'default'] },
    {
      name: 'saas-registry',
      description: 'Service for application providers to register multitenant applications and services',
      plans: ['application'],
    },
    {
      name: 'transport',
      description: 'Use SAP Cloud Transport Management to transport content between accounts.',
      plans: ['standard'],
    },
  ];

/** What every landscape has from the beginning: shared domains, stacks, buildpacks, the marketplace, the shared segment. */
export function plantCatalogue(store: CloudControllerStore, landscape: string, now: number): void {
  const row = (...names: string[]) => ({
    guid: seedId(...names),
    landscape,
    createdAt: now,
    updatedAt: now,
  });
  const suffix = `${landscape}.hana.ondemand.com`;
  const domains = [
    { ...row('cf/domain', landscape), name: `cfapps.${suffix}`, internal: false },
    { ...row('cf/domain', landscape, 'cert'), name: `cert.cfapps.${suffix}`, internal: false },
    { ...row('cf/domain', landscape, 'internal'), name: 'apps.internal', internal: true },
  ];
  for (const domain of domains) store.domains.set(domain.guid, { ...domain, sharedOrgs: [], metadata: NO_METADATA });
  for (const stack of STACKS) {
    const known = { ...row('cf/stack', landscape, stack.name), ...stack, default: true, metadata: NO_METADATA };
    store.stacks.set(known.guid, { ...known, runImage: stack.name, buildImage: stack.name });
  }
  for (const [index, [name, version]] of BUILDPACKS.entries()) {
    const known = { ...row('cf/buildpack', landscape, name), name, position: index + 1, metadata: NO_METADATA };
    const filename = version ? `${name}-cached-cflinuxfs4-v${version}.zip` : `${name}-cflinuxfs4.zip`;
    const state = { stack: 'cflinuxfs4', state: 'READY', filename, enabled: true, locked: false };
    store.buildpacks.set(known.guid, { ...known, ...state });
  }
  const segment = row('cf/segment', landscape);
  store.isolationSegments.set(segment.guid, { ...segment, name: SHARED_SEGMENT, orgs: [], metadata: NO_METADATA });
  plantMarketplace(store, landscape, now);
}

function plantMarketplace(store: CloudControllerStore, landscape: string, now: number): void {
  const at = { landscape, createdAt: now, updatedAt: now, metadata: NO_METADATA };
  const broker = seedId('cf/broker', landscape);
  store.brokers.set(broker, {
    ...at,
    guid: broker,
    name: `sm-${landscape}`,
    url: `https://sm.${landscape}.hana.ondemand.com`,
  });
  for (const service of SERVICES) {
    const offering: CfServiceOffering = {
      ...at,
      guid: seedId('cf/offering', landscape, service.name),
      name: service.name,
      description: service.description,
      available: true,
      tags: [service.name],
      requires: [],
      broker,
      catalogId: seedId('cf/catalogue', service.name),
      catalogMetadata: { displayName: service.name, shareable: true },
      features: { plan_updateable: true, bindable: true, instances_retrievable: false, bindings_retrievable: false },
    };
    store.offerings.set(offering.guid, offering);
    for (const name of service.plans) {
      const plan: CfServicePlan = {
        ...at,
        guid: seedId('cf/plan', landscape, service.name, name),
        name,
        offering: offering.guid,
        description: `${service.name} (${name})`,
        available: true,
        free: true,
        visibility: 'public',
        orgs: [],
        catalogId: seedId('cf/catalogue', service.name, name),
        catalogMetadata: {},
        features: { bindable: true, plan_updateable: false },
        costs: [],
        maximumPollingDuration: null,
        maintenanceInfo: {},
        schemas: {},
      };
      store.plans.set(plan.guid, plan);
    }
  }
}
